import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { BINARIES, MODULES } from "./paths";
import { step } from "./progress";
import { run } from "./run";

/** Binaries that are built from one Go module with the same flags. */
export interface Build {
  /** Folder of the Go module under modules/. */
  readonly module: string;
  /** Name of the binary → Go package, relative to the module. */
  readonly packages: Readonly<Record<string, string>>;
  readonly ldflags: string;
  readonly tags?: string;
  readonly cgo?: true;
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
  const tags = build.tags === undefined ? [] : ["-tags", build.tags];
  await run(
    "go",
    ["build", "-trimpath", ...tags, "-ldflags", build.ldflags, "-o", unfinished, build.packages[name] ?? "."],
    {
      cwd: path.join(MODULES, build.module),
      env: { ...process.env, CGO_ENABLED: build.cgo ? "1" : "0", GOFLAGS: "-buildvcs=false -mod=readonly" },
      timeout: BUILD_TIMEOUT,
    },
  );
  renameSync(unfinished, path.join(folder, name));
}

function folderOf(build: Build): string {
  const folder = path.join(MODULES, build.module);
  const hash = createHash("sha256")
    .update(build.ldflags)
    .update(build.tags ?? "");
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
