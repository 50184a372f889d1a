import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../../preview/command";
import { escapeHidden, printable } from "../../preview/escape";
import { ConfigurationError, readProject, type Project } from "../../preview/run/project";
import { plannedProviders } from "../../preview/run/providers";
import { runProgram } from "../../preview/run/run";
import { readableMap } from "../../preview/run/wire";
import { table } from "../../preview/show/terminal";
import { withAskedDigest, withKnownDigest, type AskedImage } from "./digests";
import { neededImages } from "./images";

const ROOT = join(__dirname, "..", "..");

const HELP = `Usage: npm run images -- [options]

Lists every image that a stack needs: those of its pods, those that it builds and pushes, what they are built from, and what
Docker's client takes by itself in jobs. For networks that reach no public registry: docs/operations/jobs.md.

  --stack NAME   the stack: its settings are Pulumi.NAME.yaml (default: dev)
  --digests      ask the registries for the digests of what has only a tag (docker buildx imagetools; nothing is pulled)
  --json         the same as JSON: a list of { image, platforms, digest, neededBy }
  --help         this text

Exit status: 0 fine, 1 a digest is missing that was asked for, 2 the settings are wrong.
`;

/** What a project's program would register, as the preview shows it. */
async function resourcesOf(project: Project) {
  const program = join(ROOT, "index.ts");
  const run = await runProgram({ project, directory: ROOT, program, providers: plannedProviders, dryRun: true });
  const problems = [...project.problems, ...run.errors.flatMap((error) => error.problems ?? [])];
  if (problems.length > 0) throw new ConfigurationError(project.file, problems);
  const [error] = run.errors;
  if (error !== undefined) throw new Error(error.message);
  return run.registrations.map((resource) => ({ ...resource, inputs: readableMap(resource.inputs) }));
}

function textOf(images: readonly AskedImage[]): string {
  const rows = images.map(({ image, digest, platforms, neededBy }) => [
    { text: escapeHidden(digest === undefined || image.includes("@") ? image : `${image}@${digest}`) },
    { text: platforms.join(", ") },
    { text: escapeHidden(neededBy.join(", ")) },
  ]);
  const without = images.filter(({ digest }) => digest === undefined).length;
  const note = without === 0 ? [] : ["", `${without} by tag: npm run images -- --digests asks their registries.`];
  const head = ["IMAGE", "PLATFORM", "NEEDED BY"].map((text) => ({ text }));
  return `${[...table([head, ...rows]), ...note].join("\n")}\n`;
}

function jsonOf(images: readonly AskedImage[]): string {
  const rows = images.map(({ image, platforms, digest, neededBy }) => ({ image, platforms, digest, neededBy }));
  return `${JSON.stringify(rows, undefined, 2)}\n`;
}

void runCommand(
  { name: "npm run images", help: HELP },
  { stack: { type: "string", default: "dev" }, digests: { type: "boolean" }, json: { type: "boolean" } },
  async ({ values }) => {
    try {
      const resources = await resourcesOf(readProject(ROOT, values.stack));
      const needed = neededImages(resources, (path) => readFileSync(join(ROOT, path), "utf8"));
      const images: AskedImage[] = [];
      for (const image of needed) images.push(values.digests ? await withAskedDigest(image) : withKnownDigest(image));
      process.stdout.write(values.json ? jsonOf(images) : textOf(images));
      const refused = images.filter(({ refusal }) => refusal !== undefined);
      for (const { image, refusal = "" } of refused)
        process.stderr.write(`error ${escapeHidden(image)}: ${printable(refusal)}\n`);
      return refused.length === 0 ? 0 : 1;
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      process.stderr.write(`error ${printable(error.message)}\n`);
      return 2;
    }
  },
);
