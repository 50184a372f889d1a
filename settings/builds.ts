import type { z } from "zod";
import type { Pool } from "./agents";
import { oneOf } from "./did-you-mean";
import { problem, type HasProblem, type Problem } from "./problems";
import type { Storage } from "./storage";
import { gocdName, list, mapWith, type ReadonlyDeep } from "./values";

export const builds = mapWith({
  pools: list(gocdName, "a list of pools")
    .default([])
    .describe("pools whose jobs may push to an Artifact Registry repository of their own, made if there is one"),
});

/** Who pushes to the repository for what jobs build; nobody, and no repository, if there are no pools. */
export type Builds = ReadonlyDeep<z.output<typeof builds>>;

/** Pools that cannot push: there is no project, no such pool, or its jobs are nobody to Google. */
export function buildsProblems(
  { pools: pushing }: Builds,
  pools: readonly Pool[],
  storage: Storage,
  hasProblem: HasProblem,
): Problem[] {
  if (pushing.length === 0) return [];
  if (storage.mode === "class") {
    const wanted = "nothing where claims come from a storage class: there is no Google project";
    return [problem("gocd:builds.pools", pushing, wanted)];
  }
  if (hasProblem("gocd:agents")) return [];
  return pushing.flatMap((name, index): Problem[] => {
    const key = `gocd:builds.pools[${index}]`;
    const pool = pools.find((candidate) => candidate.name === name);
    if (pool === undefined) {
      const names = pools.map((known) => known.name);
      return [problem(key, name, oneOf(name, names))];
    }
    if (pushing.indexOf(name) < index) return [problem(key, name, "every pool once")];
    if (pool.workloadIdentity) return [];
    const wanted = "true: gocd:builds lets its jobs push as the pool's service account";
    return [{ key: `gocd:agents.${name}.workloadIdentity`, found: "false", wanted }];
  });
}
