import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Work } from "./arguments";
import { runSuites, withCrashes, type Counts } from "./gocd/run-suites";
import { STATE } from "./kubernetes/paths";
import { say } from "./kubernetes/progress";
import { enterCommand } from "./kubernetes/run-in-sandbox";

/** Where the process in the sandbox leaves its counts for main.ts. */
export const COUNTS = path.join(STATE, "counts.json");
export const NO_TESTS: Counts = { passed: 0, failed: 0, skipped: 0 };

/** How main.ts hands its work to the process in the sandbox, and how that one reads it. */
export const asArgument = (work: Work): string => JSON.stringify(work);
export const workAskedFor = (): Work => JSON.parse(process.argv[2] ?? "") as Work;

/** What is different between the targets of a run. */
interface Started {
  /** What runs now, at the beginning of a sentence. */
  readonly name: string;
  /** What to start for somebody who enters the sandbox. */
  readonly shell: string;
  /** Settles when the cluster has started, where suites may begin before. */
  readonly cluster?: Promise<void>;
  /** Measures; a target without it has nothing to measure. */
  readonly bench?: () => Promise<void>;
}

/** Runs the suites, measures, or waits until the run is interrupted. */
export async function work(asked: Work, { name, shell, cluster, bench }: Started): Promise<void> {
  switch (asked.mode) {
    case "test":
      keep(withCrashes(await runSuites(asked, { ...(cluster && { cluster }) })));
      return;
    case "hold":
      // Before it waits: whoever ends it by Ctrl-C has seen no test fail.
      keep(NO_TESTS);
      await cluster;
      return hold(`${name} runs until Ctrl-C. To enter: ${enterCommand()} ${shell}`);
    case "bench":
      if (bench === undefined) throw new Error(`${name} has nothing to measure`);
      await bench();
      keep(NO_TESTS);
  }
}

const keep = (counts: Counts): void => {
  writeFileSync(COUNTS, JSON.stringify(counts));
};

function hold(line: string): Promise<never> {
  say(line);
  return new Promise(() => setInterval(() => undefined, 3_600_000));
}
