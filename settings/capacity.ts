import { sizeOf } from "./machine-types";

/** What a machine, or a pod, has or asks for: cores and MiB. */
export interface Resources {
  readonly cpu: number;
  readonly memory: number;
}

/**
 * What the pods that GKE itself puts on every node ask for: logging and metrics agents, network agent, metadata server, CSI
 * driver. They vary by version; this errs to the small side so that nothing that fits is refused.
 */
const SYSTEM_PODS: Resources = { cpu: 0.3, memory: 400 };

/** GKE's eviction threshold. */
const EVICTION_MIB = 100;

/** A machine type's cores and memory, or undefined for custom, shared-core and unknown types, which are not checked. */
export function machine(type: string): Resources | undefined {
  const size = sizeOf(type);
  return size && { cpu: size.cpu, memory: size.gib * 1024 };
}

/** The part of an amount that falls into each band, times the band's rate. */
function banded(amount: number, bands: readonly (readonly [size: number, rate: number])[]): number {
  let left = amount;
  let sum = 0;
  for (const [size, rate] of bands) {
    const part = Math.min(left, size);
    sum += part * rate;
    left -= part;
  }
  return sum;
}

/**
 * What a GKE node has left for pods of its users: the machine less what GKE reserves (its documented bands) and less the pods
 * that run on every node.
 */
export function allocatable(node: Resources): Resources {
  const cpu = banded(node.cpu, [
    [1, 0.06],
    [1, 0.01],
    [2, 0.005],
    [Infinity, 0.0025],
  ]);
  const memory = banded(node.memory, [
    [4096, 0.25],
    [4096, 0.2],
    [8192, 0.1],
    [114_688, 0.06],
    [Infinity, 0.02],
  ]);
  return {
    cpu: Math.max(0, node.cpu - cpu - SYSTEM_PODS.cpu),
    memory: Math.max(0, node.memory - memory - EVICTION_MIB - SYSTEM_PODS.memory),
  };
}

/**
 * GiB of a boot disk that pods may ask for as ephemeral storage: less what GKE reserves, and less its eviction threshold of a
 * tenth (GKE: "Local ephemeral storage reservation").
 */
export function allocatableStorage(bootGib: number): number {
  return bootGib - Math.min(0.5 * bootGib, 6 + 0.35 * bootGib, 100) - 0.1 * bootGib;
}

/** How many pods of one size fit on one node. */
export function fit(node: Resources, pod: Resources): number {
  const free = allocatable(node);
  return Math.floor(Math.min(free.cpu / pod.cpu, free.memory / pod.memory));
}
