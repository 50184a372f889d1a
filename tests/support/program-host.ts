// Runs programs for all test files, one after the other, in a process that does nothing else meanwhile: an empty event loop
// means that a program has ended. Pulumi's SDK is loaded once, and a stack that was registered is not registered again.
import bcryptjs from "bcryptjs";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { join } from "node:path";
import { plannedProviders } from "../../preview/run/providers";
import { runProgram } from "../../preview/run/run";
import type { WireObject } from "../../preview/run/wire";
import { ROOT, type Task } from "./program";
import { resolvedProviders } from "./resolved-providers";

/** Answers as JSON by task, of tasks whose answer depends on nothing but the repository. */
const known = new Map<string, string>();
/** The modules of this program that read no configuration when they are loaded: all but index.ts and settings/load.ts. */
const PURE = /\/(components|kubernetes)\/|\/settings\/(?!load\.ts$)/;
// A password's hash is meant to cost much. tests/components/credentials has it as it is.
const { hashSync } = bcryptjs;
Object.assign(bcryptjs, {
  hashSync: (text: string, salt: string | number) =>
    hashSync(text, typeof salt === "string" ? salt.replace("$10$", "$04$") : salt),
});
let queue: Promise<unknown> = Promise.resolve();

const server = createServer((request, response) => {
  queue = queue.then(async () => {
    try {
      response.end(await answer(request));
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
});
// What waits for an answer must not look like work of the program that runs.
server.on("connection", (socket) => socket.unref());

async function answer(request: IncomingMessage): Promise<string> {
  const asked = await text(request);
  const answered = known.get(asked);
  if (answered !== undefined) return answered;
  const task = JSON.parse(asked) as Task;
  server.unref();
  try {
    const result = JSON.stringify(await run(task));
    if (task.directory === ROOT && task.state === undefined) known.set(asked, result);
    return result;
  } finally {
    server.ref();
  }
}

async function run({ project, directory, resolved, state }: Task): Promise<unknown> {
  const saved = state !== undefined && existsSync(state) ? readFileSync(state, "utf8") : "[]";
  const made = new Map(JSON.parse(saved) as [string, WireObject][]);
  const result = await runProgram({
    project,
    directory,
    program: join(directory, "index.ts"),
    providers: resolved ? resolvedProviders(made) : plannedProviders,
    dryRun: !resolved,
    keeps: (file) => PURE.test(file),
  });
  if (state !== undefined) writeFileSync(state, JSON.stringify([...made]), { mode: 0o600 });
  return result;
}

// The starter holds the other end of the channel; when it has gone, nobody asks any more.
process.on("disconnect", () => process.exit());
server.listen(process.argv[2], () => process.send?.("listening"));
process.channel?.unref();
