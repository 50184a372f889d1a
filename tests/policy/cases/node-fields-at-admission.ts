import {
  agentsPod,
  allowed,
  type Case,
  container,
  inEveryKind,
  INSTALLATION,
  type Manifest,
  named,
  refused,
  spelled,
} from "./case";

const SOCKETS = "no-runtime-sockets";
const METADATA = { name: "case", namespace: "shop" };
export const endpoints = (port: number, more: Manifest = {}): Manifest => ({
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: METADATA,
  addressType: "IPv4",
  endpoints: [{ addresses: ["10.0.0.4"], ...more }],
  ports: [{ port }],
});
export const externalName = (name: string, port: number) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: METADATA,
  spec: { type: "ExternalName", externalName: name, ports: [{ port }] },
});

export const OLD_ENDPOINTS = {
  apiVersion: "v1",
  kind: "Endpoints",
  metadata: METADATA,
  subsets: [{ addresses: [{ ip: "10.0.0.4" }], ports: [{ port: 2376 }] }],
};
const inAgents = (object: Manifest): Manifest => ({
  ...object,
  metadata: { name: "case", namespace: INSTALLATION.agentsNamespace },
});

const inGocd = (name: string, value: string) => agentsPod({}, { annotations: { [name]: value } });
/** Every kind with a template, in GoCD's namespace, whose pods ask a runtime for a program of the node. */
const annotatedKinds = Object.fromEntries(
  Object.entries(inEveryKind({ containers: [container()] }, INSTALLATION.agentsNamespace))
    .filter(([kind]) => kind !== "Pod")
    .map(([kind, object]) => [
      kind,
      JSON.parse(
        JSON.stringify(object).replace(
          '"labels":{"app":"case"}}',
          '"labels":{"app":"case"},"annotations":{"io.katacontainers.config.hypervisor.path":"/tmp/qemu"}}',
        ),
      ) as Manifest,
    ]),
);

/** Fields by which something of the node is had, as an API server sees them too: in GoCD's namespaces. */
export const NODE_FIELD_AT_ADMISSION_CASES: readonly Case[] = [
  ...refused(
    "both",
    SOCKETS,
    named("in GoCD's namespace an annotation that", {
      "adds a device by NRI": inGocd("devices.nri.io/container.c", "- path: /dev/sda\n  type: b\n"),
      "adds a mount by NRI": inGocd("mounts.nri.io/container.c", "- source: /var/run\n  destination: /x\n"),
      "adds a device by today's NRI": inGocd("devices.noderesource.dev/pod", "- path: /dev/sda\n  type: b\n"),
      "adds a mount by today's NRI": inGocd(
        "mounts.noderesource.dev/container.c",
        "- source: /run\n  destination: /x\n",
      ),
      "adds a device by GKE's NRI": inGocd("devices.gke.io/container.c", "- path: /dev/sda\n  type: b\n"),
      "adds a device by CRI-O": inGocd("io.kubernetes.cri-o.Devices", "/dev/fuse:rwm, /dev/sda"),
      "mounts by gVisor": inGocd("dev.gvisor.spec.mount.v.source", "/var/run/docker.sock"),
      "names a program for Kata": inGocd("io.katacontainers.config.hypervisor.path", "/tmp/qemu"),
      "adds a hook by crun": inGocd("run.oci.hooks.stdin", "1"),
    }),
  ),
  ...refused("both", SOCKETS, named("an annotation that names a program for Kata, of a", annotatedKinds)),
  ...allowed(
    "both",
    named("in GoCD's namespace an annotation that", {
      "adds a harmless device by CRI-O": inGocd("io.kubernetes.cri-o.Devices", "/dev/fuse:rwm,/dev/net/tun"),
      "says how it is mounted by gVisor": inGocd("dev.gvisor.spec.mount.v.type", "bind"),
      "sets Kata's memory": inGocd("io.katacontainers.config.hypervisor.default_memory", "2048"),
      "is somebody's own": inGocd("example.com/devices", "/dev/sda"),
    }),
  ),
  ...refused("both", "no-node-daemons", {
    "in GoCD's namespace endpoints at a node's daemon": inAgents(endpoints(2375)),
    "in GoCD's namespace old endpoints at a node's daemon": inAgents(OLD_ENDPOINTS),
    "in GoCD's namespace a Service named after the node": inAgents(externalName("host.docker.internal", 80)),
    "in GoCD's namespace a Service at a node's daemon": inAgents(externalName("ip-10-0-0-4.ec2.internal", 2375)),
    "in GoCD's namespace a Service at a daemon by an address": inAgents(externalName("10.0.0.4", 2376)),
  }),
  ...allowed("both", {
    "in GoCD's namespace endpoints at a database": inAgents(endpoints(5432)),
    "in GoCD's namespace endpoints of a Service without ports": inAgents({
      ...endpoints(5432),
      endpoints: null,
      ports: null,
    }),
    "in GoCD's namespace endpoints at a pod's daemon": inAgents(
      endpoints(2375, { targetRef: { kind: "Pod", name: "dind" } }),
    ),
    "in GoCD's namespace a Service named after a database on a machine": inAgents(
      externalName("ip-10-0-0-4.ec2.internal", 5432),
    ),
    "in GoCD's namespace a Service named after another host": inAgents(externalName("docker.example", 2375)),
    "in GoCD's namespace a Service at pods": inAgents({
      apiVersion: "v1",
      kind: "Service",
      metadata: METADATA,
      spec: { selector: { app: "x" }, ports: [{ port: 2375 }] },
    }),
  }),

  ...refused(
    "both",
    SOCKETS,
    spelled(
      "in GoCD's namespace the working directory",
      [
        "/proc/self/fd/8",
        "//proc/./self/fd/8/../..",
        "/x/../proc/self/fd/7",
        "/proc/1/root",
        "/proc/self/task/1/cwd",
        "/proc/thread-self/fd/9",
        "/dev/fd/8",
        "proc/self/fd/8",
      ],
      (workingDir) => agentsPod({ containers: [container({ workingDir })] }),
    ),
  ),
  ...allowed(
    "both",
    spelled(
      "in GoCD's namespace the working directory",
      ["/proc-files/self", "/srv/proc/self/fdo", "/proc/sys", "/dev/shm", "/go-working-dir", "/var/proc/app/fd"],
      (workingDir) => agentsPod({ containers: [container({ workingDir })] }),
    ),
  ),
];
