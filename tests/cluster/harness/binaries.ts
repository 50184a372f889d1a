import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { BINARIES, MODULES } from "./paths";
import { step } from "./progress";
import { run } from "./run";

const KUBERNETES = "v1.33.13";
const STRIPPED = "-s -w";

interface Build {
  /** Folder of the Go module under modules/. */
  readonly module: string;
  /** Name of the binary → Go package, relative to the module. */
  readonly packages: Readonly<Record<string, string>>;
  readonly ldflags: string;
  readonly tags?: string;
  readonly cgo?: true;
}

const kubernetes = (...commands: readonly string[]): Build => ({
  module: "kubernetes",
  packages: Object.fromEntries(commands.map((command) => [command, `k8s.io/kubernetes/cmd/${command}`])),
  // Without a version the API server calls itself v0.0.0, and features are then judged by that number.
  ldflags: `${STRIPPED} ${["Version " + KUBERNETES, "Major 1", "Minor 33"]
    .map((pair) => `-X k8s.io/component-base/version.git${pair.replace(" ", "=")}`)
    .join(" ")}`,
});

/** In the order in which they are built: what takes longest, and what others wait for, first. */
const BUILDS: readonly Build[] = [
  kubernetes("kube-apiserver"),
  {
    module: "moby",
    packages: {
      dockerd: "github.com/moby/moby/v2/cmd/dockerd",
      "docker-proxy": "github.com/moby/moby/v2/cmd/docker-proxy",
    },
    ldflags: STRIPPED,
  },
  // Static, because it runs in the stand-in for docker:dind too; dockerd 29 refuses the runc 1.1 that Debian has.
  {
    module: "runc",
    packages: { runc: "github.com/opencontainers/runc" },
    ldflags: `${STRIPPED} -extldflags -static`,
    tags: "seccomp,netgo,osusergo",
    cgo: true,
  },
  kubernetes("kubelet", "kube-controller-manager", "kube-scheduler", "kube-proxy", "kubectl"),
  { module: "coredns", packages: { coredns: "." }, ldflags: STRIPPED },
  // The client's plug-ins, for the laptop. Each tells its version, and Compose wants a buildx that is new enough.
  {
    module: "compose",
    packages: { "docker-compose": "github.com/docker/compose/v5/cmd" },
    ldflags: `${STRIPPED} -X github.com/docker/compose/v5/internal.Version=v5.6.0`,
  },
  {
    module: "buildx",
    packages: { "docker-buildx": "github.com/docker/buildx/cmd/buildx" },
    ldflags: `${STRIPPED} -X github.com/docker/buildx/version.Version=v0.36.1`,
  },
];

/** Where a built binary lies; it is there once {@link buildBinaries} has come back. */
export const binary = (name: string): string => {
  const build = BUILDS.find((candidate) => name in candidate.packages);
  if (!build) throw new Error(`no module under tests/cluster/modules builds ${name}`);
  return path.join(folderOf(build), name);
};

/** Builds what is not in the cache. The cache knows a binary by its module files and flags, so unchanged ones are reused. */
export async function buildBinaries(): Promise<void> {
  for (const build of BUILDS) {
    const folder = folderOf(build);
    const missing = Object.keys(build.packages).filter((name) => !existsSync(path.join(folder, name)));
    for (const name of missing) await step(`build ${name}`, () => goBuild(build, name, folder));
  }
  removeOutdated();
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
      timeout: 1_800_000,
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

function removeOutdated(): void {
  const wanted = new Set(BUILDS.map((build) => path.basename(folderOf(build))));
  for (const entry of readdirSync(BINARIES))
    if (!wanted.has(entry)) rmSync(path.join(BINARIES, entry), { recursive: true });
}
