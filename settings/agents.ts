import { z } from "zod";
import { seconds } from "../kubernetes/quantities";
import { architecture, architectureProblems, processorsOf, withArchitectures, type Processors } from "./architectures";
import { poolCompany, proxyRange, withDirectRanges, type Company } from "./company";
import { moved } from "./images";
import { logins } from "./logins";
import { nodes } from "./nodes";
import { placement } from "./placement";
import { podFields, podProblems } from "./pod";
import { formatValue, problem, type Problem } from "./problems";
import { runtime, runtimeClass } from "./runtimes";
import { CLAIM, memoryProblems, sizeProblems } from "./sizes";
import {
  cidr,
  cpu,
  digest,
  duration,
  flag,
  gocdName,
  list,
  mapOf,
  mapWith,
  size,
  text,
  url,
  whole,
  type ReadonlyDeep,
} from "./values";

/** A DNS label short enough for a StatefulSet whose pods carry it in the label `controller-revision-hash` (63 − 11, and room for suffixes). */
const POOL_NAME = /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/;

const pool = mapWith(
  {
    replicas: whole("a whole number of agents from 1 to 200", 1, 200)
      .default(1)
      .describe("agents in the pool, each with its own Docker daemon"),
    resources: list(gocdName, "a list of GoCD resource names").default([]).describe("GoCD resources of every agent"),
    environments: list(gocdName, "a list of GoCD environment names")
      .default([])
      .describe("GoCD environments of every agent"),
    workspace: size.default("20Gi").describe("claim for the jobs' working directories"),
    cache: size.default("50Gi").describe("claim for the daemon's images and build cache"),
    isolation: z
      .enum(["shared", "clean", "fresh"], { error: "shared, clean or fresh" })
      .default("clean")
      .describe(
        "what is removed after each job: nothing (shared); containers, processes, credentials, home directory and /tmp (clean); " +
          "the working directories and the agent's container, too (fresh)",
      ),
    runtime,
    runtimeClass,
    logins,
    rotation: whole("a whole number from 1", 1, 1_000_000)
      .default(1)
      .describe("raise it to make new certificates and restart the pool, one agent after the other"),
    gracePeriod: duration
      .optional()
      .describe("how long a stopping agent may finish its job: at most 3540s, on spot nodes 45s"),
    workloadIdentity: flag
      .default(false)
      .describe("let jobs reach the metadata server and act as the pool's service account"),
    egress: list(cidr, "a list of IPv4 ranges")
      .default([])
      .describe("private ranges that jobs may reach beside the internet"),
    architecture,
    nodes: nodes.optional().describe("nodes of this pool alone, where the cluster is made here"),
    placement: placement("the pool's agents").describe(
      "nodes that this pool goes to, where the cluster exists; wherever there is room if absent",
    ),
    image: digest.optional().describe("agent image of this pool alone, built from images/agent with other tools in it"),
    company: poolCompany.describe("in place of gocd:company, whole, for this pool"),
    pod: podFields.describe("what you add to the pool's pods"),
    agent: mapWith({
      cpu: cpu.default("500m").describe("CPU request of the agent's own container"),
      memory: size.default("1Gi").describe("memory request and limit of the agent's own container"),
      ephemeralStorage: size
        .default("2Gi")
        .describe(
          "request for what the agent writes outside its volumes: its plugins, /tmp, caches in the home directory",
        ),
    }).prefault({}),
    dind: mapWith({
      cpu: cpu.default("2").describe("CPU request of daemon and jobs' containers"),
      memory: size.default("4Gi").describe("memory request and limit of daemon and jobs' containers"),
      mtu: whole("a whole number from 576 to 8896", 576, 8896)
        .default(1460)
        .describe("MTU of Docker's networks; no more than the pod network's"),
      minApiVersion: text("a version of Docker's API from 1.24, such as 1.32", /^1\.(2[4-9]|[3-9]\d)$/)
        .optional()
        .describe("oldest API that the daemon speaks, for old clients in jobs; Docker's own bound if absent"),
      mirrors: list(url, "a list of URLs")
        .default(["https://mirror.gcr.io"])
        .describe("registry mirrors for docker.io"),
      addressPools: list(cidr, "a list of IPv4 ranges")
        .min(1, { error: "at least one IPv4 range" })
        .default(["172.30.0.0/16"])
        .describe("ranges that Docker's networks are cut from"),
    }).prefault({}),
  },
  "a map with replicas, resources, environments, workspace, cache, …, or {} for the defaults of all",
);

