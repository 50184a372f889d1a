import { spawn } from "node:child_process";

/** How a program ended. `code` is 128 plus the signal's usual number where a signal ended it, as in a shell. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a program is started with. `timeout` is in milliseconds, default five minutes; `input` is written to its stdin. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string | Buffer;
  readonly timeout?: number;
}

const TIMEOUT = 300_000;
const KILLED = 137;

/** Runs a program to its end and tells how it ended; rejects only when it cannot be started or takes too long. */
export function outcome(command: string, args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ["pipe", "pipe", "pipe"],
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    const timeout = options.timeout ?? TIMEOUT;
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(
        new Error(
          `${shown(command, args)} took longer than ${timeout / 1000} s\n${tail(Buffer.concat(err).toString())}`,
        ),
      );
    }, timeout);
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    // A program that ends before it has read its input is judged by its exit status.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(new Error(`${shown(command, args)}: ${error.message}`));
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? KILLED, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() });
    });
  });
}

/** Runs a program and returns what it printed; rejects, with the end of its error output, when it fails. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const ended = await outcome(command, args, options);
  if (ended.code !== 0)
    throw new Error(`${shown(command, args)} ended with ${ended.code}\n${tail(ended.stderr || ended.stdout)}`);
  return ended.stdout;
}

/** Asks until the answer is neither undefined nor an error; then rejects with `what` and the last error. Times in milliseconds. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  timeout = 120_000,
  pause = 300,
): Promise<T> {
  const end = Date.now() + timeout;
  let last: Error | undefined;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
      last = undefined;
    } catch (error) {
      last = error instanceof Error ? error : new Error(String(error));
    }
    if (Date.now() > end)
      throw new Error(`waited ${timeout / 1000} s for ${what}${last === undefined ? "" : `: ${last.message}`}`);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

const shown = (command: string, args: readonly string[]) => [command, ...args].join(" ").slice(0, 300);
const tail = (text: string) => text.trim().split("\n").slice(-30).join("\n");
