import path from "node:path";
import { WORLD } from "./world";

/** The checkout. */
export const ROOT = path.resolve(__dirname, "../../..");
/** Everything that this harness keeps between runs; git ignores it. */
export const CACHE = path.join(ROOT, ".cache/cluster");
/** Binaries, one folder for each version of a Go module. */
export const BINARIES = path.join(CACHE, "bin");
/** Debian packages, unpacked and never installed. */
export const PACKAGES = path.join(CACHE, "debian");
/** The log files of the last run. */
export const LOGS = ofWorld("logs");
/** Go modules that pin what is built. */
export const MODULES = path.join(ROOT, "tests/cluster/modules");
/** Images that stand in for those of other projects. */
export const STAND_INS = path.join(ROOT, "tests/cluster/stand-ins");
/** What is there while a run lasts: keys, databases, disks, the node's /var. Removed at the end. */
export const STATE = ofWorld("state");
/** Held by a run while it lasts. */
export const LOCK = ofWorld("lock");
/** What Jest reports of the last run of a folder of suites. */
export const reportOf = (folder: string): string => path.join(CACHE, `report-${folder}.json`);

function ofWorld(name: string): string {
  return path.join(CACHE, WORLD === "cluster" ? name : `${WORLD}-${name}`);
}