/** Also the answer to `gocd:agents:` with nothing behind it. */
const AT_LEAST_ONE = "a map of pools by name with at least one, such as docker: {}";

export const agents = mapOf(
  text("a pool name: a DNS label of at most 40 characters that starts with a letter", POOL_NAME),
  pool,
  AT_LEAST_ONE,
).refine((pools) => Object.keys(pools).length > 0, { error: AT_LEAST_ONE });

/** A pool of agents that are alike. */
export type Pool = Omit<ReadonlyDeep<z.output<typeof agents>>[string], "architecture"> &
  Processors & {
    readonly name: string;
    readonly gracePeriod: string;
    readonly company: Company;
    /** Whether Google may take its nodes back at any time. */
    readonly spot: boolean;
    /** Whether its nodes are GKE's. */
    readonly onGke: boolean;
  };

/**
 * Pools in the order of their names.
 *
 * @param shared the company's network, for pools that say nothing else.
 * @param clusterRanges where pods and Services are, as far as that is known.
 * @param nodesOfOthers nodes of pools that have none of their own; none where the cluster exists.
 * @param prefix where every image is, if somewhere else than it is named.
 * @param onGke whether the cluster is GKE's.
 */
export function poolsOf(
  inFile: z.output<typeof agents>,
  shared: Company,
  clusterRanges: readonly string[],
  nodesOfOthers: Pool["nodes"],
  prefix: string | undefined,
  onGke: boolean,
): Pool[] {
  const pools = Object.entries(inFile)
    .map(([name, pool]) => {
      const spot = (pool.nodes ?? nodesOfOthers)?.spot ?? false;
      const company = withDirectRanges(pool.company ?? shared, [...clusterRanges, ...pool.dind.addressPools]);
      const egress = [...pool.egress, ...proxyRange(company)];
      return {
        ...pool,
        ...processorsOf(pool, nodesOfOthers),
        ...(pool.image !== undefined && { image: moved(pool.image, prefix) }),
        pod: movedSidecars(pool.pod, prefix),
        name,
        spot,
        onGke,
        company,
        egress,
        gracePeriod: pool.gracePeriod ?? GRACE[spot ? "spot" : "on demand"].preset,
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return withArchitectures(pools);
}

function movedSidecars(pod: Pool["pod"], prefix: string | undefined): Pool["pod"] {
  const sidecars = Object.entries(pod.sidecars).map(([name, sidecar]) => {
    return [name, { ...sidecar, image: moved(sidecar.image, prefix) }];
  });
  return { ...pod, sidecars: Object.fromEntries(sidecars) as Pool["pod"]["sidecars"] };
}

/** Node pools may have 40 characters, of which Pulumi takes 8 to tell a new one from the one it replaces. */
const LONGEST_NODE_POOL = 32;
/** Node pools of these names exist already. */
const TAKEN = ["server", "agents"];
/** Every namespace has a service account of this name, and a pool's is called as the pool. */
const DEFAULT_ACCOUNT = "default";

/** How long jobs may go on, in seconds. After that come the agent's own end and the daemon's (components/agents/agent.ts): a minute. */
const GRACE = {
  // GKE waits at most an hour for a pod when it upgrades a node ("Standard node upgrades").
  "on demand": { least: 60, most: 3540, preset: "30m" },
  // A node that Google takes back gives pods 105 seconds in all: 120 at most, of which system pods have the last 15 ("Spot VMs").
  spot: { least: 5, most: 45, preset: "45s" },
} as const;

/** What housekeeping writes on agents (images/housekeeping/src/record.ts). */
const RESERVED_RESOURCES = ["draining", "housekeeping"];
/** Under this no container starts. */
const LEAST_CONTAINER_MIB = 512;

/**
 * What is wrong with a pool for itself.
 *
 * @param instance `gocd-<stack>`, which the names of node pools begin with.
 * @param cluster whether it is made here, with which nodes for pools that have none of their own, or exists.
 */
export function poolProblems(
  pool: Pool,
  instance: string,
  cluster: { readonly mode: "create"; readonly agentNodes: Pool["nodes"] } | { readonly mode: "existing" },
): Problem[] {
  const key = `gocd:agents.${pool.name}`;
  return [
    ...sizeProblems(`${key}.workspace`, pool.workspace, CLAIM),
    ...sizeProblems(`${key}.cache`, pool.cache, CLAIM),
    ...memoryProblems(`${key}.dind.memory`, pool.dind.memory, LEAST_CONTAINER_MIB),
    ...memoryProblems(`${key}.agent.memory`, pool.agent.memory, LEAST_CONTAINER_MIB, ", half of which the JVM takes"),
    ...nameProblems(key, pool, instance),
    ...nodesProblems(key, pool, cluster.mode),
    ...architectureProblems(key, pool, cluster.mode === "create" ? cluster.agentNodes : undefined),
    ...graceProblems(key, pool),
    ...listProblems(key, pool),
    ...podProblems(`${key}.pod`, pool.pod),
  ];
}

function nameProblems(key: string, { name, nodes }: Pool, instance: string): Problem[] {
  const found = formatValue(name);
  if (name === DEFAULT_ACCOUNT) {
    return [{ key, found, wanted: "another name: every namespace has an account of this one" }];
  }
  if (!nodes || (!TAKEN.includes(name) && `${instance}-${name}`.length <= LONGEST_NODE_POOL)) return [];
  const most = LONGEST_NODE_POOL - instance.length - 1;
  const wanted = `with nodes of its own a name of at most ${most} characters, and none of ${TAKEN.join(", ")}`;
  return [{ key, found, wanted }];
}

function nodesProblems(key: string, { nodes, placement }: Pool, cluster: "create" | "existing"): Problem[] {
  if (nodes && cluster === "existing") {
    const wanted = "nothing: nodes of a cluster that exists are not made here; placement names them";
    return [{ key: `${key}.nodes`, found: "a map", wanted }];
  }
  if (placement && cluster === "create") {
    const wanted = "nothing: this program makes the nodes, labels and taints them; nodes gives a pool its own";
    return [{ key: `${key}.placement`, found: "a map", wanted }];
  }
  return [];
}

function graceProblems(key: string, { gracePeriod, spot }: Pool): Problem[] {
  const grace = seconds(gracePeriod);
  const { least, most } = GRACE[spot ? "spot" : "on demand"];
  if (grace >= least && grace <= most) return [];
  const wanted = spot
    ? `${least}s to ${most}s on spot nodes, which are gone after 105s with the orderly end of agent and daemon`
    : `${least}s to ${most}s: a node's upgrade waits an hour, of which the last minute is for the end of agent and daemon`;
  return [problem(`${key}.gracePeriod`, gracePeriod, wanted)];
}

function listProblems(key: string, pool: Pool): Problem[] {
  const reserved = pool.resources.find((resource) => RESERVED_RESOURCES.includes(resource));
  const wanted = "another name; housekeeping marks agents with this one";
  return [
    ...(reserved === undefined ? [] : [problem(`${key}.resources`, reserved, wanted)]),
    ...(["resources", "environments"] as const).flatMap((list) => {
      const names = pool[list].map((item) => item.toLowerCase());
      const twice = pool[list].find((_, index) => names.indexOf(names[index] ?? "") !== index);
      if (twice === undefined) return [];
      const wanted = "every name once; to GoCD capitals make no difference";
      return [problem(`${key}.${list}`, twice, wanted)];
    }),
  ];
}

/** Two environments whose names differ in capitals only are one to GoCD, which then refuses its whole configuration. */
export function environmentProblems(pools: readonly Pool[]): Problem[] {
  const earlier = new Map<string, { readonly key: string; readonly name: string }>();
  return pools.flatMap((pool) =>
    pool.environments.flatMap((name, index) => {
      const key = `gocd:agents.${pool.name}.environments[${index}]`;
      const first = earlier.get(name.toLowerCase());
      if (first === undefined) earlier.set(name.toLowerCase(), { key, name });
      if (first === undefined || first.name === name) return [];
      return [problem(key, name, `${formatValue(first.name)}, as in ${first.key}`)];
    }),
  );
}
