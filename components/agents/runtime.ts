/** What stands between the Docker daemon and its node. */
export type Runtime = "privileged" | "gvisor";

/** The class of such pods' runtime, which whoever runs the nodes has made. */
const GVISOR_CLASS = "gvisor";

/** Of a pod's spec; nothing where the cluster's own runtime runs it. */
export const podRuntime = (runtime: Runtime): { readonly runtimeClassName?: string } =>
  runtime === "gvisor" ? { runtimeClassName: GVISOR_CLASS } : {};

/** The daemon is root of its node, or has every capability that gVisor's kernel knows, which are none of the node's. */
export const daemonSecurity = (runtime: Runtime) =>
  runtime === "gvisor"
    ? { capabilities: { add: ["ALL"] }, runAsUser: 0, runAsGroup: 0 }
    : { privileged: true, runAsUser: 0, runAsGroup: 0 };

/**
 * What `daemon.json` says more (gVisor: "Docker in gVisor"): rules of the firewall are made by images/dind instead, and layers
 * are whole copies, since gVisor lays file systems over each other in memory only.
 */
export const daemonOptions = (runtime: Runtime) =>
  runtime === "gvisor"
    ? {
        iptables: false,
        ip6tables: false,
        features: { "containerd-snapshotter": false },
        "storage-driver": "vfs",
      }
    : {};
