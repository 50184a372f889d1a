import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ROOT, STATE } from "./paths";
import { run } from "./run";

/** The node's name, which /etc/hosts here gives the loopback address, so that no pod reaches the kubelet. */
export const NODE = "node";
/** The name of a node in an emulated machine (guest-node.ts), whose kubelet answers on the loopback address, too. */
export const GUEST_NODE = "guest";
/** The network of the pods, its bridge, and the bridge's address, which is the node's and the name server's too. */
export const POD_NETWORK = { bridge: "pods0", subnet: "10.88.0.0/16", gateway: "10.88.0.1" } as const;

/** One that is nobody's: the second bit says that it was given out here. */
const BRIDGE_ADDRESS = "02:00:00:00:00:01";

/**
 * What the kubelet insists on and a shared machine need not have. Files with these values are mounted over those of /proc,
 * so that the machine keeps its own.
 */
const KERNEL_SETTINGS: Readonly<Record<string, string>> = {
  "vm/overcommit_memory": "1",
  "vm/panic_on_oom": "0",
  "kernel/panic": "10",
  "kernel/panic_on_oops": "1",
  "kernel/keys/root_maxkeys": "1000000",
  "kernel/keys/root_maxbytes": "25000000",
};

/**
 * Sets up the namespaces that run-in-sandbox.ts has made: mounts, an own /var and /run, a network with nothing but loopback and
 * the pods' bridge. All of it goes when the last process in them ends.
 */
export async function setUpSandbox(): Promise<void> {
  // The kubelet's mounts for pods must be seen by containerd and its containers.
  await run("mount", ["--make-rshared", "/"]);
  for (const [setting, value] of Object.entries(KERNEL_SETTINGS)) await bindMountFile(`/proc/sys/${setting}`, value);
  await bindMountFile("/etc/hosts", `127.0.0.1 localhost ${NODE} ${GUEST_NODE}\n`);
  await run("hostname", [NODE]);
  await ownVar();
  await run("mount", ["-t", "tmpfs", "tmpfs", "/run"]);
  mkdirSync("/run/netns", { recursive: true });
  await ownNetwork();
}

/** Mounts a file with this content over another one; nothing to do where it has that content. */
export async function bindMountFile(file: string, content: string): Promise<void> {
  if (readFileSync(file, "utf8").trim() === content.trim()) return;
  const replacement = path.join(STATE, "bind-mounts", file.slice(1).replaceAll("/", "."));
  mkdirSync(path.dirname(replacement), { recursive: true });
  writeFileSync(replacement, content);
  await run("mount", ["--bind", replacement, file]);
}

/** The kubelet and containerd write to /var and leave mounts there. */
async function ownVar(): Promise<void> {
  const own = path.join(STATE, "var");
  for (const folder of ["lib", "log", "tmp", "cache"]) mkdirSync(path.join(own, folder), { recursive: true });
  symlinkSync("/run", path.join(own, "run"));
  // A checkout below /var would be out of sight.
  const checkout = path.relative("/var", ROOT);
  if (!checkout.startsWith("..")) {
    mkdirSync(path.join(own, checkout), { recursive: true });
    await run("mount", ["--bind", ROOT, path.join(own, checkout)]);
  }
  await run("mount", ["--rbind", own, "/var"]);
}

async function ownNetwork(): Promise<void> {
  const { bridge, gateway } = POD_NETWORK;
  await run("ip", ["link", "set", "lo", "up"]);
  // With an address of its own. Else a bridge takes the lowest of those on it, so that it changes when some pod goes, and the others send
  // to the old one for some seconds, which is lost without a word.
  await run("ip", ["link", "add", bridge, "address", BRIDGE_ADDRESS, "type", "bridge"]);
  await run("ip", ["address", "add", `${gateway}/16`, "dev", bridge]);
  await run("ip", ["link", "set", bridge, "up"]);
  // kube-proxy and the kubelet look for the node's address on the default route; nothing answers there.
  await run("ip", ["route", "add", "default", "dev", bridge]);
  for (const setting of ["net.ipv4.ip_forward", "net.bridge.bridge-nf-call-iptables"])
    await run("sysctl", ["-qw", `${setting}=1`]);
}
