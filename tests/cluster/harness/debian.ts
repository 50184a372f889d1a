import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { PACKAGES } from "./paths";
import { say, step } from "./progress";
import { outcome, run } from "./run";

/**
 * Unpacked into the cache instead of installed: an installed etcd, containerd or Docker would start as a service of the
 * machine, or push out the one that it has. Their programs need only the C library.
 */
const UNPACKED = [
  "etcd-server",
  "containerd",
  "containernetworking-plugins",
  "docker.io",
  "busybox-static",
  "tini",
] as const;

/** Unpacked for the test on cgroup v2 alone: a kernel with modules for the guest. Debian's relatives may have none of it. */
const GUEST_KERNEL = "linux-image-cloud-amd64";

/** What is installed, because it cannot be moved: a program that shows that it is there → its package. */
const INSTALLED: Readonly<Record<string, string>> = {
  "/usr/include/seccomp.h": "libseccomp-dev",
  "/usr/bin/gcc": "gcc",
  "/usr/bin/pkg-config": "pkg-config",
  "/usr/lib/x86_64-linux-gnu/libc.a": "libc6-dev",
  "/usr/sbin/iptables": "iptables",
  "/usr/sbin/ip": "iproute2",
  "/usr/bin/openssl": "openssl",
  "/usr/bin/curl": "curl",
  "/usr/sbin/mke2fs": "e2fsprogs",
  "/usr/bin/cpio": "cpio",
  "/usr/sbin/depmod": "kmod",
  "/usr/bin/qemu-system-x86_64": "qemu-system-x86",
};

/** Programs of unpacked packages, by the package and the path in it. */
const PROGRAMS = {
  etcd: "etcd-server/usr/bin/etcd",
  containerd: "containerd/usr/bin/containerd",
  ctr: "containerd/usr/bin/ctr",
  docker: "docker.io/usr/bin/docker",
  tini: "tini/usr/bin/tini-static",
  busybox: "busybox-static/bin/busybox",
  plugins: "containernetworking-plugins/usr/lib/cni",
} as const;

/** Where a program, or the folder of network plugins, of an unpacked package lies. */
export const program = (name: keyof typeof PROGRAMS): string => path.join(PACKAGES, PROGRAMS[name]);
/** The folder with containerd's own programs (shim and client), for a PATH. */
export const containerdPrograms = path.dirname(program("containerd"));
/** The folder with the guest's kernel: boot/vmlinuz-… and lib/modules; empty where the distribution has no such package. */
export const guestKernel = path.join(PACKAGES, "guest-kernel");

/** Brings the Debian packages that are missing: some unpacked into the cache, some installed. */
export async function bringPackages(): Promise<void> {
  const install = Object.entries(INSTALLED).filter(([file]) => !existsSync(file));
  const unpack = UNPACKED.filter((name) => !existsSync(path.join(PACKAGES, name)));
  const kernel = !existsSync(guestKernel);
  if (install.length + unpack.length === 0 && !kernel) return;
  await step(
    `bring Debian packages: ${[...install.map(([, name]) => name), ...unpack, ...(kernel ? [GUEST_KERNEL] : [])].join(", ")}`,
    async () => {
      await run("apt-get", ["update", "-qq"]);
      if (install.length > 0)
        await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...install.map(([, name]) => name)], {
          env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
          timeout: 900_000,
        });
      for (const name of unpack) await unpackInto(path.join(PACKAGES, name), name);
      if (kernel) await bringGuestKernel();
    },
  );
}

async function bringGuestKernel(): Promise<void> {
  const name = await newestKernel();
  if (name !== undefined) return unpackInto(guestKernel, name);
  say(`no package ${GUEST_KERNEL} here: the tests in a guest are skipped`);
  mkdirSync(guestKernel);
}

/** The package with the kernel is named for its version; the one without a version only depends on it. */
async function newestKernel(): Promise<string | undefined> {
  const { stdout } = await outcome("apt-cache", ["depends", GUEST_KERNEL]);
  return /Depends: (linux-image-\S+)/.exec(stdout)?.[1];
}

async function unpackInto(folder: string, name: string): Promise<void> {
  const unfinished = `${folder}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  // apt drops its rights to a user that may not write here, warns about it, and downloads all the same.
  const { code, stderr } = await outcome("apt-get", ["download", "-qq", name], { cwd: unfinished });
  const file = readdirSync(unfinished).find((entry) => entry.endsWith(".deb"));
  if (code !== 0 || file === undefined) throw new Error(`apt-get download ${name} failed: ${stderr}`);
  await run("dpkg-deb", ["-x", file, "."], { cwd: unfinished });
  rmSync(path.join(unfinished, file));
  // Newer releases have in /usr/bin what older ones have in /bin.
  if (existsSync(path.join(unfinished, "usr/bin")) && !existsSync(path.join(unfinished, "bin")))
    symlinkSync("usr/bin", path.join(unfinished, "bin"));
  renameSync(unfinished, folder);
}
