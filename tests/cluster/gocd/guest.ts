import { chmodSync, copyFileSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { program } from "../kubernetes/packages";
import { dockerBinary } from "./binaries";
import { emulator, guestKernel } from "./packages";
import { ROOT, STATE } from "../kubernetes/paths";
import { makeRootfs } from "../kubernetes/rootfs";
import { outcome, run } from "../kubernetes/run";
import { STAND_IN } from "./stand-ins";

/** What `docker run --platform` printed in the guest for another processor, before a job told the kernel of the emulator, and after. */
export interface OfAnotherProcessor {
  readonly before: string;
  readonly after: string;
}

/** What the guest measured of one daemon. */
export interface Measured {
  /** How the container that eats memory ended: 0 when it got all that it wanted, 137 when the kernel killed it. */
  readonly exit: number;
  /** Whether containers run inside the pod's cgroup. */
  readonly inside: "yes" | "no";
  /** Most memory that the pod was charged with, in MiB. */
  readonly peak: number;
  readonly daemon: "alive" | "dead";
  /** What becomes of the agent when a task of its own eats more than its container has. */
  readonly agent: "alive" | "dead";
  /** How that task ended, where the agent lives to tell. */
  readonly task: string;
}

const SOURCES = path.join(ROOT, "tests/cluster/gocd/guest");
const FOLDER = path.join(STATE, "guest");
const VIRTIO = ["virtio_ring", "virtio", "virtio_pci_modern_dev", "virtio_pci_legacy_dev", "virtio_pci", "virtio_blk"];
// An emulated machine on two busy cores.
const TIMEOUT = 900_000;

/**
 * Boots a machine with cgroup v2 in QEMU, emulated, so that it needs no right, and runs the comparison of guest/compare in
 * it with the scripts of images/dind. Returns what was measured for the daemon `plain` and the daemon `wrapped`, and what a program
 * of another processor printed on the second.
 */
export async function compareInGuest(): Promise<{
  readonly measured: Readonly<Record<string, Measured>>;
  readonly platform: OfAnotherProcessor;
}> {
  rmSync(FOLDER, { recursive: true, force: true });
  const disk = await makeDisk();
  const start = await makeStart();
  const [kernel] = readdirSync(path.join(guestKernel, "boot")).filter((name) => name.startsWith("vmlinuz"));
  const machine = ["-accel", "tcg,thread=multi", "-m", "2560", "-smp", "2", "-nographic", "-no-reboot", "-nic", "none"];
  const boot = [
    "-kernel",
    path.join(guestKernel, "boot", kernel ?? ""),
    "-initrd",
    start,
    "-append",
    "console=ttyS0 quiet panic=-1",
  ];
  const { stdout } = await outcome(
    "qemu-system-x86_64",
    [...machine, ...boot, "-drive", `file=${disk},format=raw,if=virtio`],
    { timeout: TIMEOUT },
  );
  rmSync(FOLDER, { recursive: true });
  const results = [
    ...stdout.matchAll(
      /RESULT (\w+) exit=(\d+) inside=(yes|no) peak=(\d+) daemon=(alive|dead) agent=(alive|dead) task=(\d*)/g,
    ),
  ];
  const platform = /^PLATFORM before=(.*) after=(.*?)\r?$/m.exec(stdout);
  if (results.length !== 2 || platform === null)
    throw new Error(`the guest said:\n${stdout.split("\n").slice(-40).join("\n")}`);
  const measured = Object.fromEntries(
    results.map(([, name = "", exit, inside, peak, daemon, agent, task]) => [
      name,
      { exit: Number(exit), inside, peak: Number(peak), daemon, agent, task } as Measured,
    ]),
  );
  return { measured, platform: { before: platform[1] ?? "", after: platform[2] ?? "" } };
}

/** The guest's disk: what stands in for docker:dind, this project's scripts, modules of the kernel, a program and its emulator. */
async function makeDisk(): Promise<string> {
  const root = path.join(FOLDER, "root");
  mkdirSync(path.join(root, "modules"), { recursive: true });
  const { contents } = STAND_IN.dind;
  const scripts = Object.fromEntries(
    ["dind", "janitor", "hand-back"].map((name) => [`/usr/local/bin/${name}`, path.join(ROOT, "images/dind", name)]),
  );
  await makeRootfs(root, {
    ...contents,
    files: {
      ...contents.files,
      ...scripts,
      "/usr/local/bin/compare": path.join(SOURCES, "compare"),
      "/arm64/program": dockerBinary("program-arm64"),
      "/installer/qemu": emulator,
    },
    links: { ...contents.links, "/sbin/init": "/usr/local/bin/compare" },
  });
  for (const name of ["overlay", "binfmt_misc"])
    copyFileSync(await module(name), path.join(root, "modules", `${name}.ko`));
  const image = path.join(FOLDER, "disk.img");
  await run("truncate", ["-s", "2G", image]);
  await run("mke2fs", ["-q", "-t", "ext4", "-d", root, image]);
  return image;
}

/** The first file system, in memory: busybox and what it takes to see the disk. */
async function makeStart(): Promise<string> {
  const root = path.join(FOLDER, "start");
  for (const folder of ["bin", "dev", "proc", "sys", "modules"])
    mkdirSync(path.join(root, folder), { recursive: true });
  copyFileSync(program("busybox"), path.join(root, "bin/busybox"));
  copyFileSync(path.join(SOURCES, "init"), path.join(root, "init"));
  chmodSync(path.join(root, "init"), 0o755);
  for (const name of VIRTIO) copyFileSync(await module(name), path.join(root, "modules", `${name}.ko`));
  const archive = path.join(FOLDER, "start.cpio");
  await run("sh", ["-c", `cd "$0" && find . | cpio -o -H newc --quiet >"$1"`, root, archive]);
  return archive;
}

/** A module of the guest's kernel, unpacked where the kernel's package has it packed. */
async function module(name: string): Promise<string> {
  const found = (await run("find", [guestKernel, "-name", `${name}.ko*`])).trim().split("\n")[0] ?? "";
  if (found === "") throw new Error(`the guest's kernel has no module ${name}`);
  if (!found.endsWith(".xz")) return found;
  await run("xz", ["--decompress", "--keep", "--force", found]);
  return found.replace(/\.xz$/, "");
}
