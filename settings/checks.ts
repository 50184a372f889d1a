import { environmentProblems, poolProblems } from "./agents";
import { serverArchitectureProblems } from "./architectures";
import { restoreProblems } from "./backup";
import { buildsProblems } from "./builds";
import { bootDiskProblems } from "./cluster";
import { locationProblems } from "./google";
import type { HasProblem, Problem } from "./problems";
import { rangeProblems } from "./ranges";
import { runtimeProblems } from "./runtimes";
import { nodeProblems } from "./scheduling";
import { peopleProblems } from "./people";
import { pluginProblems } from "./plugins";
import { restoredProblems, serverSizeProblems } from "./server";
import type { Settings } from "./types";

/**
 * What no single value shows: how keys fit together. Every check returns the problems it finds, never throws.
 *
 * @param hasProblem a check that would hold another key against one with a problem is left out. The caller leaves out what is
 * said of such a key itself.
 */
export function crossCheck(settings: Settings, hasProblem: HasProblem): Problem[] {
  const { name, cluster, storage, server, agents, backup, builds } = settings;
  return [
    ...(storage.mode === "class" || hasProblem("gcp:region") ? [] : locationProblems(storage.google)),
    ...serverSizeProblems(server, storage, hasProblem),
    ...(cluster.mode === "create" ? bootDiskProblems(cluster) : []),
    ...(hasProblem("gocd:server.restored", "gocd:cluster.existing")
      ? []
      : [...restoredProblems(server, storage), ...restoreProblems(backup, storage)]),
    ...peopleProblems(server),
    ...pluginProblems(server),
    ...rangeProblems(settings, hasProblem),
    ...agents.flatMap((pool) => poolProblems(pool, name, cluster)),
    ...agents.flatMap((pool) => runtimeProblems(pool, storage)),
    ...environmentProblems(agents),
    ...(cluster.mode === "existing" ? serverArchitectureProblems(cluster.serverPlacement) : []),
    ...buildsProblems(builds, agents, storage, hasProblem),
    ...(cluster.mode === "create" ? nodeProblems(settings, cluster, hasProblem) : []),
  ];
}
