// What operators, runtimes and plug-ins do on the node because an object asks for it in a field of their own. Plain data.
import { words } from "./words";

/** Switches that make an operator mount the socket of the node's Docker daemon. */
export const SOCKET_SWITCHES: readonly string[] = [
  "exposeDockerSocket", // OpenShift's builds
  "mountDockerSocket",
  "mountDockerSock",
  "mountHostDockerSocket",
  "useHostDocker",
  "useHostDockerSocket",
  "hostDockerSocket",
];

/** Executors that mount it into every pod, by the property that names them: Argo Workflows before 3.4. */
export const SOCKET_EXECUTORS: Readonly<Record<string, readonly string[]>> = {
  containerRuntimeExecutor: ["docker", "kubelet"],
};

/** Fields of custom resources that name a socket for an operator to mount. */
export const SOCKET_FIELDS = /sock|endpoint|runtime/i;

/** API groups and kinds whose sockets are for a node's own programs: they configure the kubelet. */
export const NODE_CONFIGURATION =
  /(^|\.)cluster\.x-k8s\.io$|^kubeadm\.k8s\.io$|^kubelet\.config\.k8s\.io$|^kops\.k8s\.io$|^machineconfiguration\.openshift\.io$|gardener\.cloud$|^node\.eks\.aws$/;

/** What an annotation makes a runtime do. */
export interface RuntimeAnnotation {
  readonly name: RegExp;
  /**
   * `path`: the value is a path of the node; `devices`: devices of the node, with commas between them; `program`: a program or
   * file of the node that the runtime uses as root; `unchecked`: something that only the node can tell.
   */
  readonly is: "path" | "devices" | "program" | "unchecked";
  readonly what: string;
}

/** Annotations that runtimes and their plug-ins act on. Lists in YAML, as NRI's plug-ins read them, are read as such. */
export const RUNTIME_ANNOTATIONS: readonly RuntimeAnnotation[] = [
  { name: /^io\.kubernetes\.cri-o\.Devices$/, is: "devices", what: "CRI-O gives the device" },
  { name: /^dev\.gvisor\.spec\.mount\.[^.]+\.source$/, is: "path", what: "gVisor mounts" },
  { name: /^dev\.gvisor\.flag\./, is: "unchecked", what: "it changes a flag of gVisor" },
  {
    name: /^io\.katacontainers\.config\.hypervisor\.(path|jailer_path|ctlpath|virtio_fs_daemon|kernel|image|initrd|firmware|entropy_source|virtio_fs_extra_args|pcie_root_port_path|vhost_user_store_path|file_mem_backend)$/,
    is: "program",
    what: "Kata's hypervisor uses what it names as root on the node",
  },
  {
    name: /^io\.katacontainers\.config\.hypervisor\.kernel_params$/,
    is: "unchecked",
    what: "it sets parameters of Kata's kernel",
  },
  { name: /^run\.oci\.hooks\./, is: "program", what: "crun runs it as a hook on the node" },
  { name: /^cdi\.k8s\.io\//, is: "unchecked", what: "it asks for devices by CDI" },
  { name: /^(cdi\.nri\.io\/|cdi-devices\.noderesource\.dev)/, is: "unchecked", what: "it asks for devices by CDI" },
];

/** Lists of devices and mounts that NRI's plug-ins add, which are YAML in an annotation: of older ones, of today's, of GKE's. */
export const NRI_ANNOTATIONS = {
  devices: /^devices\.(nri\.io|noderesource\.dev|gke\.io)/,
  mounts: /^mounts\.(nri\.io|noderesource\.dev)/,
} as const;

/** Whether a text of this name is such a list. */
export function isNriList(name: string): boolean {
  return Object.values(NRI_ANNOTATIONS).some((each) => each.test(name));
}

/**
 * Working directories that are a descriptor which the runtime left open, or a process's root: they lead to the node's file system
 * (CVE-2024-21626). In a syntax that JavaScript and RE2 share; /dev/fd is /proc/self/fd.
 */
export const LEFT_OPEN =
  "(^|/)(proc(/\\.?)*/(self|thread-self|[0-9]+)((/\\.?)*/task(/\\.?)*/[0-9]+)?(/\\.?)*/(fd|cwd|root)|dev(/\\.?)*/fd)(/|$)";

/** Devices that containers without privileges use, and that give nothing of the node away. */
export const HARMLESS_DEVICES: readonly string[] = words(
  `/dev/fuse /dev/net/tun /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty`,
);
