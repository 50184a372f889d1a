import { execFile, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { hostRun } from "../../preview/run/host";
import { projectOf, ROOT } from "../support/program";
import { spawned } from "../support/spawned";

/** Where the variants that are compared with lie; inside the repository, so that they find its packages. */
const CACHE = join(ROOT, ".cache", "bench");

/** How the Node host compiles the program. */
export type Compilation = "as configured" | "stock settings";

/**
 * Milliseconds that the program of the dev stack takes in Pulumi's own Node host, start of the process included, with
 * nothing compiled before: as in CI, or after a change.
 */
export async function programStart(compilation: Compilation): Promise<number> {
  return withoutCompilerCache(async (environment) => {
    const settings = compilation === "as configured" ? {} : { options: { tsconfig: stockSettings() } };
    const run = await hostRun({ project: projectOf({}), directory: ROOT, ...settings, environment });
    const messages = run.errors.map(({ message }) => message);
    if (run.status !== 0) throw new Error(`the program failed: ${[run.output, ...messages].join("\n")}`);
    return run.milliseconds;
  });
}

/** The host's compiler keeps what it made, type check included, in the directory for temporary files. */
export async function withoutCompilerCache<T>(use: (environment: NodeJS.ProcessEnv) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), "gocd-bench-"));
  try {
    return await use({ TMPDIR: directory, TEMP: directory, TMP: directory });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** What `pulumi new typescript` puts into a project (pulumi/templates since March 2026). */
export const STOCK_COMPILER_OPTIONS = {
  strict: true,
  outDir: "bin",
  target: "es2022",
  module: "nodenext",
  moduleResolution: "nodenext",
  moduleDetection: "force",
  types: ["node"],
  skipLibCheck: true,
  sourceMap: true,
  noFallthroughCasesInSwitch: true,
  noImplicitReturns: true,
};

/** The same for this program, with the folder that TypeScript 6 asks for. */
export function stockSettings(): string {
  mkdirSync(CACHE, { recursive: true });
  const file = join(CACHE, "tsconfig.json");
  const compilerOptions = { ...STOCK_COMPILER_OPTIONS, rootDir: ROOT };
  writeFileSync(file, JSON.stringify({ compilerOptions, files: [join(ROOT, "index.ts")] }));
  return file;
}

/** What one preview cost. */
export interface Cost {
  readonly resources: number;
  /** From the start of the process. */
  readonly milliseconds: number;
  /** Most memory that the process held, in MiB. */
  readonly memory: number;
}

/** As `npm run preview` has it: compiled code is kept for the next start, from Node 22.1 on. */
const KEPT = { NODE_COMPILE_CACHE: join(CACHE, "node") };

/** Previews the dev stack with so many agents, in a process of its own: tree, verdict and manifests, as the command does. */
export async function previewCost(agents: number): Promise<Cost> {
  const environment = { ...process.env, ...KEPT };
  const { status, stdout, stderr } = await spawned(join(__dirname, "preview.ts"), [String(agents)], environment, [
    "--expose-gc",
  ]);
  if (status !== 0) throw new Error(`the preview failed: ${stderr}`);
  return JSON.parse(stdout) as Cost;
}

/** Loads modules, and says what that cost. */
const LOAD = `const { readFileSync } = require("node:fs");
for (const file of JSON.parse(readFileSync(process.argv[1], "utf8"))) require(file);
const memory = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ resources: 0, milliseconds: process.uptime() * 1000, memory }));`;

/** What Node needs to load the modules of packages that a preview loads, with all that they load in turn, and nothing else. */
export async function sdkCost(): Promise<Cost> {
  mkdirSync(CACHE, { recursive: true });
  const modules = join(CACHE, "modules.json");
  const { status, stderr } = await spawned(join(__dirname, "preview.ts"), ["2", modules]);
  if (status !== 0) throw new Error(`the preview failed: ${stderr}`);
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", LOAD, modules], { cwd: ROOT });
  return JSON.parse(stdout) as Cost;
}

/** What the policy pack is started from. */
export type PackForm = "compiled" | "TypeScript source";

/** Milliseconds until the policy pack listens, with nothing compiled before but a build of the compiled form. */
export function packStart(form: PackForm): Promise<number> {
  return withoutCompilerCache((environment) => listening(form, environment));
}

function listening(form: PackForm, environment: NodeJS.ProcessEnv): Promise<number> {
  const directory = form === "compiled" ? join(ROOT, "policy") : packSource();
  const started = performance.now();
  const child = spawn(process.execPath, [require.resolve("@pulumi/pulumi/cmd/run-policy-pack"), "127.0.0.1:1", "."], {
    cwd: directory,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  return new Promise((resolve, reject) => {
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    child.stdout.on("data", (chunk: Buffer) => {
      // The port on which it listens is the first and only thing that it says.
      if (!/^\d+\s*$/.test(chunk.toString())) return;
      resolve(performance.now() - started);
      child.kill();
    });
    child.on("error", reject);
    child.on("close", () => {
      reject(new Error(`the policy pack ended: ${said}`));
    });
  });
}

/** The pack as it would be without a build: its package leads to TypeScript. */
function packSource(): string {
  const directory = join(CACHE, "policy");
  const pack = join(ROOT, "policy");
  cpSync(pack, directory, { recursive: true, filter: (path) => !["dist", "node_modules"].includes(basename(path)) });
  const manifest = JSON.parse(readFileSync(join(pack, "package.json"), "utf8")) as object;
  writeFileSync(join(directory, "package.json"), JSON.stringify({ ...manifest, main: "index.ts" }));
  const compilerOptions = { noEmit: false, rootDir: directory, types: ["node"] };
  writeFileSync(
    join(directory, "tsconfig.json"),
    JSON.stringify({ extends: join(ROOT, "tsconfig.json"), compilerOptions }),
  );
  return directory;
}
