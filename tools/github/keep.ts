import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** How a command ended, and what it wrote. */
export interface Kept {
  /** 1 if a signal ended it. */
  readonly status: number;
  /** Both streams, in the order they arrived in. */
  readonly text: string;
  /** Standard output alone. */
  readonly output: string;
}

/**
 * Runs a command whose output is shown at once and kept.
 *
 * @throws Error if the command cannot be started.
 */
export function keep(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Kept> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    const chunks: { readonly chunk: Buffer; readonly stream: NodeJS.WriteStream }[] = [];
    const take = (stream: NodeJS.WriteStream) => (chunk: Buffer) => {
      chunks.push({ chunk, stream });
      stream.write(chunk);
    };
    child.stdout.on("data", take(process.stdout));
    child.stderr.on("data", take(process.stderr));
    const join = (some: typeof chunks) => Buffer.concat(some.map(({ chunk }) => chunk)).toString("utf8");
    child.on("error", reject);
    child.on("close", (status) => {
      const output = join(chunks.filter(({ stream }) => stream === process.stdout));
      resolve({ status: status ?? 1, text: join(chunks), output });
    });
  });
}

/** Writes a file and the folders above it. */
export function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
