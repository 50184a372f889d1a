// npm run picture: writes docs/picture-light.svg and docs/picture-dark.svg from what the program registers for the stack dev.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../../preview/command";
import { plannedProviders } from "../../preview/run/providers";
import { readProject } from "../../preview/run/project";
import { runProgram } from "../../preview/run/run";
import { pictureOf } from "./model";
import { svg, THEMES } from "./svg";

const ROOT = join(__dirname, "..", "..");

const HELP = `Usage: npm run picture

Writes docs/picture-light.svg and docs/picture-dark.svg anew from what the program registers for the stack dev.
`;

void runCommand({ name: "npm run picture", help: HELP }, {}, async () => {
  const program = join(ROOT, "index.ts");
  const project = readProject(ROOT, "dev");
  const run = await runProgram({ project, directory: ROOT, program, providers: plannedProviders, dryRun: true });
  const [error] = run.errors;
  if (error !== undefined) throw new Error(error.message);
  const picture = pictureOf(run.registrations);
  for (const [name, theme] of Object.entries(THEMES)) {
    const file = join("docs", `picture-${name}.svg`);
    writeFileSync(join(ROOT, file), svg(picture, theme));
    process.stdout.write(`${file}\n`);
  }
  return 0;
});
