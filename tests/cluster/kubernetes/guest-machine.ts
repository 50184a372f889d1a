import { chmodSync, copyFileSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { guestKernel, guestModules } from "./guest-kernel";
import { program } from "./packages";
import { makeRootfs, type Contents } from "./rootfs";
import { run } from "./run";

/** A machine that QEMU emulates, so that it needs no right: what it starts from, and its sizes. */
export interface GuestMachine {
  readonly disk: string;
  readonly memory: number;
  /** Arguments of QEMU's for its network; none by default. */
  readonly network?: readonly string[];
}

/** The program that emulates, and its arguments; what the guest says on its console goes to the output. */
export async function emulator(folder: string, guest: GuestMachine): Promise<readonly [string, readonly string[]]> {
  const start = await makeStart(folder);
  // One processor: while a kernel writes over its own code, QEMU 7.2 at times translates for another one what was there a moment before, and
  // runs that ever after. The kernel panics then, of a breakpoint of which it knows nothing.
  // Without cx16: QEMU 7.2 spoils the flags of that instruction at times, and a kernel that uses it for its memory panics.
  const machine = ["-accel", "tcg", "-cpu", "qemu64,-cx16", "-m", String(guest.memory), "-nographic", "-no-reboot"];
  const kernel = [
    "-kernel",
    guestKernel(),
    "-initrd",
    start,
    "-append",
    "console=ttyS0 quiet panic=-1 mitigations=off",
  ];
  const disk = ["-drive", `file=${guest.disk},format=raw,if=virtio,cache=unsafe`];
  return ["qemu-system-x86_64", [...machine, ...kernel, ...disk, ...(guest.network ?? ["-nic", "none"])]];
}

/**
 * A disk with these files, the kernel's modules and what loads them, and what `fill` adds to its root; `/sbin/init` is the first program
 * that runs on it.
 */
export async function makeDisk(
  folder: string,
  size: string,
  contents: Contents,
  fill: (root: string) => Promise<void> = () => Promise.resolve(),
): Promise<string> {
  const root = path.join(folder, "root");
  mkdirSync(root, { recursive: true });
  const modules = guestModules();
  await makeRootfs(root, {
    ...contents,
    machine: [...(contents.machine ?? []), "modprobe"],
    folders: { ...contents.folders, [modules.there]: modules.here },
  });
  await fill(root);
  const image = path.join(folder, "disk.img");
  await run("truncate", ["-s", size, image]);
  await run("mke2fs", ["-q", "-t", "ext4", "-d", root, image]);
  rmSync(root, { recursive: true });
  return image;
}

/** The first file system, in memory: busybox and what it takes to see the disk. */
async function makeStart(folder: string): Promise<string> {
  const root = path.join(folder, "start");
  for (const name of ["bin", "dev", "proc", "sys", "modules"]) mkdirSync(path.join(root, name), { recursive: true });
  copyFileSync(program("busybox"), path.join(root, "bin/busybox"));
  copyFileSync(path.join(__dirname, "guest/init"), path.join(root, "init"));
  chmodSync(path.join(root, "init"), 0o755);
  copyFileSync(
    path.join(guestModules().here, "kernel/drivers/block/virtio_blk.ko"),
    path.join(root, "modules/virtio_blk.ko"),
  );
  const archive = path.join(folder, "start.cpio");
  await run("sh", ["-c", `cd "$0" && find . | cpio -o -H newc --quiet >"$1"`, root, archive]);
  return archive;
}
