import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** How a command ended, and everything that it wrote, both streams in the order they arrived in. */
export interface Kept {
  /** 1 if a signal ended it. */
  readonly status: number;
  readonly text: string;
}

/**
 * Runs a command whose output is shown at once and kept.
 *
 * @throws Error if the command cannot be started.
 */
export function keep(command: string, args: readonly string[]): Promise<Kept> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    const chunks: Buffer[] = [];
    const take = (stream: NodeJS.WriteStream) => (chunk: Buffer) => {
      chunks.push(chunk);
      stream.write(chunk);
    };
    child.stdout.on("data", take(process.stdout));
    child.stderr.on("data", take(process.stderr));
    child.on("error", reject);
    child.on("close", (status) => {
      resolve({ status: status ?? 1, text: Buffer.concat(chunks).toString("utf8") });
    });
  });
}

/** Writes a file and the folders above it. */
export function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
