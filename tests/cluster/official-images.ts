// The suites on the images of GoCD and Docker themselves: in a Kubernetes in Docker, which pulls them and builds this project's
// images on them. What needs a stand-in that is told how to behave is skipped there.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { ROOT } from "./kubernetes/paths";

const PULL_TIMEOUT_MS = 60_000;

interface Workflow {
  readonly jobs: {
    readonly kind: {
      readonly strategy: { readonly matrix: { readonly include: readonly { readonly image: string }[] } };
    };
  };
}

const text = (file: string): string => readFileSync(path.join(ROOT, file), "utf8");

/** Why the official images cannot be had here; undefined when they can. */
export function missingOfficialImages(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const image = /^ARG BASE=(\S+)$/m.exec(text("images/server/Dockerfile"))?.[1] ?? "";
  const { error, status, stderr } = spawnSync("docker", ["manifest", "inspect", image], {
    encoding: "utf8",
    env: environment,
    timeout: PULL_TIMEOUT_MS,
  });
  if (error !== undefined && "code" in error && error.code === "ENOENT")
    return "there is no docker, which pulls the official images";
  if (error !== undefined) return `${image} cannot be pulled: ${error.message}`;
  return status === 0 ? undefined : `${image} cannot be pulled: ${stderr.trim().split("\n").at(-1) ?? ""}`;
}

/** Starts the Kubernetes with the newest of the nodes that GitHub's checks run on; returns what a run on it has in its environment. */
export function startOnOfficialImages(): Readonly<Record<string, string>> {
  const { jobs } = parse(text(".github/workflows/check.yaml")) as Workflow;
  const node = jobs.kind.strategy.matrix.include.at(-1)?.image ?? "";
  const folder = mkdtempSync(path.join(tmpdir(), "kind-"));
  try {
    const file = path.join(folder, "environment");
    const { status } = spawnSync("sh", [".ci/kind-cluster", node, file], { cwd: ROOT, stdio: ["ignore", 2, 2] });
    if (status !== 0) throw new Error("no Kubernetes could be started on the official images");
    const lines = readFileSync(file, "utf8").trim().split("\n");
    return Object.fromEntries(lines.map((line) => [line.split("=")[0] ?? "", line.slice(line.indexOf("=") + 1)]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
