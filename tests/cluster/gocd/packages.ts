import { bringPackages, unpackedFile, type DebianPackages } from "../kubernetes/debian";
import { KUBERNETES_PACKAGES } from "../kubernetes/packages";

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

/** Brings what the cluster, the images and the emulated guests need. */
export const bringDebianPackages = (): Promise<void> => bringPackages(PACKAGES);
