import { METRICS_PORT } from "../../../../../components/server/backup";
import { SCRAPES_LABEL } from "../../../../../kubernetes/labels";
import { getPods } from "../../../kubernetes/api";
import { apply, exec, kubectl, remove } from "../../../kubernetes/kubectl";
import { startPolicyController, stopPolicyController } from "../../../kubernetes/policy-controller";
import { eventually } from "../../../kubernetes/run";
import type { KubernetesObject } from "../../../../support/program";
import { AGENTS_NAMESPACE, manifests, SERVER_NAMESPACE, SERVER_SETTINGS } from "../../deploy";
import { addressOf, agent, inAgent, inDind, loadTool, type Pod } from "../../pods";
import { LISTEN, listenOn, OTHER_PORT, reached, reaches, TRY_SECONDS, type Origin, type Target } from "../../reach";
import { deployWithShortTimeouts } from "../../short-timeouts";
import { OWN_CLUSTER } from "../../test-images";
import {
  answerNamesFromPod,
  DESK,
  METRICS,
  NODE_DNS,
  OPENED,
  openedAreReady,
  PROXY,
  SOLVER,
  STRANGER,
  STRANGERS,
} from "./helper-pods";
import { OPENINGS, openingsOf, policiesAmong, type From, type To } from "./openings";
import { listenOutside, OUTSIDE } from "./outside";

