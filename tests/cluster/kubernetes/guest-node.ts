import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { binary } from "./binaries";
import { endOfLog, startDaemon, stopDaemon } from "./daemons";
import { emulator, makeDisk } from "./guest-machine";
import { apply, succeeds } from "./kubectl";
import { ctr, kubeletConfig, podNetwork } from "./node";
import { program } from "./packages";
import { KUBECONFIG, STATE } from "./paths";
import { PAUSE_IMAGE } from "./pause";
import { eventually, run } from "./run";
import { GUEST_NODE, POD_NETWORK } from "./sandbox";

const FOLDER = path.join(STATE, "guest-node");
/** QEMU's own network. What is its gateway there is this sandbox here, with the API server on the loopback address. */
const NETWORK = { subnet: "10.89.0.0/16", gateway: "10.89.0.2", node: "10.89.0.15", pods: "10.89.1" } as const;
/** The kubelet's port, here and there; the cluster's own kubelet has the usual one. */
const PORT = 10251;
const SOCKET = "/run/containerd/containerd.sock";
const PLUGINS = "/opt/cni/bin";
const DELEGATING_RUNC = "/usr/local/bin/runc-delegating";
/** Its taint, so that nobody's pods go there by chance. */
export const GUEST_TAINT = { key: "tests/guest", value: "true", effect: "NoSchedule" } as const;
/** The class of pods whose containers may write their own cgroup, and containerd's runtime for them. */
export const WRITABLE_CGROUP = "writable-cgroup";

/**
 * Adds a node to the cluster that can do what this machine may not: cgroup v2, a recent kernel, containerd 2. It is emulated, with these
 * images of the cluster's node unpacked on its disk.
 *
 * @param replaced files in place of those that the images have: path in the image → path here.
 */
