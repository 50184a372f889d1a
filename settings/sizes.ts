import { bytes, mebibytes } from "../kubernetes/quantities";
import { show, type Broken, type Problem } from "./problems";
import type { Settings } from "./settings";

/** Smallest size of each disk type in GiB (Compute Engine: "Disk types"). */
const LEAST_GIB = { "pd-balanced": 10, "pd-ssd": 10, "pd-standard": 10, "hyperdisk-balanced": 4 } as const;
/** Largest size of every one of them. */
const MOST_GIB = 65_536;

/** Least GiB, and of what. */
type Bounds = readonly [least: number, what: string];
/** The daemon's limits for its cache are counted in whole GB. */
const CLAIM: Bounds = [1, "a claim"];
/** GKE: `NodeConfig.diskSizeGb`. */
const BOOT: Bounds = [10, "a boot disk"];

/** Under this no server starts. GoCD's documentation asks for far more, as the default has it; tests use less. */
const LEAST_HEAP_MIB = 64;
const LEAST_CONTAINER_MIB = 512;

/** Disks, claims and memory that are too small to work, or larger than there are. */
export function checkSizes({ server, agents, cluster, storage }: Settings, broken: Broken): Problem[] {
  const problems: Problem[] = [];
  const bounds = (key: string, found: string, [least, what]: Bounds) => {
    const size = bytes(found) / 2 ** 30;
    if (size >= least && size <= MOST_GIB) return;
    problems.push({ key, found: show(found), wanted: `${least}Gi to ${MOST_GIB}Gi, the bounds of ${what}` });
  };
  const atLeast = (key: string, found: string, least: number, why = "") => {
    if (mebibytes(found) >= least) return;
    problems.push({ key, found: show(found), wanted: `at least ${least}Mi${why}` });
  };

  const typed = storage.mode === "disks" && !broken("gocd:cluster.existing", "gocd:server.diskType");
  const disk: Bounds = typed ? [LEAST_GIB[server.diskType], server.diskType] : CLAIM;
  bounds("gocd:server.disk", server.disk, disk);
  bounds("gocd:server.artifacts", server.artifacts, disk);
  atLeast("gocd:server.heap", server.heap, LEAST_HEAP_MIB);
  if (cluster.mode === "create") {
    bounds("gocd:cluster.create.serverNodes.disk", cluster.serverNodes.disk, BOOT);
    bounds("gocd:cluster.create.agentNodes.disk", cluster.agentNodes.disk, BOOT);
  }
  for (const pool of agents) {
    const key = `gocd:agents.${pool.name}`;
    bounds(`${key}.workspace`, pool.workspace, CLAIM);
    bounds(`${key}.cache`, pool.cache, CLAIM);
    if (pool.nodes) bounds(`${key}.nodes.disk`, pool.nodes.disk, BOOT);
    atLeast(`${key}.dind.memory`, pool.dind.memory, LEAST_CONTAINER_MIB);
    atLeast(`${key}.agent.memory`, pool.agent.memory, LEAST_CONTAINER_MIB, ", half of which the JVM takes");
  }
  return problems;
}
