import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { crashedDaemons } from "../kubernetes/daemons";
import { CACHE, ROOT, STATE } from "../kubernetes/paths";
import { outcome } from "../kubernetes/run";
import { TEST_TARGET } from "../kubernetes/test-target";

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

/** What can be tested here: Jest's configuration, and the folder with the suites. */
export const TARGETS = {
  cluster: { configuration: "tests/cluster/jest.config.js", suites: "tests/cluster/gocd/suites" },
  laptop: { configuration: "tests/cluster/gocd/laptop/jest.config.js", suites: "tests/cluster/gocd/laptop" },
  engine: { configuration: "tests/engine/jest.config.js", suites: "tests/engine/suites" },
} as const;
export type Target = keyof typeof TARGETS;

/** The target of this run. */
export const target = ((): Target => {
  const found = Object.keys(TARGETS).find((name) => name === TEST_TARGET);
  if (found === undefined)
    throw new Error(`TEST_TARGET is ${TEST_TARGET}; wanted is ${Object.keys(TARGETS).join(" or ")}`);
  return found as Target;
})();

/** What the program has registered in this run. */
const MANIFESTS = path.join(STATE, "manifests");

const JEST = createRequire(__filename).resolve("jest/bin/jest");

/** A folder of suites, which is a project of Jest's, and the stack whose installation they share. */
interface Folder {
  readonly name: string;
  readonly stack?: string;
}

/** Groups of folders: those of a group run side by side, one group after the other. */
type Sequence = readonly (readonly Folder[])[];

/**
 * Sequences, which run side by side. What loses a node or the cluster, or changes the network for everybody, is a group by itself; what does
 * without the cluster is a sequence of its own.
 */
const SEQUENCES: Readonly<Record<Target, readonly Sequence[]>> = {
  cluster: [
    [
      [{ name: "daemons", stack: "test" }, { name: "housekeeping", stack: "second" }, { name: "standalone" }],
      [{ name: "disaster-recovery", stack: "test" }],
      [{ name: "builders", stack: "test" }],
      // An emulated machine takes a core, and its tests have bounds.
      [{ name: "walls", stack: "walls" }],
      // It watches what all pods send.
      [{ name: "company", stack: "company" }],
      // What enforces the policies leaves its rules behind.
      [{ name: "network", stack: "test" }],
      [{ name: "access", stack: "access" }],
    ],
  ],
  laptop: [[[{ name: "laptop" }]]],
  engine: [
    [["dev", "scale", "rotate"].map((name) => ({ name, stack: name })), [{ name: "afterwards", stack: "dev" }]],
    [[{ name: "google" }], [{ name: "host" }]],
    [[{ name: "edits" }], [{ name: "zones" }]],
  ],
};

/** The suites of a run: arguments of Jest's, e.g. `-t "a name"` or a part of a path, and folders that do not run. */
export interface Selection {
  readonly suites: readonly string[];
  readonly except: readonly string[];
}

/**
 * Runs the suites with Jest, those of a folder one after the other. Rejects when `interrupted` says that it is enough; the suite that
 * runs then has no time to tidy up. Folders without a stack do not wait for the cluster.
 */
export async function runSuites(
  selection: Selection,
  { interrupted, cluster }: { readonly interrupted?: AbortSignal; readonly cluster?: Promise<void> } = {},
): Promise<Counts> {
  rmSync(MANIFESTS, { recursive: true, force: true });
  mkdirSync(MANIFESTS, { recursive: true });
  const runGroup = (folders: Sequence[number]) =>
    Promise.all(
      folders
        .filter(({ name }) => isPicked(name, selection))
        .map(async (folder) => {
          if (folder.stack !== undefined) await cluster;
          return runFolder(folder, selection.suites, interrupted);
        }),
    );
  const runSequence = async (groups: Sequence) => {
    const counts: Counts[] = [];
    for (const folders of groups) counts.push(...(await runGroup(folders)));
    return counts;
  };
  const counts = await Promise.all(SEQUENCES[target].map(runSequence));
  return counts.flat().reduce(sum, { passed: 0, failed: 0, skipped: 0 });
}

/** Whether a folder of this target runs: where arguments of Jest's name folders those alone, else all but the exceptions. */
export const isPicked = (folder: string, selection: Selection): boolean =>
  picked(target, selection).some(({ name }) => name === folder);

function picked(of: Target, { suites, except }: Selection): readonly Folder[] {
  // What follows is a test's name.
  const paths = suites.filter((part, index) => !part.startsWith("-") && suites[index - 1] !== "--testNamePattern");
  const folders = SEQUENCES[of].flat(2);
  const named = folders.filter(({ name }) => paths.some((part) => part.includes(name)));
  return (named.length > 0 ? named : folders).filter(({ name }) => !except.includes(name));
}

/** Whether a folder that runs needs the cluster. */
export const needsCluster = (selection: Selection): boolean =>
  picked(target, selection).some(({ stack }) => stack !== undefined);

/** Whether one runs that does without. */
export const needsNoCluster = (selection: Selection): boolean =>
  picked(target, selection).some(({ stack }) => stack === undefined);

async function runFolder({ name, stack }: Folder, args: readonly string[], interrupted?: AbortSignal): Promise<Counts> {
  const report = path.join(CACHE, `report-${name}.json`);
  rmSync(report, { force: true });
  const options = ["--config", path.join(ROOT, TARGETS[target].configuration), "--selectProjects", name, "--runInBand"];
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

/** Adds a failure when a daemon crashed while its tests ran, and says why: theirs may then be only a consequence. */
export function withCrashes(counts: Counts): Counts {
  const crashed = crashedDaemons();
  if (crashed === "") return counts;
  console.error(crashed);
  return { ...counts, failed: counts.failed + 1 };
}

/** Counts the tests of folders of a target, as skipped: where it cannot be had, and without touching anything. */
export async function skipAll(skipped: Target, selection: Selection): Promise<Counts> {
  const config = path.join(ROOT, TARGETS[skipped].configuration);
  const projects = ["--selectProjects", ...picked(skipped, selection).map(({ name }) => name)];
  const { stdout } = await outcome(process.execPath, [JEST, "--config", config, ...projects, "--json", "-t", NO_TEST], {
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
