import type * as k8s from "@pulumi/kubernetes";
import type { Placement } from "../../kubernetes/placement";

/** What stands between the Docker daemon and its node. */
export type Runtime = "privileged" | "gvisor" | "userns";

/** A runtime, and how a node is asked for it. */
export interface Wall {
  readonly runtime: Runtime;
  /** Class of pods with users of their own; the nodes' own runtime if absent. */
  readonly runtimeClass?: string | undefined;
  /** Whether the nodes are GKE's, which lets those pods write their cgroup by label and annotation. */
  readonly onGke: boolean;
}

/** The class of pods in gVisor, which whoever runs the nodes has made. */
const GVISOR_CLASS = "gvisor";

/** GKE ("Configure writable cgroups for containers"): the label of nodes that can, and the annotation's name but for the container's. */
const WRITABLE_CGROUPS = "node.gke.io/enable-writable-cgroups";

/** The container with the daemon. */
export const DIND_CONTAINER = "dind";

const needsWritableCgroups = ({ runtime, onGke }: Wall) => runtime === "userns" && onGke;

/** Of a pod's spec; nothing where the cluster's own runtime runs it, in the node's users. */
function podRuntime({ runtime, runtimeClass }: Wall) {
  switch (runtime) {
    case "privileged":
      return {};
    case "gvisor":
      return { runtimeClassName: GVISOR_CLASS };
    case "userns":
      return { hostUsers: false, ...(runtimeClass !== undefined && { runtimeClassName: runtimeClass }) };
  }
}

/** Where a pod goes and what runs it there: as it is told, and on GKE on nodes that let such pods write their cgroup. */
export const podOnItsNodes = (wall: Wall, placement: Placement) => ({
  ...placement,
  ...(needsWritableCgroups(wall) && { nodeSelector: { ...placement.nodeSelector, [WRITABLE_CGROUPS]: "true" } }),
  ...podRuntime(wall),
});

/** What GKE reads of such pods. */
export const podAnnotations = (wall: Wall): { readonly [name: string]: string } =>
  needsWritableCgroups(wall) ? { [`${WRITABLE_CGROUPS}.${DIND_CONTAINER}`]: "true" } : {};

/** The daemon is root of its node; or has every capability of gVisor's kernel, or of the pod's own users, which are none of the node's. */
export function daemonSecurity({ runtime }: Wall): k8s.types.input.core.v1.SecurityContext {
  const root = { runAsUser: 0, runAsGroup: 0 };
  if (runtime === "privileged") return { privileged: true, ...root };
  const capable = { capabilities: { add: ["ALL"] }, ...root };
  if (runtime === "gvisor") return capable;
  // What a privileged container has without a word: it mounts, and writes to /proc/sys what is the pod's own.
  return {
    ...capable,
    procMount: "Unmasked",
    seccompProfile: { type: "Unconfined" },
    appArmorProfile: { type: "Unconfined" },
  };
}

/** A container as the program makes it: requests, and a limit of memory. */
interface Sized {
  readonly resources: {
    readonly requests: { readonly cpu: string; readonly memory: string };
    readonly limits: { readonly memory: string };
  };
}

/**
 * GKE lets only pods of the class Guaranteed write their cgroup: each container of them has limits that equal its requests, of CPU, too.
 */
export function guaranteed<T extends Sized>(wall: Wall, containers: readonly T[]): T[] {
  if (!needsWritableCgroups(wall)) return [...containers];
  return containers.map((container) => {
    const { requests, limits } = container.resources;
    const both = { cpu: requests.cpu, memory: limits.memory };
    return { ...container, resources: { requests: { ...requests, ...both }, limits: { ...limits, ...both } } };
  });
}

/**
 * What `daemon.json` says more (gVisor: "Docker in gVisor"): rules of the firewall are made by images/dind instead, and layers
 * are whole copies, since gVisor lays file systems over each other in memory only.
 */
export const daemonOptions = (runtime: Runtime) =>
  runtime === "gvisor"
    ? {
        iptables: false,
        ip6tables: false,
        features: { "containerd-snapshotter": false },
        "storage-driver": "vfs",
      }
    : {};
