import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fallenDaemons } from "./daemons";
import { reportOf, ROOT, STATE } from "./paths";
import { outcome } from "./run";
import { WORLD } from "./world";

/** How many tests ended how. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

/** A pattern that no name fits: Jest then runs neither tests nor what comes before them. */
const NO_TEST = "(?!)";

const CONFIGURATION = { cluster: "tests/cluster/jest.config.js", laptop: "tests/cluster/laptop/jest.config.js" };

/** What the program has registered in this run. */
const MANIFESTS = path.join(STATE, "manifests");

const JEST = createRequire(__filename).resolve("jest/bin/jest");

/** A folder of suites, which is a project of Jest's, and the stack whose installation they share. */
interface Folder {
  readonly name: string;
  readonly stack?: string;
}

/** What runs side by side; then, what loses a node or the cluster, which nobody else may use. */
const FOLDERS: Readonly<Record<typeof WORLD, readonly (readonly Folder[])[]>> = {
  cluster: [
    [{ name: "daemons", stack: "test" }, { name: "housekeeping", stack: "second" }, { name: "apart" }],
    [{ name: "losses", stack: "test" }],
  ],
  laptop: [[{ name: "laptop" }]],
};

/**
 * Runs the suites with Jest, those of a folder one after the other; `args` are handed to it, e.g. `-t "a name"`. Rejects when
 * `interrupted` says that it is enough; the suite that runs then has no time to tidy up.
 */
export async function runSuites(args: readonly string[], interrupted?: AbortSignal): Promise<Counts> {
  rmSync(MANIFESTS, { recursive: true, force: true });
  mkdirSync(MANIFESTS, { recursive: true });
  let counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const folders of FOLDERS[WORLD])
    counts = (await Promise.all(folders.map((folder) => runFolder(folder, args, interrupted)))).reduce(sum, counts);
  return counts;
}

async function runFolder({ name, stack }: Folder, args: readonly string[], interrupted?: AbortSignal): Promise<Counts> {
  const report = reportOf(name);
  rmSync(report, { force: true });
  const options = ["--config", path.join(ROOT, CONFIGURATION[WORLD]), "--selectProjects", name, "--runInBand"];
  const output = ["--json", "--outputFile", report, "--passWithNoTests"];
  await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [JEST, ...options, ...output, ...args], {
      cwd: ROOT,
      env: { ...process.env, GOCD_TEST_MANIFESTS: MANIFESTS, ...(stack !== undefined && { GOCD_TEST_STACK: stack }) },
      stdio: ["ignore", "ignore", "inherit"],
      ...(interrupted && { signal: interrupted }),
    });
    child.on("error", reject);
    child.on("close", resolve);
  });
  return countsIn(readFileSync(report, "utf8"));
}

/** Adds a failure when a daemon did not last as long as its tests, and says why: then theirs may be only its echo. */
export function withFallen(counts: Counts): Counts {
  const fallen = fallenDaemons();
  if (fallen === "") return counts;
  console.error(fallen);
  return { ...counts, failed: counts.failed + 1 };
}

/** Counts the tests of a world, as skipped: where it cannot be had, and without touching anything. */
export async function skipAll(world: keyof typeof CONFIGURATION): Promise<Counts> {
  const config = path.join(ROOT, CONFIGURATION[world]);
  const { stdout } = await outcome(process.execPath, [JEST, "--config", config, "--json", "-t", NO_TEST], {
    cwd: ROOT,
  });
  return countsIn(stdout);
}

function countsIn(json: string): Counts {
  const report = JSON.parse(json) as JestReport;
  return {
    passed: report.numPassedTests,
    // A suite that cannot be loaded has no tests to count, and must not go unnoticed.
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** The line that ends a run, for people and for .ci/run. */
export const closingLine = ({ passed, failed, skipped }: Counts): string =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;

/** Reads that line again, the last of a run's output; a run without one has failed. */
export function countsOf(output: string): Counts {
  const [, passed, failed, skipped] = /(\d+) passed, (\d+) failed, (\d+) skipped$/.exec(output) ?? [];
  if (passed === undefined) return { passed: 0, failed: 1, skipped: 0 };
  return { passed: Number(passed), failed: Number(failed), skipped: Number(skipped) };
}

export const sum = (one: Counts, other: Counts): Counts => ({
  passed: one.passed + other.passed,
  failed: one.failed + other.failed,
  skipped: one.skipped + other.skipped,
});
