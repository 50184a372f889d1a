import { existsSync, mkdirSync } from "node:fs";
import { bringPackages, unpackedFile, unpackInto, type DebianPackages } from "../kubernetes/debian";
import { KUBERNETES_PACKAGES } from "../kubernetes/packages";
import { say, step } from "../kubernetes/progress";
import { outcome, run } from "../kubernetes/run";

/** Unpacked for the test on cgroup v2 alone: a kernel with modules for the guest. Debian's relatives may have none of it. */
const GUEST_KERNEL = "linux-image-cloud-amd64";

const PACKAGES: DebianPackages = {
  unpacked: [...KUBERNETES_PACKAGES.unpacked, "docker.io"],
  installed: {
    ...KUBERNETES_PACKAGES.installed,
    "/usr/bin/openssl": "openssl",
    "/usr/bin/curl": "curl",
    "/usr/bin/git": "git",
    "/usr/bin/ssh": "openssh-client",
    "/etc/ssl/certs/ca-certificates.crt": "ca-certificates",
    "/usr/sbin/mke2fs": "e2fsprogs",
    "/usr/bin/cpio": "cpio",
    "/usr/sbin/depmod": "kmod",
    "/usr/bin/qemu-system-x86_64": "qemu-system-x86",
  },
};

/** The Docker CLI. */
export const dockerClient = unpackedFile("docker.io/usr/bin/docker");
/** The folder with the guest's kernel: boot/vmlinuz-… and lib/modules; empty where the distribution has no such package. */
export const guestKernel = unpackedFile("guest-kernel");

/** Runs programs for arm64 here; of a package that only what jobs build for several architectures needs. */
const EMULATORS = "qemu-user-static";
export const emulator = unpackedFile(`${EMULATORS}/usr/bin/qemu-aarch64-static`);
export const bringEmulators = (): Promise<void> => bringPackages({ unpacked: [EMULATORS], installed: {} });

/** A real proxy, sshd, and a JVM with its tools, for the suite of a company's network. */
export const bringCompanyNetwork = (): Promise<void> =>
  bringPackages({
    unpacked: ["tinyproxy-bin", "openssh-server", "openjdk-17-jre-headless"],
    installed: { "/usr/bin/ssh-keygen": "openssh-client", "/usr/lib/x86_64-linux-gnu/libwrap.so.0": "libwrap0" },
  });

/** Brings what the cluster, the images and the emulated guest need. */
export async function bringDebianPackages(): Promise<void> {
  await bringPackages(PACKAGES);
  if (!existsSync(guestKernel)) await step(`bring ${GUEST_KERNEL}`, bringGuestKernel);
}

async function bringGuestKernel(): Promise<void> {
  await run("apt-get", ["update", "-qq"]);
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
