import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { BINARIES, MODULES } from "./paths";
import { step } from "./progress";
import { run, type RunOptions } from "./run";

/** Binaries that are built from one Go module with the same flags. */
export interface Build {
  /** Folder of the Go module under modules/. */
  readonly module: string;
  /** Name of the binary → Go package, relative to the module. */
  readonly packages: Readonly<Record<string, string>>;
  readonly ldflags: string;
  readonly tags?: string;
  readonly cgo?: true;
  /** Go's name of the architecture; this machine's without. */
  readonly architecture?: string;
  /** Files that the module embeds and does not carry: the name in its folder → a module among its requirements, and the file there. */
  readonly embedded?: Readonly<Record<string, { readonly module: string; readonly file: string }>>;
}

/** Linker flags without symbol table and debug information. */
export const STRIPPED = "-s -w";

const BUILD_TIMEOUT = 1_800_000;

/** Where a built binary is; it is there once {@link buildAll} has come back. */
export function builtBinary(builds: readonly Build[], name: string): string {
  const build = builds.find((candidate) => name in candidate.packages);
  if (!build) throw new Error(`no module under tests/cluster/modules builds ${name}`);
  return path.join(folderOf(build), name);
}

/** Builds what is not in the cache. The cache knows a binary by its module files and flags, so unchanged ones are reused. */
export async function buildAll(builds: readonly Build[]): Promise<void> {
  for (const build of builds) {
    const folder = folderOf(build);
    const missing = Object.keys(build.packages).filter((name) => !existsSync(path.join(folder, name)));
    for (const name of missing) await step(`build ${name}`, () => goBuild(build, name, folder));
  }
  removeOutdated(builds);
}

async function goBuild(build: Build, name: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const unfinished = path.join(folder, `.${name}.${process.pid}`);
  const flags = ["-trimpath", ...(build.tags === undefined ? [] : ["-tags", build.tags]), "-ldflags", build.ldflags];
  const options = {
    cwd: path.join(MODULES, build.module),
    env: {
      ...process.env,
      CGO_ENABLED: build.cgo ? "1" : "0",
      GOFLAGS: "-buildvcs=false -mod=readonly",
      ...(build.architecture !== undefined && { GOARCH: build.architecture }),
    },
    timeout: BUILD_TIMEOUT,
  };
  flags.push(...(await overlay(build, folder, options)));
  await run("go", ["build", ...flags, "-o", unfinished, build.packages[name] ?? "."], options);
  renameSync(unfinished, path.join(folder, name));
}

/** Go reads these files as if they were in the module's folder. */
async function overlay({ module, embedded }: Build, folder: string, options: RunOptions): Promise<readonly string[]> {
  if (embedded === undefined) return [];
  const replaced = Object.entries(embedded).map(async ([name, { module: from, file }]) => {
    await run("go", ["mod", "download", from], options);
    const source = (await run("go", ["list", "-m", "-f", "{{.Dir}}", from], options)).trim();
    return [path.join(MODULES, module, name), path.join(source, file)];
  });
  const list = path.join(folder, "overlay.json");
  writeFileSync(list, JSON.stringify({ Replace: Object.fromEntries(await Promise.all(replaced)) as object }));
  return ["-overlay", list];
}

function folderOf(build: Build): string {
  const folder = path.join(MODULES, build.module);
  const hash = createHash("sha256")
    .update(build.ldflags)
    .update(build.tags ?? "")
    .update(build.architecture ?? "");
  for (const file of readdirSync(folder).sort()) hash.update(file).update(readFileSync(path.join(folder, file)));
  return path.join(BINARIES, `${build.module}-${hash.digest("hex").slice(0, 12)}`);
}

/** Removes other versions of these modules, and modules that are no more; what others build stays. */
function removeOutdated(builds: readonly Build[]): void {
  const current = new Set(builds.map((build) => path.basename(folderOf(build))));
  const ours = new Set(builds.map(({ module }) => module));
  for (const entry of readdirSync(BINARIES)) {
    const module = entry.replace(/-[0-9a-f]{12}$/, "");
    const outdated = ours.has(module) ? !current.has(entry) : !existsSync(path.join(MODULES, module));
    if (outdated) rmSync(path.join(BINARIES, entry), { recursive: true });
  }
}
