import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "../../..");

/** A command that writes down how it was called and does as the shell text after that says. */
export function fake(directory: string, command: string, text = ""): void {
  const bin = join(directory, "bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, command), `#!/bin/sh\necho "${command} $*" >>'${join(directory, "calls")}'\n${text}\n`);
  chmodSync(join(bin, command), 0o755);
}

/** How the fakes were called, in order. */
export function calls(directory: string): string[] {
  try {
    return readFileSync(join(directory, "calls"), "utf8").split("\n").filter(Boolean);
  } catch {
    return [];
  }
}

export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one of the tools as a workflow does, with the fakes first on PATH. */
export function runTool(
  directory: string,
  args: readonly string[],
  environment: Record<string, string>,
): Promise<Ended> {
  return run(directory, process.execPath, ["-r", "offline-preview/register", ...args], environment);
}

/** Runs a command in the project's folder, with the fakes first on PATH and no other variables than those given. */
export function run(
  directory: string,
  command: string,
  args: readonly string[],
  environment: Record<string, string>,
): Promise<Ended> {
  const env = { PATH: `${join(directory, "bin")}:/usr/bin:/bin`, ...environment };
  return new Promise((resolve) => {
    execFile(command, args, { cwd: root, env }, (error, stdout, stderr) => {
      resolve({ status: typeof error?.code === "number" ? error.code : error ? 1 : 0, stdout, stderr });
    });
  });
}
