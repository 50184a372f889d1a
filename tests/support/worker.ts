// Runs programs in a process that does nothing else, so that an empty event loop means that a program has ended.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { plannedProviders } from "../../preview/run/providers";
import { runProgram } from "../../preview/run/run";
import type { Run } from "../../preview/run/run";
import type { WireObject } from "../../preview/run/wire";
import type { Task } from "./program";
import { resolvedProviders } from "./resolved-providers";

async function run({ project, directory, resolved, state }: Task): Promise<Run> {
  const saved = state !== undefined && existsSync(state) ? readFileSync(state, "utf8") : "[]";
  const made = new Map(JSON.parse(saved) as [string, WireObject][]);
  const providers = resolved ? resolvedProviders(made) : plannedProviders;
  const result = await runProgram({
    project,
    directory,
    program: join(directory, "index.ts"),
    providers,
    dryRun: !resolved,
  });
  if (state !== undefined) writeFileSync(state, JSON.stringify([...made]), { mode: 0o600 });
  return result;
}

async function main([asked = "", answered = ""]: readonly string[]): Promise<void> {
  const results: Run[] = [];
  for (const one of JSON.parse(readFileSync(asked, "utf8")) as Task[]) results.push(await run(one));
  writeFileSync(answered, JSON.stringify(results), { mode: 0o600 });
}

void main(process.argv.slice(2));