// Only the tests' own cluster can be given what enforces policies.
(OWN_CLUSTER ? describe : describe.skip)("where network policies are enforced", () => {
  const stranger: Origin = [STRANGER, STRANGER, STRANGER];
  const firstAgent: Origin = [agent(0), "agent", AGENTS_NAMESPACE];
  const server: Origin = ["gocd-server-0", "server", SERVER_NAMESPACE];
  const serverName: Target = [`gocd-server.${SERVER_NAMESPACE}.svc`, 8153];
  const housekeepingName: Target = [`gocd-housekeeping.${SERVER_NAMESPACE}.svc`, 8080];
  let housekeeping: Origin;
  let inside: Readonly<Record<"server" | "other port of server" | "housekeeping" | "agent" | "other agent", Target>>;
  let stopListening: () => Promise<void>;

  beforeAll(async () => {
    stopListening = await listenOutside();
    await answerNamesFromPod();
    await apply(STRANGERS);
    await kubectl(["wait", "-n", STRANGER, "--for=condition=Ready", `pod/${STRANGER}`, "--timeout=120s"]);
    startPolicyController();
    // Under the policies it starts and works: server, housekeeping and agents find each other.
    await deployWithShortTimeouts();
    const [found] = await getPods<Pod>(SERVER_NAMESPACE, "app.kubernetes.io/name=gocd-housekeeping");
    const name = found?.metadata.name ?? "";
    housekeeping = [name, found?.spec.containers[0]?.name ?? "", SERVER_NAMESPACE];
    const address = {
      server: await addressOf("gocd-server-0", SERVER_NAMESPACE),
      housekeeping: await addressOf(name, SERVER_NAMESPACE),
      agents: await Promise.all([0, 1].map((ordinal) => addressOf(agent(ordinal), AGENTS_NAMESPACE))),
    };
    inside = {
      server: [address.server, 8153],
      "other port of server": [address.server, OTHER_PORT],
      housekeeping: [address.housekeeping, 8080],
      agent: [address.agents[0] ?? "", OTHER_PORT],
      "other agent": [address.agents[1] ?? "", OTHER_PORT],
    };
    await Promise.all([inDind(0, LISTEN), inDind(1, LISTEN), exec(...server, ["sh", "-c", LISTEN])]);
    await eventually("the policies to be enforced", async () =>
      (await reaches(stranger, inside.server)) ? undefined : true,
    );
  }, 600_000);

  afterAll(async () => {
    await stopPolicyController();
    await stopListening();
    await remove(STRANGERS);
  }, 120_000);

  test("a pod that no policy selects reaches everything outside: what others do not reach, a policy refuses", async () => {
    const outside = { ...OUTSIDE.internet, ...OUTSIDE.names, ...OUTSIDE.metadata, ...OUTSIDE.others };
    expect(await reached(stranger, outside)).toEqual(Object.keys(outside));
  });

  test("what listens inside is there: the pods themselves reach it", async () => {
    expect(await reached(firstAgent, { agent: ["127.0.0.1", OTHER_PORT] })).toEqual(["agent"]);
    expect(await reached([agent(1), "agent", AGENTS_NAMESPACE], { agent: ["127.0.0.1", OTHER_PORT] })).toEqual([
      "agent",
    ]);
    expect(await reached(server, { port: ["127.0.0.1", OTHER_PORT] })).toEqual(["port"]);
  });

  test("an agent reaches server, housekeeping, name servers and the internet, and nothing else", async () => {
    const open = { ...OUTSIDE.internet, ...OUTSIDE.names, serverName, housekeepingName };
    const { "other port of server": otherPort, "other agent": otherAgent } = inside;
    const closed = { ...OUTSIDE.metadata, ...OUTSIDE.others, otherPort, otherAgent };
    expect(await reached(firstAgent, { ...open, ...closed })).toEqual(Object.keys(open));
  });

  test("a container of a job reaches what its agent reaches, and no more", async () => {
    await loadTool(0);
    const tried = async ([host, port]: Target) =>
      (await inAgent(0, `docker run --rm tool:1 nc -w ${TRY_SECONDS} ${host} ${port} </dev/null`)).code === 0;
    expect(await tried(OUTSIDE.internet.internet)).toBe(true);
    expect(await tried(OUTSIDE.metadata["metadata server"])).toBe(false);
    expect(await tried(OUTSIDE.others["the node"])).toBe(false);
    expect(await tried(inside["other agent"])).toBe(false);
  });

  test("the server reaches name servers and the internet, and nothing else", async () => {
    const open = { ...OUTSIDE.internet, ...OUTSIDE.names };
    const { agent: anAgent, housekeeping: atHousekeeping } = inside;
    const closed = { ...OUTSIDE.metadata, ...OUTSIDE.others, anAgent, atHousekeeping };
    expect(await reached(server, { ...open, ...closed })).toEqual(Object.keys(open));
  });

  test("housekeeping reaches the server and name servers, and nothing else", async () => {
    const open = { ...OUTSIDE.names, serverName };
    const { agent: anAgent, "other port of server": otherPort } = inside;
    const closed = { ...OUTSIDE.internet, ...OUTSIDE.metadata, ...OUTSIDE.others, anAgent, otherPort };
    expect(await reached(housekeeping, { ...open, ...closed })).toEqual(Object.keys(open));
  });

  test("another namespace reaches nothing of the program; labelled for metrics, it reaches housekeeping's alone", async () => {
    const program = { ...inside, serverName, housekeepingName };
    expect(await reached(stranger, program)).toEqual([]);
    await kubectl(["label", "namespace", STRANGER, `${SCRAPES_LABEL}=${SERVER_NAMESPACE}`]);
    await eventually("housekeeping to be reached", async () =>
      (await reaches(stranger, inside.housekeeping)) ? true : undefined,
    );
    expect(await reached(stranger, program)).toEqual(["housekeeping", "housekeepingName"]);
    await kubectl(["label", "namespace", STRANGER, `${SCRAPES_LABEL}-`]);
  });

  describe("once settings open all that they can", () => {
    beforeAll(async () => {
      await apply(OPENED);
      await openedAreReady();
      await exec(...server, ["sh", "-c", listenOn(METRICS_PORT)]);
    }, 300_000);

    afterAll(() => remove(OPENED), 120_000);

    const targets = async (): Promise<Readonly<Record<To, Target>>> => {
      const nodeDns = await addressOf(NODE_DNS, "kube-system");
      const solver = await addressOf(SOLVER, SERVER_NAMESPACE);
      const { named, names, metadata, others } = OUTSIDE;
      return {
        ...named,
        server: inside.server,
        "server's metrics": [inside.server[0], METRICS_PORT],
        "another port of the server": inside["other port of server"],
        housekeeping: inside.housekeeping,
        solver: [solver, 8089],
        "another port of the solver": [solver, OTHER_PORT],
        "cluster's DNS": [await addressOf("kube-dns", "kube-system"), 53],
        "node's DNS": [nodeDns, 53],
        "another port of the node's DNS": [nodeDns, OTHER_PORT],
        "Cloud DNS": names["Cloud DNS"],
        "node's cache": names["the node's cache"],
        "another port of the node's cache": others["the node's cache on another port"],
        internet: OUTSIDE.internet.internet,
        "range of agents": others["172.16.0.0/12"],
        "range of the server": others["192.168.0.0/16"],
        metadata: metadata["metadata server"],
        "metadata of Workload Identity": metadata["metadata server of Workload Identity"],
        node: others["the node"],
      };
    };

    const pod = (name: string, namespace = name): Origin => [name, name, namespace];
    const origins = (): Readonly<Record<From, Origin>> => ({
      agent: firstAgent,
      server,
      housekeeping,
      stranger,
      solver: pod(SOLVER, SERVER_NAMESPACE),
      desk: pod(DESK),
      proxy: pod(PROXY),
      metrics: pod(METRICS),
    });

    test.each(["namespace", "ranges"] as const)(
      "each opening lets through who needs it, and nobody else, to nowhere else (proxies by %s)",
      async (by) => {
        const from = by === "namespace" ? { namespace: PROXY } : { ranges: [`${await addressOf(PROXY, PROXY)}/32`] };
        const policies = await openedPolicies(from);
        await apply(policies);
        const all = await targets();
        const pods = origins();
        const proxy = by === "namespace" ? all.solver : all.server;
        await eventually("the openings", async () => ((await reaches(pods.proxy, proxy)) ? true : undefined));
        await eventually("all of them", async () => ((await reaches(server, all["DNS server"])) ? true : undefined));
        const rows = openingsOf(policiesAmong(policies), SERVER_NAMESPACE).map((line) => {
          const row = OPENINGS[line];
          if (row === undefined) throw new Error(`nothing tries what is open: ${line}`);
          return { line, ...row };
        });
        const seen = new Map(
          await Promise.all(Object.entries(pods).map(async ([name, pod]) => [name, await reached(pod, all)] as const)),
        );
        const wrong = rows.flatMap(({ line, from: name, to, refused }) => {
          const gets = (who: string, where: string) => seen.get(who)?.includes(where) === true;
          const missing = to.filter((where) => !gets(name, where)).map((where) => `${name} does not reach ${where}`);
          const open = refused
            .map((other) => [other.from ?? name, other.to ?? to[0] ?? ""] as const)
            .filter(([who, where]) => gets(who, where))
            .map(([who, where]) => `${who} reaches ${where}`);
          return [...missing, ...open].map((found) => `${line}: ${found}`);
        });
        expect(wrong).toEqual([]);
      },
      300_000,
    );
  });
});

/** The policies of the same installation with settings that open all that they can; its pods go on as they are. */
async function openedPolicies(from: object): Promise<readonly KubernetesObject[]> {
  const objects = await manifests({
    egress: ["172.16.5.0/24"],
    workloadIdentity: true,
    stack: {
      "gcp:project": "gocd-tests",
      "gcp:region": "us-central1",
      "gcp:zone": "us-central1-a",
      "gocd:backup": {},
      "gocd:cluster": { existing: { context: "tests", dnsServers: [OUTSIDE.named["DNS server"][0]] } },
      "gocd:company": { proxy: { url: `http://${OUTSIDE.named["proxy of the company"].join(":")}` } },
      "gocd:server": {
        ...SERVER_SETTINGS,
        disk: "10Gi",
        artifacts: "10Gi",
        egress: ["192.168.77.0/24"],
        agentNamespaces: [DESK],
      },
      "gocd:access": {
        host: "ci.example.com",
        ingress: { class: "nginx", clusterIssuer: "own", from },
      },
    },
  });
  return objects.filter(({ kind }) => kind === "NetworkPolicy");
}
