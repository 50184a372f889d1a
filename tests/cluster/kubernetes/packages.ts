import path from "node:path";
import { unpackedFile, type DebianPackages } from "./debian";

/** What the cluster needs of Debian's packages. */
export const KUBERNETES_PACKAGES: DebianPackages = {
  unpacked: ["etcd-server", "containerd", "containernetworking-plugins", "busybox-static", "tini"],
  installed: {
    "/usr/include/seccomp.h": "libseccomp-dev",
    "/usr/bin/gcc": "gcc",
    "/usr/bin/pkg-config": "pkg-config",
    "/usr/lib/x86_64-linux-gnu/libc.a": "libc6-dev",
    "/usr/sbin/iptables": "iptables",
    "/usr/sbin/ip": "iproute2",
  },
};

const PROGRAMS = {
  etcd: "etcd-server/usr/bin/etcd",
  containerd: "containerd/usr/bin/containerd",
  ctr: "containerd/usr/bin/ctr",
  tini: "tini/usr/bin/tini-static",
  busybox: "busybox-static/bin/busybox",
  plugins: "containernetworking-plugins/usr/lib/cni",
} as const;

/** Where a program, or the folder of network plug-ins, of an unpacked package is. */
export const program = (name: keyof typeof PROGRAMS): string => unpackedFile(PROGRAMS[name]);

/** The folder with containerd's own programs (shim and client), for a PATH. */
export const containerdPrograms = path.dirname(program("containerd"));
