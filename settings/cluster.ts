import { z } from "zod";
import type { Pool } from "./agents";
import { architecturesOf, onArchitecture } from "./architectures";
import type { Google } from "./google";
import { nodes } from "./nodes";
import { placement, type Placement } from "./placement";
import type { Problem } from "./problems";
import { sizeProblems, type Bounds } from "./sizes";
import { bootDiskType, choice, cidr, flag, list, machineType, mapWith, size, text, type ReadonlyDeep } from "./values";

const create = mapWith({
  releaseChannel: choice("RAPID", "REGULAR", "STABLE", "EXTENDED")
    .default("REGULAR")
    .describe("GKE release channel that upgrades control plane and nodes"),
  serverNodes: mapWith({
    machineType: machineType
      .default("e2-standard-2")
      .describe("machine type of the node that runs server and housekeeping"),
    disk: size.default("50Gi").describe("boot disk"),
    diskType: bootDiskType,
  }).prefault({}),
  agentNodes: nodes.prefault({}).describe("nodes of every pool that has none of its own"),
  ranges: mapWith({
    nodes: cidr.default("10.10.0.0/20").describe("primary range of the subnetwork"),
    pods: cidr.default("10.20.0.0/16").describe("secondary range for pods; GKE gives each node a /24 of it"),
    services: cidr.default("10.30.0.0/20").describe("secondary range for Services"),
  }).prefault({}),
});

const existing = mapWith(
  {
    context: text("the name of a kubeconfig context", /^\S.*$/).describe("kubeconfig context of the cluster"),
    storageClass: text("the name of a StorageClass", /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/)
      .optional()
      .describe("class that every claim comes from; leave it out on GKE, where the server's disks are Google disks"),
    nodeVolumes: flag.default(false).describe("let claims have directories of the node, as on kind, k3s or minikube"),
    dnsServers: list(z.ipv4({ error: "an IPv4 address such as 10.96.0.10" }), "a list of IPv4 addresses")
      .default([])
      .describe(
        "further addresses where pods resolve names, such as the ClusterIP of kube-dns where Calico and NodeLocal DNSCache meet",
      ),
    serverPlacement: placement("server and housekeeping").describe(
      "nodes that server and housekeeping go to; wherever there is room if absent",
    ),
  },
  "a map with context, dnsServers, serverPlacement and, off GKE, storageClass, nodeVolumes",
);

export const cluster = mapWith(
  { create: create.optional(), existing: existing.optional() },
  "a map with create or existing",
).refine((value) => (value.create === undefined) !== (value.existing === undefined), {
  error: "exactly one of create, existing",
});

type InFile = ReadonlyDeep<z.output<typeof cluster>>;
type NodesSpec = NonNullable<Pool["nodes"]>;

/** A GKE cluster that this stack makes, with its network. */
export type Create = {
  readonly mode: "create";
  readonly google: Google;
  /** Whether claims may be directories of a node. */
  readonly nodeVolumes: "refuse";
  /** None: the cluster resolves names as it is made to. */
  readonly dnsServers: readonly [];
  /** Nodes of one pool alone, by pool. */
  readonly poolNodes: Readonly<Record<string, NodesSpec>>;
  /** Pools whose nodes have Arm processors. */
  readonly arm64: readonly string[];
  /** Pools whose pods have users of their own, and so must write their cgroup. */
  readonly userns: readonly string[];
  /** Whether claims of a pool must be made of Hyperdisk. */
  readonly hyperdisk: boolean;
  /** Whether GKE makes load balancers of Gateways. */
  readonly gatewayApi: boolean;
  /** Range of an internal load balancer's proxies, where there is one. */
  readonly proxies: string | undefined;
} & NonNullable<InFile["create"]>;

/** A cluster that exists, by its kubeconfig context. */
export interface Existing {
  readonly mode: "existing";
  readonly context: string;
  /** Whether claims may be directories of a node. */
  readonly nodeVolumes: "allow" | "refuse";
  /** Addresses of DNS servers beside those that every cluster may have. */
  readonly dnsServers: readonly string[];
  /** Where server and housekeeping go; wherever there is room if absent. */
  readonly serverPlacement: Placement | undefined;
  /** Where the agents of a pool go, by pool; wherever there is room if absent. */
  readonly poolPlacements: Readonly<Record<string, Placement>>;
}

/**
 * The cluster of a stack, with what the pools say of their nodes.
 *
 * @param balancer what a load balancer of Google's in front of it needs, if there is one.
 */
export function clusterOf(
  inFile: InFile,
  google: Google | undefined,
  pools: readonly Pool[],
  balancer: { readonly proxies?: string | undefined } | undefined,
): Create | Existing {
  const { create, existing } = inFile;
  if (create && google) {
    const poolNodes = byPool(pools, "nodes");
    const arm64 = pools.filter(({ architecture }) => architecture === "arm64").map(({ name }) => name);
    const userns = pools.filter(({ runtime }) => runtime === "userns").map(({ name }) => name);
    const hyperdisk = pools.some((pool) => pool.hyperdisk);
    const own = { nodeVolumes: "refuse", dnsServers: [], poolNodes, gatewayApi: balancer !== undefined } as const;
    return { mode: "create", google, ...create, ...own, arm64, userns, hyperdisk, proxies: balancer?.proxies };
  }
  return {
    mode: "existing",
    context: existing?.context ?? "",
    nodeVolumes: existing?.nodeVolumes ? "allow" : "refuse",
    dnsServers: existing?.dnsServers ?? [],
    ...placements(existing?.serverPlacement, pools),
  };
}

/** Where pods go; with Arm among the pools every pod to nodes that its image is for. */
function placements(serverPlacement: Placement | undefined, pools: readonly Pool[]) {
  const { server, agents } = architecturesOf(pools, serverPlacement);
  const mixed = server === "arm64" || agents.includes("arm64");
  const own = pools.map((pool) =>
    mixed || pool.selectsArchitecture
      ? { ...pool, placement: onArchitecture(pool.placement, pool.architecture) }
      : pool,
  );
  return {
    serverPlacement: mixed ? onArchitecture(serverPlacement, server) : serverPlacement,
    poolPlacements: byPool(own, "placement"),
  };
}

/** What the pools that have a key say there. */
function byPool<K extends "nodes" | "placement">(pools: readonly Pick<Pool, "name" | K>[], key: K) {
  return Object.fromEntries(pools.flatMap((pool) => (pool[key] ? [[pool.name, pool[key]]] : [])));
}

/** GKE: `NodeConfig.diskSizeGb`. */
const BOOT: Bounds = [10, "a boot disk"];

/** Boot disks of the nodes that are made here. */
export function bootDiskProblems({ serverNodes, agentNodes, poolNodes }: Create): Problem[] {
  return [
    ...sizeProblems("gocd:cluster.create.serverNodes.disk", serverNodes.disk, BOOT),
    ...sizeProblems("gocd:cluster.create.agentNodes.disk", agentNodes.disk, BOOT),
    ...Object.entries(poolNodes).flatMap(([pool, { disk }]) =>
      sizeProblems(`gocd:agents.${pool}.nodes.disk`, disk, BOOT),
    ),
  ];
}
