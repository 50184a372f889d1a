// What makes a container root on its node without any mount. Plain data.
import { words } from "./words";

/** Capabilities each of which is enough to leave a container, without the `CAP_` prefix. */
export const DANGEROUS_CAPABILITIES: readonly string[] =
  words(`ALL SYS_ADMIN SYS_MODULE SYS_PTRACE SYS_RAWIO SYS_BOOT DAC_READ_SEARCH MAC_ADMIN MAC_OVERRIDE BPF PERFMON
  CHECKPOINT_RESTORE`);

/** Properties of a pod that put it into a namespace of its node, or its containers into one of their own. */
export const HOST_SWITCHES: Readonly<Record<string, string>> = {
  hostNetwork: "the node's network, where its daemons listen on 127.0.0.1",
  hostPID: "the node's processes, and its file system below /proc/1/root",
  hostIPC: "the shared memory of the node's processes",
  shareProcessNamespace:
    "the processes of the other containers, and a privileged one's file system below /proc/<pid>/root",
};

/** SELinux types that confine nothing. */
export const UNCONFINED_SELINUX_TYPES: readonly string[] = ["spc_t", "container_runtime_t", "unconfined_t"];

/** Annotations by which the kubelet knows static pods; `api` is the value of every other pod. */
export const STATIC_POD_ANNOTATIONS: readonly string[] = ["kubernetes.io/config.mirror", "kubernetes.io/config.source"];
