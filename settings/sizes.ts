import { bytes, mebibytes } from "../kubernetes/quantities";
import { problem, type Problem } from "./problems";

/** Largest size in GiB of every disk type (Compute Engine: "Disk types"). */
const MOST_GIB = 65_536;

/** Least GiB, and of what. */
export type Bounds = readonly [least: number, what: string];
/** The daemon's limits for its cache are counted in whole GB. */
export const CLAIM: Bounds = [1, "a claim"];

/** A disk or claim that is too small to work, or larger than there are. */
export function sizeProblems(key: string, found: string, [least, what]: Bounds): Problem[] {
  const size = bytes(found) / 2 ** 30;
  if (size >= least && size <= MOST_GIB) return [];
  return [problem(key, found, `${least}Gi to ${MOST_GIB}Gi, the bounds of ${what}`)];
}

/** Memory with which nothing starts. */
export function memoryProblems(key: string, found: string, leastMib: number, why = ""): Problem[] {
  if (mebibytes(found) >= leastMib) return [];
  return [problem(key, found, `at least ${leastMib}Mi${why}`)];
}
