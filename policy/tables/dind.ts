// The one container that may be privileged, feature by feature. It is recognised by all of them together: a name or an
// image alone can be had by anybody. Whatever could run something else in it (a command, other arguments, environment,
// lifecycle hooks, probes, a mount over its programs, mounts that propagate to the node) makes it another container.

/** A mount that the container has; it has exactly these. */
export interface DindMount {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath: string;
}

export const DIND = {
  /** Its name, among the init containers and with `restartPolicy: Always`: a native sidecar. */
  name: "dind",
  args: ["dockerd"],
  /** The only program that a probe may run. */
  probe: ["docker", "info"],
  /** Last segments of image repositories that are this image, unless configuration names whole repositories. */
  repositories: ["gocd-dind", "dind"],
  mounts: [
    { name: "cache", mountPath: "/var/lib/docker", subPath: "docker" },
    { name: "daemon", mountPath: "/etc/docker", subPath: "" },
    { name: "daemon-certs", mountPath: "/certs/server", subPath: "" },
    { name: "workspace", mountPath: "/godata/pipelines", subPath: "pipelines" },
    { name: "workspace", mountPath: "/go-working-dir/pipelines", subPath: "pipelines" },
  ] satisfies readonly DindMount[],
} as const;
