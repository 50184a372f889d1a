// One preview with as many agents as it is told, and what it cost. A second argument names a file for the list of modules that
// it loads from packages.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { policies } from "../../policy/policies";
import { assemble } from "../../preview/preview";
import { plannedProviders } from "../../preview/run/providers";
import { runProgram } from "../../preview/run/run";
import { writeManifests } from "../../preview/show/manifest-files";
import { toText } from "../../preview/show/preview-text";
import { styleFor } from "../../preview/show/terminal";
import { projectOf, ROOT } from "../support/program";
import type { Cost } from "./subjects";

/** Large enough nodes, and enough of them, for the largest number of agents. */
const NODES = { machineType: "e2-standard-32", max: 100 };

/** What compiles TypeScript is no part of the SDK. */
const COMPILER = /\/node_modules\/(@swc|source-map-support)\//;

async function main(agents: number, modules: string | undefined): Promise<Cost> {
  const config = { "gocd:cluster": { create: { agentNodes: NODES } }, "gocd:agents": { docker: { replicas: agents } } };
  const project = projectOf({ config });
  const program = join(ROOT, "index.ts");
  const run = await runProgram({ project, directory: ROOT, program, providers: plannedProviders, dryRun: true });
  const result = await assemble(project, run, policies);
  if (result.errors.length > 0) throw new Error(result.errors.map(({ message }) => message).join("\n"));
  const directory = mkdtempSync(join(tmpdir(), "gocd-bench-"));
  writeManifests(directory, result.manifests);
  rmSync(directory, { recursive: true });
  toText(result, { out: directory, style: styleFor(false) });
  const loaded = Object.keys(require.cache).filter((file) => file.includes("/node_modules/") && !COMPILER.test(file));
  if (modules !== undefined) writeFileSync(modules, JSON.stringify(loaded));
  // maxRSS is in KiB on every platform that Node reports it for.
  const memory = process.resourceUsage().maxRSS / 1024;
  return { resources: result.resources.length, milliseconds: process.uptime() * 1000, memory };
}

void main(Number(process.argv[2]), process.argv[3]).then((cost) => {
  process.stdout.write(JSON.stringify(cost));
});
