import { buildAll, builtBinary, STRIPPED, type Build } from "./go-modules";

const KUBERNETES = "v1.33.13";

const kubernetes = (...commands: readonly string[]): Build => ({
  module: "kubernetes",
  packages: Object.fromEntries(commands.map((command) => [command, `k8s.io/kubernetes/cmd/${command}`])),
  // Without a version the API server calls itself v0.0.0, and features are then judged by that number.
  ldflags: `${STRIPPED} ${["Version " + KUBERNETES, "Major 1", "Minor 33"]
    .map((pair) => `-X k8s.io/component-base/version.git${pair.replace(" ", "=")}`)
    .join(" ")}`,
});

/** In the order in which they are built: what takes longest first. */
const BUILDS: readonly Build[] = [
  kubernetes("kube-apiserver"),
  // Static, so that it runs in images too; a current dockerd refuses the runc 1.1 that Debian has.
  {
    module: "runc",
    packages: { runc: "github.com/opencontainers/runc" },
    ldflags: `${STRIPPED} -extldflags -static`,
    tags: "seccomp,netgo,osusergo",
    cgo: true,
  },
  kubernetes("kubelet", "kube-controller-manager", "kube-scheduler", "kube-proxy", "kubectl"),
  { module: "coredns", packages: { coredns: "." }, ldflags: STRIPPED },
];

/** The runtime of a node that can do more than Debian's: user namespaces, and cgroups that a container may write. */
const CONTAINERD: readonly Build[] = [
  {
    module: "containerd",
    packages: Object.fromEntries(
      ["containerd", "containerd-shim-runc-v2", "ctr"].map((name) => [
        name,
        `github.com/containerd/containerd/v2/cmd/${name}`,
      ]),
    ),
    ldflags: STRIPPED,
    tags: "no_btrfs,no_devmapper,no_zfs",
  },
];

/** Where a binary of the cluster is; it is there once what builds it has come back. */
export const binary = (name: string): string => builtBinary([...BUILDS, ...CONTAINERD], name);

/** Builds what the cluster is made of. */
export const buildKubernetes = (): Promise<void> => buildAll(BUILDS);

/** Builds containerd 2. */
export const buildContainerd = (): Promise<void> => buildAll(CONTAINERD);
