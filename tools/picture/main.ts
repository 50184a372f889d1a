// npm run picture: writes docs/picture-light.svg and docs/picture-dark.svg from what the program registers for the stack dev.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { plannedProviders } from "../../preview/run/providers";
import { readProject } from "../../preview/run/project";
import { runProgram } from "../../preview/run/run";
import { pictureOf } from "./model";
import { svg, THEMES } from "./svg";

const ROOT = join(__dirname, "..", "..");

async function main(): Promise<void> {
  parseArgs({ options: {} });
  const program = join(ROOT, "index.ts");
  const project = readProject(ROOT, "dev");
  const run = await runProgram({ project, directory: ROOT, program, providers: plannedProviders, dryRun: true });
  const [error] = run.errors;
  if (error !== undefined) throw new Error(error.message);
  const picture = pictureOf(run.registrations);
  for (const [name, theme] of Object.entries(THEMES)) {
    const file = join("docs", `picture-${name}.svg`);
    writeFileSync(join(ROOT, file), svg(picture, theme));
    console.log(`wrote ${file}`);
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
