import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { step } from "./progress";

/** What the program that has a lock says when it has it. */
const HELD = "held";

/** Does this work while nobody else has the lock of that file; refuses where somebody has. */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const release = await take(file, "--nonblock");
  if (release === undefined) throw new Error(`another run is under way: process ${readFileSync(file, "utf8")}`);
  return work().finally(release);
}

/** Does this work once nobody else has the lock of that file. */
export async function afterOthers<T>(file: string, work: () => Promise<T>): Promise<T> {
  const release =
    (await take(file, "--nonblock")) ??
    (await step("wait for another run, which fills the same cache", () => take(file)));
  return work().finally(release);
}

/**
 * Takes the lock of a file, and returns how to give it back; undefined where flock did not get it. The kernel gives it back when this process
 * ends, however it ends, and whatever namespaces other processes are in.
 */
async function take(file: string, ...options: readonly string[]): Promise<(() => Promise<void>) | undefined> {
  mkdirSync(path.dirname(file), { recursive: true });
  const child = spawn("flock", [...options, file, "sh", "-c", `echo ${HELD}; exec cat`], {
    stdio: ["pipe", "pipe", "inherit"],
    // Ctrl-C is not for it: what this process tidies up then is still locked.
    detached: true,
  });
  const ended = once(child, "close");
  const line = once(createInterface({ input: child.stdout }), "line");
  const [first] = (await Promise.race([line, ended])) as unknown[];
  if (first !== HELD) return undefined;
  writeFileSync(file, String(process.pid));
  return async () => {
    child.stdin.end();
    await ended;
  };
}
