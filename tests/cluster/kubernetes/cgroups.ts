import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "./paths";
import { eventually } from "./run";
import { TEST_TARGET } from "./test-target";

/** The group that everything of the cluster runs in, at the root of each hierarchy; each checkout on a machine has its own. */
export const CGROUP = `${TEST_TARGET}-tests-${createHash("sha256").update(ROOT).digest("hex").slice(0, 8)}`;

const MOUNT = "/sys/fs/cgroup";

/** True where the machine has cgroup v2 alone. */
const unified = (): boolean => existsSync(path.join(MOUNT, "cgroup.controllers"));

/** Makes the cluster's group in every hierarchy. */
export function makeCgroup(): void {
  for (const root of hierarchies()) {
    if (unified()) writeFileSync(path.join(root, "cgroup.subtree_control"), handedOn(root));
    mkdirSync(path.join(root, CGROUP), { recursive: true });
    if (unified()) writeFileSync(path.join(root, CGROUP, "cgroup.subtree_control"), handedOn(path.join(root, CGROUP)));
  }
}

/** Kills every process in the cluster's group and waits until none is left. */
export async function emptyCgroup(): Promise<void> {
  await eventually(
    `the processes in ${CGROUP} to end`,
    () => {
      const left = groups().flatMap(processes);
      for (const pid of left) kill(pid);
      return Promise.resolve(left.length === 0 ? true : undefined);
    },
    30_000,
  );
}

/** Removes the cluster's group, which must be empty, from every hierarchy. */
export function removeCgroup(): void {
  // Deepest first: only a group without groups in it can be removed.
  for (const folder of groups().reverse()) rmdirSync(folder);
}

/** The cluster's groups, parents before children. */
function groups(): string[] {
  const below = (folder: string): string[] =>
    existsSync(folder)
      ? [
          folder,
          ...readdirSync(folder, { withFileTypes: true })
            .filter((entry) => entry.isDirectory())
            .flatMap((entry) => below(path.join(folder, entry.name))),
        ]
      : [];
  return hierarchies().flatMap((root) => below(path.join(root, CGROUP)));
}

function hierarchies(): string[] {
  if (unified()) return [MOUNT];
  const links = readdirSync(MOUNT, { withFileTypes: true });
  // cpu and cpuacct may be links to cpu,cpuacct
  return links.filter((entry) => entry.isDirectory()).map((entry) => path.join(MOUNT, entry.name));
}

const processes = (folder: string): number[] =>
  readFileSync(path.join(folder, "cgroup.procs"), "utf8").split("\n").filter(Boolean).map(Number);

const handedOn = (folder: string): string =>
  readFileSync(path.join(folder, "cgroup.controllers"), "utf8")
    .trim()
    .split(" ")
    .filter(Boolean)
    .map((controller) => `+${controller}`)
    .join(" ");

function kill(pid: number): void {
  try {
    // 0 is a process of another namespace, which is not ours to end.
    if (pid > 0) process.kill(pid, "SIGKILL");
  } catch {
    // it has ended by itself
  }
}
