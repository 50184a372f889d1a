import { AGENTS_NAMESPACE, manifests, SERVER_NAMESPACE } from "../../deploy";
import { deployWithShortTimeouts } from "../../short-timeouts";
import { get } from "../../../kubernetes/api";
import { apply, exec, kubectl, remove } from "../../../kubernetes/kubectl";
import { addressOf, agent, inAgent, inDind } from "../../pods";
import { eventually } from "../../../kubernetes/run";
import { TEST_IMAGES } from "../../test-images";

/** A stranger's namespace: two pods of his, and in the end a policy that lets nobody in. */
const STRANGER = "gocd-policies";
const NAMESPACE = { apiVersion: "v1", kind: "Namespace", metadata: { name: STRANGER } };
const PORT = 8199;
const LISTEN = ["nc", "-ll", "-p", String(PORT), "-e", "true"];

const strangerPod = (name: string, command: readonly string[]) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: STRANGER },
  spec: {
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 1,
    containers: [{ name, image: TEST_IMAGES.dind.reference, command }],
  },
});
const DENY_ALL = {
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "deny", namespace: STRANGER },
  spec: { podSelector: {}, policyTypes: ["Ingress"] },
};

const inStranger = (script: string) => exec("client", "client", STRANGER, ["sh", "-c", script]);
const connect = (address: string) => `nc -w 2 ${address} ${PORT} </dev/null`;

/** Whether this cluster's network plug-in enforces policies: found out with one that is not under test. */
let enforced: boolean;

beforeAll(async () => {
  await deployWithShortTimeouts();
  await apply([NAMESPACE]);
  await apply([strangerPod("listener", LISTEN), strangerPod("client", ["sleep", "86400"])]);
  await kubectl(["wait", "-n", STRANGER, "--for=condition=Ready", "pod/listener", "pod/client", "--timeout=120s"]);
  const listener = connect(await addressOf("listener", STRANGER));
  const open = async () => (await inStranger(listener)).code === 0;
  await eventually("a port that is open", async () => ((await open()) ? true : undefined));
  await apply([DENY_ALL]);
  enforced = await eventually("a policy to be enforced", async () => ((await open()) ? undefined : true), 10_000).catch(
    () => false,
  );
  console.log(`the network plug-in here ${enforced ? "enforces" : "does not enforce"} network policies`);
}, 300_000);

afterAll(() => remove([NAMESPACE]), 120_000);

test("every network policy is kept by the API server as it was written", async () => {
  const written = (await manifests()).filter(({ kind }) => kind === "NetworkPolicy");
  expect(written.map(({ metadata }) => metadata.namespace)).toEqual(
    expect.arrayContaining([SERVER_NAMESPACE, AGENTS_NAMESPACE]),
  );
  for (const policy of written) {
    const kept = await get<{ readonly spec: object }>(
      `networkpolicy/${policy.metadata.name}`,
      policy.metadata.namespace ?? "",
    );
    expect(kept.spec).toMatchObject(policy["spec"] as object);
  }
});

test("an agent reaches the server and housekeeping", async () => {
  const reach = async (address: string, port: number) =>
    (await inAgent(0, `curl --silent --max-time 3 --output /dev/null http://${address}:${port}/`)).code;
  expect(await reach(`gocd-server.${SERVER_NAMESPACE}.svc`, 8153)).toBe(0);
  expect(await reach(`gocd-housekeeping.${SERVER_NAMESPACE}.svc`, 8080)).toBe(0);
});

test("where policies are enforced no agent reaches another, and a stranger neither agents nor the server", async () => {
  await inDind(1, `${LISTEN.join(" ")} >/dev/null 2>&1 </dev/null & true`);
  await eventually("a port of the other agent", async () =>
    (await inDind(1, connect("127.0.0.1"))).code === 0 ? true : undefined,
  );
  const other = await addressOf(agent(1), AGENTS_NAMESPACE);
  const health = `http://${await addressOf("gocd-server-0", SERVER_NAMESPACE)}:8153/go/api/v1/health`;
  const reached = {
    "an agent reaches another": (await inDind(0, connect(other))).code === 0,
    "a stranger reaches an agent": (await inStranger(connect(other))).code === 0,
    "a stranger reaches the server": (await inStranger(`timeout 5 wget -q -O /dev/null ${health}`)).code === 0,
  };
  expect(reached).toEqual(Object.fromEntries(Object.keys(reached).map((what) => [what, !enforced])));
});
