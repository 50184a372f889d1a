import { architectureOf, ARCHITECTURES, type Architecture } from "./machine-types";
import { attaches } from "./machines";
import type { Placement } from "./placement";
import { problem, type Problem } from "./problems";
import { choice } from "./values";

/** Kubernetes' own label of every node, and the taint of GKE's Arm nodes. */
const ARCH = "kubernetes.io/arch";

export const architecture = choice(...ARCHITECTURES)
  .optional()
  .describe(
    "processors of the pool's nodes: amd64 or arm64; if absent, those of the nodes that are made here, or of the label " +
      `${ARCH} in placement; else amd64`,
  );

/** What the stack file says of a pool's processors. */
interface InFile {
  readonly architecture?: Architecture | undefined;
  readonly nodes?: { readonly machineType: string } | undefined;
  readonly placement?: Placement | undefined;
}

/** What is known of the processors and disks of a pool's nodes. */
export interface Processors {
  readonly architecture: Architecture;
  /** Whether the stack file says so, and not only the machines that are made here. */
  readonly selectsArchitecture: boolean;
  /** Whether its machines take no other disks than Hyperdisk. */
  readonly hyperdisk: boolean;
}

/** @param shared nodes of pools that have none of their own; none where the cluster exists. */
export function processorsOf(pool: InFile, shared: InFile["nodes"]): Processors {
  const machine = shared && (pool.nodes ?? shared).machineType;
  const said = pool.architecture ?? labelled(pool.placement);
  return {
    architecture: said ?? (machine === undefined ? "amd64" : architectureOf(machine)),
    selectsArchitecture: said !== undefined,
    hyperdisk: machine !== undefined && !attaches(machine, "pd-balanced"),
  };
}

function labelled(placement: Placement | undefined): Architecture | undefined {
  return ARCHITECTURES.find((name) => name === placement?.nodeSelector[ARCH]);
}

/** Which images there must be: those of the server's node, and those of the pools. */
export interface Architectures {
  readonly server: Architecture;
  readonly agents: readonly Architecture[];
}

export function architecturesOf(pools: readonly Processors[], serverPlacement: Placement | undefined): Architectures {
  const wanted = ARCHITECTURES.filter((name) => pools.some(({ architecture }) => architecture === name));
  return { server: labelled(serverPlacement) ?? "amd64", agents: wanted };
}

/** The same nodes, as far as they have such processors, past GKE's taint for Arm. */
export function onArchitecture(placement: Placement | undefined, architecture: Architecture): Placement {
  const { nodeSelector, tolerations } = placement ?? { nodeSelector: {}, tolerations: [] };
  const taint = { key: ARCH, operator: "Equal", value: "arm64", effect: "NoSchedule" } as const;
  const tolerated = architecture === "amd64" || tolerations.some(({ key }) => key === ARCH);
  return {
    nodeSelector: { ...nodeSelector, [ARCH]: architecture },
    tolerations: tolerated ? tolerations : [...tolerations, taint],
  };
}

/** With Arm among the pools jobs can tell processors apart: by a resource of that name. */
export function withArchitectures<P extends Processors & { readonly resources: readonly string[] }>(
  pools: readonly P[],
): P[] {
  if (pools.every(({ architecture }) => architecture === "amd64")) return [...pools];
  return pools.map((pool) => {
    const named = pool.resources.some((name) => name.toLowerCase() === pool.architecture);
    return named ? pool : { ...pool, resources: [...pool.resources, pool.architecture] };
  });
}

/**
 * What is said twice of a pool's processors, in different ways.
 *
 * @param shared nodes of pools that have none of their own; none where the cluster exists.
 */
export function architectureProblems(key: string, pool: InFile & Processors, shared: InFile["nodes"]): Problem[] {
  const label = pool.placement?.nodeSelector[ARCH];
  const machine = shared && (pool.nodes ?? shared).machineType;
  if (label !== undefined && label !== pool.architecture) {
    const wanted = `${pool.selectsArchitecture ? pool.architecture : ARCHITECTURES.join(" or ")}, for which the pool's images are`;
    return [problem(`${key}.placement.nodeSelector.${ARCH}`, label, wanted)];
  }
  if (machine !== undefined && architectureOf(machine) !== pool.architecture) {
    const wanted = `${architectureOf(machine)}, which ${machine} has (${key}.nodes.machineType), or nothing`;
    return [problem(`${key}.architecture`, pool.architecture, wanted)];
  }
  return [];
}

/** A label of the server's nodes for which there are no images. */
export function serverArchitectureProblems(placement: Placement | undefined): Problem[] {
  const label = placement?.nodeSelector[ARCH];
  if (label === undefined || labelled(placement) !== undefined) return [];
  const key = `gocd:cluster.existing.serverPlacement.nodeSelector.${ARCH}`;
  return [problem(key, label, ARCHITECTURES.join(" or "))];
}