export async function startGuestNode(
  images: readonly string[],
  replaced: Readonly<Record<string, string>> = {},
): Promise<void> {
  rmSync(FOLDER, { recursive: true, force: true });
  const disk = await makeNodeDisk(images, replaced);
  const forward = `hostfwd=tcp:127.0.0.1:${PORT}-${NETWORK.node}:${PORT}`;
  const network = ["-nic", `user,model=virtio-net-pci,net=${NETWORK.subnet},host=${NETWORK.gateway},${forward}`];
  const [command, args] = await emulator(FOLDER, { disk, memory: 3072, network });
  startDaemon({ name: GUEST_NODE, command, args });
  await apply([
    {
      apiVersion: "node.k8s.io/v1",
      kind: "RuntimeClass",
      metadata: { name: WRITABLE_CGROUP },
      handler: WRITABLE_CGROUP,
    },
  ]);
  const ready = ["wait", "--for=condition=Ready", `node/${GUEST_NODE}`, "--timeout=1s"];
  await eventually("the node in the guest", () => succeeds(ready), 420_000).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${endOfLog(GUEST_NODE)}`, { cause: error });
  });
}

/** Ends it as a power cut would. */
export async function stopGuestNode(): Promise<void> {
  await stopDaemon(GUEST_NODE, "SIGKILL");
  rmSync(FOLDER, { recursive: true, force: true });
}

async function makeNodeDisk(images: readonly string[], replaced: Readonly<Record<string, string>>): Promise<string> {
  const etc = writeConfiguration();
  const inPath = ["containerd", "containerd-shim-runc-v2", "ctr", "runc", "kubelet"];
  const contents = {
    machine: ["mount", "umount", "ip"],
    files: {
      ...Object.fromEntries(inPath.map((name) => [`/usr/local/bin/${name}`, binary(name)])),
      ...Object.fromEntries(Object.entries(etc).map(([name, file]) => [`/etc/${name}`, file])),
      [DELEGATING_RUNC]: path.join(__dirname, "guest/runc-delegating"),
      "/usr/local/bin/start-node": path.join(__dirname, "guest/node"),
    },
    folders: { [PLUGINS]: program("plugins") },
    links: { "/sbin/init": "/usr/local/bin/start-node" },
  };
  return makeDisk(FOLDER, "6G", contents, async (root) => {
    const folder = path.join(root, "var/lib/containerd");
    await unpackImages(folder, images);
    const layers = path.join(folder, "io.containerd.snapshotter.v1.overlayfs/snapshots");
    for (const [inside, here] of Object.entries(replaced))
      for (const layer of readdirSync(layers).filter((layer) => existsSync(path.join(layers, layer, "fs", inside))))
        copyFileSync(here, path.join(layers, layer, "fs", inside));
  });
}

/** Has containerd 2 unpack images here, which an emulated machine takes minutes for. */
async function unpackImages(root: string, images: readonly string[]): Promise<void> {
  const name = "containerd-of-guest";
  const state = path.join("/run", name);
  const socket = path.join(state, "socket");
  const config = path.join(FOLDER, "unpack.toml");
  writeFileSync(config, `version = 3\nroot = "${root}"\nstate = "${state}"\n[grpc]\naddress = "${socket}"\n`);
  startDaemon({ name, command: binary("containerd"), args: ["--config", config] });
  const client = (...args: string[]) => run(binary("ctr"), ["-a", socket, "-n", "k8s.io", ...args]);
  await eventually("containerd to answer", () => client("version"), 60_000);
  for (const image of [PAUSE_IMAGE, ...images]) {
    const archive = path.join(FOLDER, "image.tar");
    await ctr("images", "export", archive, image);
    await client("images", "import", archive);
    rmSync(archive);
  }
  await stopDaemon(name);
}

function writeConfiguration(): Readonly<Record<string, string>> {
  const folder = path.join(FOLDER, "etc");
  mkdirSync(folder, { recursive: true });
  const kubeconfig = readFileSync(KUBECONFIG, "utf8").replace("127.0.0.1", NETWORK.gateway);
  const { subnet, gateway, pods } = NETWORK;
  const addresses = { ranges: [[{ subnet, gateway, rangeStart: `${pods}.1`, rangeEnd: `${pods}.250` }]] };
  const files = {
    "containerd.toml": containerdConfig(),
    "kubelet.json": JSON.stringify({ ...kubeletConfig(), ...OF_GUEST }, null, 1),
    kubeconfig,
    "cni/pods.conflist": JSON.stringify(podNetwork(addresses)),
    "resolv.conf": "",
    hosts: `127.0.0.1 localhost\n${NETWORK.node} ${GUEST_NODE}\n`,
    "guest-network": `${NETWORK.node}/16 ${NETWORK.gateway} ${POD_NETWORK.bridge} ${GUEST_NODE}\n`,
  };
  return Object.fromEntries(
    Object.entries(files).map(([name, content]) => {
      const file = path.join(folder, name.replace("/", "."));
      writeFileSync(file, content);
      return [name, file];
    }),
  );
}

const OF_GUEST = {
  // Nobody reaches it but through QEMU.
  address: "0.0.0.0",
  port: PORT,
  containerRuntimeEndpoint: `unix://${SOCKET}`,
  cgroupRoot: "/",
  maxOpenFiles: 1_000_000,
  resolvConf: "/etc/resolv.conf",
  volumePluginDir: "/var/lib/kubelet/volume-plugins",
  registerWithTaints: [GUEST_TAINT],
};

const containerdConfig = () => `version = 3
[grpc]
address = "${SOCKET}"
[plugins."io.containerd.cri.v1.images".pinned_images]
sandbox = "${PAUSE_IMAGE}"
[plugins."io.containerd.cri.v1.runtime".cni]
bin_dirs = ["${PLUGINS}"]
conf_dir = "/etc/cni"
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.${WRITABLE_CGROUP}]
runtime_type = "io.containerd.runc.v2"
cgroup_writable = true
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.${WRITABLE_CGROUP}.options]
BinaryName = "${DELEGATING_RUNC}"
`;
