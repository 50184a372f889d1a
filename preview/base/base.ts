import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { BaseRun } from "./base-process";
import { checkOut, VersionError, type Worktree } from "./git";
import { packages, stopGroup } from "./packages";

/** The version that the current one is compared with, at work. */
export interface Base {
  readonly commit: string;
  /** What that version registers. May be asked once. */
  result(): Promise<BaseRun>;
  /** Ends what still runs and removes the checkout. */
  dispose(): void;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Checks out a version and starts its program, which runs beside whatever this process does next and does not keep it
 * alive. Whoever ends this process by a signal leaves nothing behind.
 *
 * @throws {VersionError} when that version cannot be had
 */
export async function startBase(
  directory: string,
  ref: string,
  stack: string,
  progress: (line: string) => void,
): Promise<Base> {
  const cleaner = new Cleaner();
  try {
    const worktree = await checkOut(directory, ref);
    cleaner.add(worktree.remove);
    const { done, stop } = packages(directory, worktree.project, progress);
    cleaner.add(stop);
    await done;
    const child = start(worktree, stack);
    cleaner.add(() => {
      stopGroup(child.pid);
    });
    const dispose = () => {
      cleaner.clean();
    };
    return { commit: worktree.commit, result: () => result(child, worktree, ref), dispose };
  } catch (error) {
    cleaner.clean();
    throw error;
  }
}

/** Undoes what was done, latest first: at the end, or when a signal ends the process. */
class Cleaner {
  readonly #steps: (() => void)[] = [];

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.#onSignal);
  }

  add(step: () => void): void {
    this.#steps.push(step);
  }

  clean(): void {
    for (const signal of SIGNALS) process.off(signal, this.#onSignal);
    while (this.#steps.length > 0) this.#steps.pop()?.();
  }

  readonly #onSignal = (signal: NodeJS.Signals) => {
    this.clean();
    // Whoever waits for this process shall see what ended it.
    process.kill(process.pid, signal);
  };
}

function answerFile({ project }: Worktree): string {
  return join(project, "..", "registrations.json");
}

function start(worktree: Worktree, stack: string): ChildProcess {
  const log = openSync(`${answerFile(worktree)}.log`, "w", 0o600);
  const script = join(__dirname, "base-process.ts");
  const args = ["-r", join(__dirname, "..", "register.js"), script, worktree.project, stack, answerFile(worktree)];
  // Detached, a group of its own: Ctrl-C reaches this process alone, which then ends all of that one.
  const child = spawn(process.execPath, args, {
    cwd: dirname(dirname(__dirname)),
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  child.unref();
  return child;
}

async function result(child: ChildProcess, worktree: Worktree, ref: string): Promise<BaseRun> {
  child.ref();
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  const file = answerFile(worktree);
  if (!existsSync(file)) {
    const output = readFileSync(`${file}.log`, "utf8").trim();
    throw new VersionError(`The program of ${ref} could not be run: ${output}`);
  }
  const answer = JSON.parse(readFileSync(file, "utf8")) as BaseRun;
  if (answer.error !== undefined) throw new VersionError(`The program of ${ref} failed: ${answer.error}`);
  return answer;
}
