import { deployed, manifests, POOL } from "../../deploy";
import { get, type KubernetesObject } from "../../../kubernetes/api";
import { apply, dryRun, kubectl, remove } from "../../../kubernetes/kubectl";
import { agent, inAgent, inDind, job, loadTool, pod, type Pod } from "../../pods";
import { eventually } from "../../../kubernetes/run";
import { OWN_CLUSTER, TEST_IMAGES } from "../../test-images";

const DAEMON = "https://127.0.0.1:2376/_ping";

interface Secret extends KubernetesObject {
  readonly stringData: Readonly<Record<string, string>>;
}

const isSecret = (object: KubernetesObject): object is Secret => object.kind === "Secret";

let secrets: ReadonlyMap<string, Readonly<Record<string, string>>>;

beforeAll(async () => {
  await deployed();
  await Promise.all([loadTool(0), loadTool(1)]);
  const found = ((await manifests()) as readonly KubernetesObject[]).filter(isSecret);
  secrets = new Map(found.map(({ metadata, stringData }) => [metadata.name, stringData]));
}, 300_000);

const secret = (name: string, key: string): string => {
  const value = secrets.get(name)?.[key];
  if (value === undefined) throw new Error(`the program has no ${key} in the Secret ${name}`);
  return value;
};

test("an agent sees neither the containers nor the images of another", async () => {
  await job(
    0,
    "docker tag tool:1 private:1; docker rm -f lone >/dev/null 2>&1; docker run -d --name lone private:1 sleep 600 >/dev/null",
  );
  expect(await job(1, "docker ps -a --format '{{.Names}}'")).not.toContain("lone");
  expect(await job(1, "docker images --format '{{.Repository}}'")).not.toContain("private");
  await job(0, "docker rm -f lone >/dev/null");
});

describe("an agent's daemon", () => {
  const docker = (directory: string) =>
    inAgent(0, `DOCKER_CERT_PATH=${directory} docker info --format '{{.ServerErrors}}' 2>&1`);

  test("answers its own agent", async () => {
    expect((await docker("/certs/client")).stdout.trim()).toBe("[]");
  });

  test("refuses the certificate of another agent", async () => {
    for (const file of ["cert.pem", "key.pem"])
      await inAgent(0, `mkdir -p /tmp/other; cat >/tmp/other/${file}`, {
        input: secret(`${POOL}-client-tls`, `${agent(1)}.${file}`),
      });
    await job(0, "cp /certs/client/ca.pem /tmp/other/ca.pem");
    expect((await docker("/tmp/other")).stdout).toMatch(
      /bad certificate|unknown certificate authority|certificate required/,
    );
  });

  test("refuses a client without a certificate", async () => {
    const { code, stderr } = await inAgent(0, `curl --silent --show-error --cacert /certs/client/ca.pem ${DAEMON}`);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/certificate required|bad certificate/);
  });

  test("refuses plain HTTP", async () => {
    expect(
      await job(0, `curl --silent --output /dev/null --write-out '%{http_code}' ${DAEMON.replace("https", "http")}`),
    ).toBe("400");
  });

  test("is closed on the pod's address, where another port is open", async () => {
    const address = (await pod(agent(0))).status.podIP ?? "";
    const connect = (port: number) => inDind(0, `nc -w 2 ${address} ${port} </dev/null`);
    await inDind(0, "nc -ll -p 8199 -e true >/dev/null 2>&1 </dev/null & sleep 1");
    const control = await eventually(
      "a port that is open",
      async () => ((await connect(8199)).code === 0 ? true : undefined),
      5_000,
    ).catch(() => false);
    expect(control).toBe(true);
    expect((await connect(2376)).code).not.toBe(0);
  });
});

test("the agent's container mounts its own token and client key, and no other secret", async () => {
  const mounted = await job(0, "grep -vE '^(proc|sysfs|devpts|mqueue|cgroup) ' /proc/mounts | cut -d' ' -f2");
  const secretMounts = mounted.split("\n").filter((target) => /certs|gocd-agent|secret/.test(target));
  expect(secretMounts.sort()).toEqual(["/certs/client", "/etc/gocd-agent/token", "/etc/gocd-agent/uuid"]);
});

// What somebody meets who asks for `runtime: userns` on nodes that cannot (docs/decisions/0095): Kubernetes accepts it, and the node does not start it.
(OWN_CLUSTER ? describe : describe.skip)("a pod with a user namespace of its own", () => {
  const NAME = "user-namespace";
  const podWith = (privileged: boolean) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: NAME, namespace: "default" },
    spec: {
      hostUsers: false,
      containers: [
        {
          name: NAME,
          image: TEST_IMAGES.server.reference,
          command: ["sleep", "600"],
          securityContext: { privileged },
        },
      ],
    },
  });

  afterAll(() => remove([podWith(false)]));

  test("is accepted by the API server, with a privileged container too", async () => {
    expect(await dryRun([podWith(true)])).toMatchObject({ code: 0 });
  });

  test("is not started where the node's runtime knows none, rather than without it", async () => {
    await apply([podWith(false)]);
    const events = ["get", "events", "-n", "default", "--field-selector", `involvedObject.name=${NAME}`, "-o"];
    const reason = await eventually("the kubelet to say why", async () => {
      const told = await kubectl([...events, "jsonpath={.items[*].message}"]);
      return /user namespaces/.exec(told) ? told : undefined;
    });
    expect(reason).toContain("can't set `spec.hostUsers: false`, runtime does not support user namespaces");
    expect((await get<Pod>(`pod/${NAME}`, "default")).status.podIP).toBeUndefined();
  });
});
