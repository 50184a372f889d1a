import path from "node:path";
import { TEST_TARGET } from "./test-target";

/** The checkout. */
export const ROOT = path.resolve(__dirname, "../../..");
/** Everything that the cluster tests keep between runs; git ignores it. */
export const CACHE = path.join(ROOT, ".cache/cluster");
/** Binaries, one folder for each version of a Go module. */
export const BINARIES = path.join(CACHE, "bin");
/** Debian packages, unpacked and never installed. */
export const PACKAGES = path.join(CACHE, "debian");
/** Go modules that pin what is built. */
export const MODULES = path.join(ROOT, "tests/cluster/modules");
/** The log files of the last run. */
export const LOGS = ofTarget("logs");
/** What is there while a run lasts: keys, databases, disks, the node's /var. Removed at the end. */
export const STATE = ofTarget("state");
/** Locked by a run while it lasts. */
export const LOCK = ofTarget("lock");
/** Locked while the cache is filled, which several targets use. */
export const CACHE_LOCK = path.join(CACHE, "filling-lock");
/** The kubeconfig of the cluster that is built here. */
export const KUBECONFIG = path.join(STATE, "kubeconfig");

function ofTarget(name: string): string {
  return path.join(CACHE, TEST_TARGET === "cluster" ? name : `${TEST_TARGET}-${name}`);
}
