// A test runner for Stryker that loads the tests of the rules once and runs them in this process: Jest would load everything anew for
// every mutant, which takes seconds where the tests that concern a mutant take milliseconds. Jest's own parts collect the tests,
// compare and read snapshots (docs/decisions/0017).
const { createRequire } = require("node:module");
const { join } = require("node:path");
const { performance } = require("node:perf_hooks");
const { declareFactoryPlugin, PluginKind } = require("@stryker-mutator/api/plugin");
const {
  determineHitLimitReached,
  DryRunStatus,
  MutantRunStatus,
  TestStatus,
} = require("@stryker-mutator/api/test-runner");

// The parts of the Jest that is installed, wherever it has them.
const ofJest = createRequire(require.resolve("jest-circus/package.json"));
const circus = ofJest("jest-circus");
const { jestExpect } = ofJest("@jest/expect");
const { SnapshotState } = ofJest("jest-snapshot");

/** The table of cases first: it kills most mutants. The others judge what a table has no words for. */
const FILES = [
  "cases",
  ...[
    "certificates",
    "claims",
    "configuration",
    "confinement",
    "exceptions",
    "host-paths-setting",
    "malformed",
    "messages",
  ],
  ...["profiles/gatekeeper", "profiles/pod-security-standards", "remedies", "report", "unknown"],
];

/** Stryker's copy of this folder, with the mutants in it: Stryker starts its runners there, but loads this file from where it is. */
const folder = () => join(process.cwd(), "tests/policy");

/** What Stryker's instruments look at. */
const instruments = (globalThis.__stryker__ ??= {});

/** The tests of one file, in its order, each with the snapshots of that file. */
function collected(file) {
  circus.resetState();
  require(file);
  const snapshots = new SnapshotState(join(file, "..", "__snapshots__", `${file.split("/").pop()}.snap`), {
    updateSnapshot: "none",
    snapshotFormat: { escapeString: false, printBasicPrototype: false },
    rootDir: folder(),
  });
  const within = ({ children }, around) =>
    children.flatMap((child) => {
      const name = [...around, child.name].join(" ");
      return child.type === "test"
        ? [{ id: name, file, fn: child.fn, snapshots }]
        : within(child, [...around, child.name]);
    });
  return within(circus.getState().rootDescribeBlock, []);
}

/** Why a test fails; undefined when it does not. */
async function failureOf({ id, file, fn, snapshots }) {
  // As if no test had looked at a snapshot yet.
  snapshots.clear();
  jestExpect.setState({ currentTestName: id, testPath: file, snapshotState: snapshots, suppressedErrors: [] });
  try {
    await fn();
    // A snapshot that differs throws nothing.
    return jestExpect.getState().suppressedErrors[0]?.message;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

class InProcessRunner {
  tests = [];

  capabilities() {
    return { reloadEnvironment: false };
  }

  init() {
    require("offline-preview/register");
    Object.assign(globalThis, { describe: circus.describe, test: circus.test, expect: jestExpect });
    this.tests = FILES.flatMap((name) => collected(join(folder(), `${name}.test.ts`)));
  }

  async dryRun() {
    const tests = [];
    for (const test of this.tests) {
      instruments.currentTestId = test.id;
      const begin = performance.now();
      const failureMessage = await failureOf(test);
      const ran = { id: test.id, name: test.id, fileName: test.file, timeSpentMs: performance.now() - begin };
      tests.push(
        failureMessage === undefined
          ? { ...ran, status: TestStatus.Success }
          : { ...ran, status: TestStatus.Failed, failureMessage },
      );
    }
    delete instruments.currentTestId;
    return { status: DryRunStatus.Complete, tests, mutantCoverage: instruments.mutantCoverage };
  }

  async mutantRun({ testFilter, hitLimit, activeMutant }) {
    Object.assign(instruments, { activeMutant: activeMutant.id, hitCount: hitLimit && 0, hitLimit });
    const asked = testFilter && new Set(testFilter);
    const tests = asked === undefined ? this.tests : this.tests.filter(({ id }) => asked.has(id));
    try {
      for (const [number, test] of tests.entries()) {
        const failureMessage = await failureOf(test);
        const endless = determineHitLimitReached(instruments.hitCount, hitLimit);
        if (endless !== undefined) return endless;
        if (failureMessage === undefined) continue;
        const nrOfTests = number + 1;
        instruments.activeMutant = undefined;
        const left = await failureOf(test);
        // The mutants come in the order of the code, and what kills one often kills the next.
        this.tests = [test, ...this.tests.filter((each) => each !== test)];
        // What a mutant leaves behind would kill every mutant after it.
        if (left !== undefined) throw new Error(`${test.id} fails without the mutant, after it: ${left}`);
        return { status: MutantRunStatus.Killed, killedBy: [test.id], failureMessage, nrOfTests };
      }
      return { status: MutantRunStatus.Survived, nrOfTests: tests.length };
    } finally {
      instruments.activeMutant = undefined;
    }
  }
}

module.exports.strykerPlugins = [
  declareFactoryPlugin(
    PluginKind.TestRunner,
    "in-process",
    Object.assign(() => new InProcessRunner(), { inject: [] }),
  ),
];
