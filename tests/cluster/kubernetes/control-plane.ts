import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { binary } from "./binaries";
import { startDaemon, stopDaemon } from "./daemons";
import { program } from "./packages";
import { OWN_API } from "./api";
import { kubectl, succeeds } from "./kubectl";
import { KUBECONFIG, STATE } from "./paths";
import { eventually } from "./run";
import { POD_NETWORK } from "./sandbox";

const KEYS = path.join(STATE, "keys");
const DATABASE = path.join(STATE, "etcd");
const TOKEN = "administrator-of-the-tests";
/** Addresses of Services. */
export const SERVICES = "10.96.0.0/16";

/** Starts etcd, the API server, the controller manager and the scheduler, and waits until they answer. */
export async function startControlPlane(): Promise<void> {
  writeKeys();
  startDaemon({
    name: "etcd",
    command: program("etcd"),
    // The state of a test is worth no write barrier.
    args: [
      "--data-dir",
      DATABASE,
      "--listen-client-urls",
      "http://127.0.0.1:2379",
      "--advertise-client-urls",
      "http://127.0.0.1:2379",
      "--unsafe-no-fsync",
    ],
  });
  startDaemon({
    name: "kube-apiserver",
    command: binary("kube-apiserver"),
    args: [
      "--etcd-servers=http://127.0.0.1:2379",
      "--bind-address=127.0.0.1",
      `--advertise-address=${POD_NETWORK.gateway}`,
      `--cert-dir=${KEYS}/api`,
      `--service-account-key-file=${KEYS}/accounts.pub`,
      `--service-account-signing-key-file=${KEYS}/accounts.key`,
      "--service-account-issuer=https://kubernetes.default.svc",
      `--token-auth-file=${KEYS}/tokens.csv`,
      "--authorization-mode=Node,RBAC",
      "--allow-privileged=true",
      `--service-cluster-ip-range=${SERVICES}`,
      "--enable-admission-plugins=NodeRestriction",
      "--kubelet-preferred-address-types=Hostname",
    ],
  });
  await eventually("the API server", () => succeeds(["get", "--raw", "/readyz"]), 120_000);
  startDaemon({
    name: "kubectl-proxy",
    command: binary("kubectl"),
    args: ["proxy", `--port=${new URL(OWN_API).port}`],
  });
  startControllers();
  await eventually(
    "service accounts and the root certificate",
    () => succeeds(["get", "-n", "default", "sa/default", "cm/kube-root-ca.crt"]),
    60_000,
  );
}

/** Ends them, the API server last but one, so that the others can say good-bye to it. */
export async function stopControlPlane(): Promise<void> {
  for (const name of ["kubectl-proxy", "kube-scheduler", "kube-controller-manager", "kube-apiserver", "etcd"])
    await stopDaemon(name);
}

/** Loses every object of the cluster and its keys, as the loss of a cluster does. The control plane must be stopped. */
export function wipeControlPlane(): void {
  for (const folder of [DATABASE, KEYS]) rmSync(folder, { recursive: true, force: true });
}

function startControllers(): void {
  const common = [
    `--kubeconfig=${KUBECONFIG}`,
    "--leader-elect=false",
    "--bind-address=127.0.0.1",
    `--cert-dir=${KEYS}/controllers`,
  ];
  startDaemon({
    name: "kube-controller-manager",
    command: binary("kube-controller-manager"),
    args: [
      ...common,
      `--service-account-private-key-file=${KEYS}/accounts.key`,
      `--root-ca-file=${KEYS}/api/apiserver.crt`,
      "--controllers=*,-cloud-node-lifecycle-controller,-nodeipam,-node-route-controller,-service-lb-controller",
      // Nothing is there; by default the controllers watch a folder in the machine's /usr.
      `--flex-volume-plugin-dir=${STATE}/volume-plugins`,
    ],
  });
  startDaemon({ name: "kube-scheduler", command: binary("kube-scheduler"), args: common });
}

function writeKeys(): void {
  mkdirSync(KEYS, { recursive: true });
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  writeFileSync(path.join(KEYS, "accounts.key"), privateKey.export({ type: "pkcs1", format: "pem" }), { mode: 0o600 });
  writeFileSync(path.join(KEYS, "accounts.pub"), publicKey.export({ type: "spki", format: "pem" }));
  writeFileSync(path.join(KEYS, "tokens.csv"), `${TOKEN},administrator,administrator,"system:masters"\n`, {
    mode: 0o600,
  });
  const config = {
    apiVersion: "v1",
    kind: "Config",
    // The API server makes its certificate itself and is reached over loopback alone.
    clusters: [{ name: "tests", cluster: { server: "https://127.0.0.1:6443", "insecure-skip-tls-verify": true } }],
    users: [{ name: "administrator", user: { token: TOKEN } }],
    contexts: [{ name: "tests", context: { cluster: "tests", user: "administrator" } }],
    "current-context": "tests",
  };
  writeFileSync(KUBECONFIG, JSON.stringify(config), { mode: 0o600 });
}

/** Deletes what the API server still says about a node that has not come back yet: it would be ready in words only. */
export async function forgetNode(name: string): Promise<void> {
  await kubectl(["delete", "node", name, "--ignore-not-found"]);
}
