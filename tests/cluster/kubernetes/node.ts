import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Client, credentials } from "@grpc/grpc-js";
import { binary } from "./binaries";
import { CGROUP, emptyCgroup } from "./cgroups";
import { forgetNode } from "./control-plane";
import { startDaemon, stopDaemon } from "./daemons";
import { containerdPrograms, program } from "./packages";
import { DISKS, startDiskDriver } from "./disks";
import { succeeds } from "./kubectl";
import { KUBECONFIG, STATE } from "./paths";
import { packPause, PAUSE_IMAGE } from "./pause";
import { eventually, run } from "./run";
import { NODE, POD_NETWORK } from "./sandbox";

/** Where containerd answers. */
export const CONTAINERD_SOCKET = "/run/containerd.sock";
/** What containerd keeps: images and their file systems. */
export const CONTAINERD = path.join(STATE, "containerd");
const CONTAINERD_CONFIG = path.join(STATE, "containerd.toml");
const KUBELET_CONFIG = path.join(STATE, "kubelet.json");
const KUBELET = "/var/lib/kubelet";
const NETWORKS = path.join(STATE, "networks");

/** Starts containerd alone, so that images can be loaded before a pod wants one. */
export async function startContainerd(): Promise<void> {
  writeConfiguration();
  startDaemon({
    name: "containerd",
    command: program("containerd"),
    args: ["--config", CONTAINERD_CONFIG],
    env: { PATH: [containerdPrograms, path.dirname(binary("runc")), process.env["PATH"]].join(":") },
  });
  await eventually("containerd", servesKubernetes, 30_000, 50);
  if (!(await ctr("images", "list", "--quiet")).includes(PAUSE_IMAGE)) await ctr("images", "import", await packPause());
}

/** Asks containerd as the kubelet does, which ends where it is refused; containerd's own client is answered a moment earlier. */
function servesKubernetes(): Promise<true> {
  const client = new Client(`unix:${CONTAINERD_SOCKET}`, credentials.createInsecure());
  const raw = (bytes: Buffer) => bytes;
  return new Promise<true>((resolve, reject) => {
    client.makeUnaryRequest("/runtime.v1.RuntimeService/Version", raw, raw, Buffer.alloc(0), (error) => {
      if (error) reject(error);
      else resolve(true);
    });
  }).finally(() => {
    client.close();
  });
}

/** Starts the kubelet and waits until the node is ready. */
export async function startKubelet(): Promise<void> {
  await forgetNode(NODE);
  startDiskDriver();
  startDaemon({
    name: "kubelet",
    command: binary("kubelet"),
    args: [
      `--config=${KUBELET_CONFIG}`,
      `--kubeconfig=${KUBECONFIG}`,
      `--cert-dir=${STATE}/kubelet-keys`,
      `--node-ip=${POD_NETWORK.gateway}`,
      `--hostname-override=${NODE}`,
    ],
  });
  await eventually(
    "the node",
    () => succeeds(["wait", "--for=condition=Ready", `node/${NODE}`, "--timeout=1s"]),
    60_000,
  );
}

/** Ends the node as a power cut would: the kubelet, every container, containerd. Disks and images stay. */
export async function stopNode(): Promise<void> {
  await stopDaemon("kubelet");
  await stopDaemon("disk-driver");
  await emptyCgroup();
  await stopDaemon("containerd");
}

/** Loses what the kubelet knows of its pods, as a new machine does. The node must be stopped. */
export async function forgetPods(): Promise<void> {
  const mounts = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "")
    .filter((target) => target.startsWith(`${KUBELET}/`));
  for (const target of mounts.reverse()) await run("umount", ["-l", target]);
  rmSync(KUBELET, { recursive: true, force: true });
}

/** Runs containerd's client on the images and containers of Kubernetes. */
export const ctr = (...args: readonly string[]): Promise<string> =>
  run(program("ctr"), ["-a", CONTAINERD_SOCKET, "-n", "k8s.io", ...args]);

function writeConfiguration(): void {
  for (const folder of [NETWORKS, DISKS, `${STATE}/var/log/pods`]) mkdirSync(folder, { recursive: true });
  writeFileSync(CONTAINERD_CONFIG, containerdConfig());
  writeFileSync(KUBELET_CONFIG, JSON.stringify(kubeletConfig(), null, 1));
  writeFileSync(path.join(STATE, "resolv.conf"), "");
  const { subnet, gateway } = POD_NETWORK;
  const addresses = { dataDir: "/run/addresses", ranges: [[{ subnet, gateway }]] };
  const network = podNetwork(addresses, { isGateway: true, hairpinMode: true });
  writeFileSync(path.join(NETWORKS, "10-pods.conflist"), JSON.stringify(network));
}

const containerdConfig = () => `version = 2
root = "${CONTAINERD}"
state = "/run/containerd"
oom_score = 0
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs"]
[grpc]
  address = "${CONTAINERD_SOCKET}"
[plugins."io.containerd.internal.v1.opt"]
  path = "${CONTAINERD}/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  # Without CAP_SYS_RESOURCE, which a machine may lack, a score can only be raised.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${program("plugins")}"
    conf_dir = "${NETWORKS}"
`;

/** How a node's pods are joined to the bridge of all pods. `addresses` are those that it may give, and where it keeps them. */
export const podNetwork = (addresses: object, bridge: object = {}) => ({
  cniVersion: "0.4.0",
  name: "pods",
  plugins: [
    {
      type: "bridge",
      bridge: POD_NETWORK.bridge,
      ...bridge,
      ipam: { type: "host-local", ...addresses, routes: [{ dst: "0.0.0.0/0" }] },
    },
    { type: "loopback" },
  ],
});

/** The kubelet of this sandbox; a node elsewhere differs in what its machine can do. */
export const kubeletConfig = () => ({
  apiVersion: "kubelet.config.k8s.io/v1beta1",
  kind: "KubeletConfiguration",
  // On loopback only, where no pod is; so the API server needs no credential for it.
  address: "127.0.0.1",
  authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
  authorization: { mode: "AlwaysAllow" },
  containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}`,
  cgroupDriver: "cgroupfs",
  cgroupRoot: `/${CGROUP}`,
  failCgroupV1: false,
  failSwapOn: false,
  // A lower score than 0 and more open files need a capability that a machine may lack.
  oomScoreAdj: 0,
  maxOpenFiles: Math.min(1_000_000, openFilesLimit()),
  clusterDNS: [POD_NETWORK.gateway],
  clusterDomain: "cluster.local",
  // Nothing is there; by default the kubelet makes a folder for it in the machine's /usr.
  volumePluginDir: `${STATE}/volume-plugins`,
  resolvConf: `${STATE}/resolv.conf`,
  makeIPTablesUtilChains: false,
  serializeImagePulls: false,
  registerNode: true,
  nodeStatusUpdateFrequency: "4s",
  // So long it may take until a pod has what a Secret or a ConfigMap that it mounts has got: a minute, if nothing is said.
  syncFrequency: "10s",
  // A full disk of the machine is the machine's affair; what the tests fill has disks of its own.
  evictionHard: {
    "memory.available": "100Mi",
    "nodefs.available": "1%",
    "nodefs.inodesFree": "1%",
    "imagefs.available": "1%",
  },
  imageGCHighThresholdPercent: 100,
  imageGCLowThresholdPercent: 99,
});

const openFilesLimit = () =>
  Number(/Max open files\s+\d+\s+(\d+)/.exec(readFileSync("/proc/self/limits", "utf8"))?.[1] ?? 1024);
