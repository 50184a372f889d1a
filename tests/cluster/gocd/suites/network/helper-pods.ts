import { SCRAPES_LABEL } from "../../../../../kubernetes/labels";
import { SERVER_NAMESPACE } from "../../deploy";
import { addressOf } from "../../pods";
import { OTHER_PORT } from "../../reach";
import { TEST_IMAGES } from "../../test-images";
import { apply, kubectl } from "../../../kubernetes/kubectl";
import { run } from "../../../kubernetes/run";
import { POD_NETWORK } from "../../../kubernetes/sandbox";

/** A pod that no policy selects, and its namespace. */
export const STRANGER = "gocd-stranger";

/** Pods for which settings open a way, each with a namespace of its own, and the one of cert-manager that proves a host. */
export const DESK = "gocd-desk";
export const PROXY = "gocd-proxy";
export const METRICS = "gocd-metrics";
export const SOLVER = "gocd-solver";

const DNS = "kube-dns";
export const NODE_DNS = "node-local-dns";
const SOLVER_PORT = 8089;

const WAIT = "setInterval(() => undefined, 1000)";
const listen = (...ports: readonly number[]) =>
  ports.map((port) => `require("net").createServer((socket) => socket.end()).listen(${port});`).join("\n");

/** Passes each question on to the name server on the node; takes connections, too. */
const FORWARD = `${listen(53)}
const { createSocket } = require("dgram");
const server = createSocket("udp4");
server.on("message", (question, from) => {
  const upstream = createSocket("udp4");
  upstream.on("message", (answer) => { server.send(answer, from.port, from.address); upstream.close(); });
  upstream.send(question, 53, "${POD_NETWORK.gateway}");
});
server.bind(53);`;

const nodePod = (
  name: string,
  namespace: string,
  script: string,
  labels: object = {},
  // As root, for port 53.
  securityContext: object = { runAsUser: 0 },
) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace, labels },
  spec: {
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 1,
    containers: [{ name, image: TEST_IMAGES.server.reference, command: ["node", "-e", script], securityContext }],
  },
});

const inOwnNamespace = (name: string, labels: object = {}): readonly object[] => [
  { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } },
  nodePod(name, name, WAIT),
];

/** The namespace of {@link STRANGER}, with its pod. */
export const STRANGERS = inOwnNamespace(STRANGER);

/** As the namespace of the server wants it. */
const RESTRICTED = {
  runAsNonRoot: true,
  runAsUser: 1000,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

/** Those for which settings open something, and a pod with the labels of a DNS cache on the node. */
export const OPENED: readonly object[] = [
  ...[DESK, PROXY].flatMap((name) => inOwnNamespace(name)),
  ...inOwnNamespace(METRICS, { [SCRAPES_LABEL]: SERVER_NAMESPACE }),
  nodePod(NODE_DNS, "kube-system", listen(53, OTHER_PORT), { "k8s-app": NODE_DNS }),
  nodePod(
    SOLVER,
    SERVER_NAMESPACE,
    listen(SOLVER_PORT, OTHER_PORT),
    { "acme.cert-manager.io/http01-solver": "true" },
    RESTRICTED,
  ),
];

/** Waits for each of {@link OPENED}. */
export async function openedAreReady(): Promise<void> {
  const places = [DESK, PROXY, METRICS].map((name) => [name, name] as const);
  for (const [namespace, name] of [...places, ["kube-system", NODE_DNS], [SERVER_NAMESPACE, SOLVER]] as const)
    await kubectl(["wait", "-n", namespace, "--for=condition=Ready", `pod/${name}`, "--timeout=120s"]);
}

/**
 * Answers names from a pod with the labels of a cluster's DNS, as on GKE: the program lets its pods ask such pods, and not the node,
 * where the tests' name server runs. Questions to the node go to that pod, as those to a Service do.
 */
export async function answerNamesFromPod(): Promise<void> {
  await apply([nodePod(DNS, "kube-system", FORWARD, { "k8s-app": DNS })]);
  await kubectl(["wait", "-n", "kube-system", "--for=condition=Ready", `pod/${DNS}`, "--timeout=120s"]);
  const address = await addressOf(DNS, "kube-system");
  const question = ["-p", "udp", "-d", POD_NETWORK.gateway, "--dport", "53", "!", "-s", address];
  const answer = ["-j", "DNAT", "--to-destination", `${address}:53`];
  await run("iptables", ["-t", "nat", "-A", "PREROUTING", ...question, ...answer]);
}
