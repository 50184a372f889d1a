import { addressOf } from "../../pods";
import { TEST_IMAGES } from "../../test-images";
import { apply, kubectl } from "../../../kubernetes/kubectl";
import { run } from "../../../kubernetes/run";
import { POD_NETWORK } from "../../../kubernetes/sandbox";

/** A pod that no policy selects, and its namespace. */
export const STRANGER = "gocd-stranger";

const DNS = "kube-dns";

/** Passes each question on to the name server on the node. */
const FORWARD = `const { createSocket } = require("dgram");
const server = createSocket("udp4");
server.on("message", (question, from) => {
  const upstream = createSocket("udp4");
  upstream.on("message", (answer) => { server.send(answer, from.port, from.address); upstream.close(); });
  upstream.send(question, 53, "${POD_NETWORK.gateway}");
});
server.bind(53);`;

const nodePod = (name: string, namespace: string, script: string, labels: object = {}) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace, labels },
  spec: {
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 1,
    // As root, for port 53.
    containers: [
      {
        name,
        image: TEST_IMAGES.server.reference,
        command: ["node", "-e", script],
        securityContext: { runAsUser: 0 },
      },
    ],
  },
});

/** The namespace of {@link STRANGER}, with its pod. */
export const STRANGERS: readonly object[] = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: STRANGER } },
  nodePod(STRANGER, STRANGER, "setInterval(() => undefined, 1000)"),
];

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
