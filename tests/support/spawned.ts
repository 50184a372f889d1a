import { spawn } from "node:child_process";
import { ROOT } from "./program";

/** What a child process did. */
export interface Spawned {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a TypeScript file of the repository in a Node of its own. */
export function spawned(
  file: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
  options: readonly string[] = [],
): Promise<Spawned> {
  const child = spawn(process.execPath, [...options, "-r", "offline-preview/register", file, ...args], {
    cwd: ROOT,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said.stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => {
      resolve({ status, ...said });
    });
  });
}
