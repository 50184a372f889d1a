import { SCRAPES_LABEL } from "../../../../../kubernetes/labels";
import { getPods } from "../../../kubernetes/api";
import { apply, exec, kubectl, remove } from "../../../kubernetes/kubectl";
import { startPolicyController, stopPolicyController } from "../../../kubernetes/policy-controller";
import { eventually } from "../../../kubernetes/run";
import { AGENTS_NAMESPACE, SERVER_NAMESPACE, SERVER_SETTINGS } from "../../deploy";
import { addressOf, agent, inAgent, inDind, loadTool, type Pod } from "../../pods";
import { LISTEN, OTHER_PORT, reaches, TRY_SECONDS, type Origin, type Target } from "../../reach";
import { deployWithShortTimeouts } from "../../short-timeouts";
import { OWN_CLUSTER } from "../../test-images";
import { answerNamesFromPod, STRANGER, STRANGERS } from "./helper-pods";
import { listenOutside, OUTSIDE, type Targets } from "./outside";

/** The names of the targets that are reached. */
async function reached(origin: Origin, targets: Targets): Promise<readonly string[]> {
  const tried = await Promise.all(
    Object.entries(targets).map(async ([name, target]) => ({ name, is: await reaches(origin, target) })),
  );
  return tried.filter(({ is }) => is).map(({ name }) => name);
}

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
  });

  test("ranges and namespaces that the settings name are opened, for whom they say, and no others", async () => {
    const opened = { egress: ["192.168.77.0/24"], agentNamespaces: [STRANGER] };
    await deployWithShortTimeouts({
      egress: ["172.16.5.0/24"],
      stack: { "gocd:server": { ...SERVER_SETTINGS, ...opened } },
    });
    await eventually("the agent's range to be open", async () =>
      (await reaches(firstAgent, OUTSIDE.others["172.16.0.0/12"])) ? true : undefined,
    );
    await eventually("the server's range to be open", async () =>
      (await reaches(server, OUTSIDE.others["192.168.0.0/16"])) ? true : undefined,
    );
    await eventually("the server to be reached", async () =>
      (await reaches(stranger, serverName)) ? true : undefined,
    );
    expect(await reached(firstAgent, OUTSIDE.others)).toEqual(["172.16.0.0/12"]);
    expect(await reached(server, OUTSIDE.others)).toEqual(["192.168.0.0/16"]);
    const { "other port of server": otherPort, agent: anAgent } = inside;
    expect(await reached(stranger, { serverName, otherPort, anAgent })).toEqual(["serverName"]);
  });
});
