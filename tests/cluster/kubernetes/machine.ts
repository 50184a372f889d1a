import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync, mkdirSync, rmdirSync } from "node:fs";
import path from "node:path";
import { TEST_TARGET } from "./test-target";

interface Need {
  /** What to say when it is missing. */
  readonly otherwise: string;
  readonly met: () => boolean;
}

const NEEDS: readonly Need[] = [
  { otherwise: "it takes Linux on x86-64", met: () => process.platform === "linux" && process.arch === "x64" },
  {
    // The other targets need machines of their own.
    otherwise:
      TEST_TARGET === "cluster" ? "it takes root (or set KUBECONFIG to a cluster that there is)" : "it takes root",
    met: () => process.getuid?.() === 0,
  },
  { otherwise: "it takes Debian or a relative: there is no apt-get", met: () => succeeds("apt-get", "--version") },
  { otherwise: "it takes Go, and go is not on the PATH", met: () => succeeds("go", "version") },
  { otherwise: "it takes control groups that may be written to at /sys/fs/cgroup", met: cgroupsWritable },
  {
    otherwise: "it takes the right to make mount, process and network namespaces",
    met: () =>
      succeeds(
        "unshare",
        "--mount",
        "--pid",
        "--fork",
        "--mount-proc",
        "--net",
        "--uts",
        "mount",
        "--make-rshared",
        "/",
      ),
  },
  {
    otherwise: "it takes a kernel with overlayfs",
    met: () =>
      succeeds(
        "unshare",
        "--mount",
        "sh",
        "-c",
        "d=$(mktemp -d) && mount -t tmpfs t $d && mkdir $d/l $d/u $d/w $d/m && mount -t overlay o -o lowerdir=$d/l,upperdir=$d/u,workdir=$d/w $d/m",
      ),
  },
];

/** What is missing on this machine for a cluster of its own, in words, or undefined. */
export const missingPrerequisite = (): string | undefined => NEEDS.find(({ met }) => !met())?.otherwise;

const succeeds = (command: string, ...args: readonly string[]) =>
  spawnSync(command, args, { stdio: "ignore", env: process.env }).status === 0;

function cgroupsWritable(): boolean {
  const root = ["/sys/fs/cgroup/memory", "/sys/fs/cgroup"].find((folder) =>
    existsSync(path.join(folder, "cgroup.procs")),
  );
  if (root === undefined) return false;
  const probe = path.join(root, `cluster-tests-probe-${process.pid}`);
  try {
    mkdirSync(probe);
    writeFileSync(path.join(probe, "cgroup.procs"), "");
    return true;
  } catch {
    return false;
  } finally {
    if (existsSync(probe)) rmdirSync(probe);
  }
}
