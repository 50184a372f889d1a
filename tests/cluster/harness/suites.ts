import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { reportOf, ROOT } from "./paths";
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

const JEST = createRequire(__filename).resolve("jest/bin/jest");

/**
 * Folders of suites, which are Jest's projects: those of one line run side by side, the lines one after the other. Nothing else
 * runs while a node or the cluster is lost.
 */
const FOLDERS = { cluster: [["installation", "apart"], ["losses"]], laptop: [["laptop"]] };

/**
 * Runs the suites with Jest, those of a folder one after the other; `args` are handed to it, e.g. `-t "a name"`. Rejects when
 * `interrupted` says that it is enough; the suite that runs then has no time to tidy up.
 */
export async function runSuites(args: readonly string[], interrupted?: AbortSignal): Promise<Counts> {
  let counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const folders of FOLDERS[WORLD])
    counts = (await Promise.all(folders.map((folder) => runFolder(folder, args, interrupted)))).reduce(sum, counts);
  return counts;
}

async function runFolder(folder: string, args: readonly string[], interrupted?: AbortSignal): Promise<Counts> {
  const report = reportOf(folder);
  rmSync(report, { force: true });
  const options = ["--config", path.join(ROOT, CONFIGURATION[WORLD]), "--selectProjects", folder, "--runInBand"];
  const output = ["--json", "--outputFile", report, "--passWithNoTests"];
  await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [JEST, ...options, ...output, ...args], {
      cwd: ROOT,
      stdio: ["ignore", "ignore", "inherit"],
      ...(interrupted && { signal: interrupted }),
    });
    child.on("error", reject);
    child.on("close", resolve);
  });
  return countsIn(readFileSync(report, "utf8"));
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
