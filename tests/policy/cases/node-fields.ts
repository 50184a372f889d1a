import {
  allowed,
  type Case,
  container,
  image,
  type Manifest,
  named,
  otherPod,
  refused,
  spelled,
  volume,
  withHostPath,
} from "./case";
import { agentWith } from "./dind";
import { endpoints, externalName, OLD_ENDPOINTS } from "./node-fields-at-admission";

const SOCKETS = "no-runtime-sockets";
const METADATA = { name: "case", namespace: "shop" };
const SOCKET = "/var/run/docker.sock";
const CONTAINERD = "/run/containerd/containerd.sock";
const custom = (apiVersion: string, kind: string, spec: Manifest): Manifest => ({
  apiVersion,
  kind,
  metadata: METADATA,
  spec,
});
const annotated = (name: string, value: string): Manifest => ({
  ...otherPod(),
  metadata: { ...METADATA, annotations: { [name]: value } },
});
const configMap = (data: Manifest): Manifest => ({ apiVersion: "v1", kind: "ConfigMap", metadata: METADATA, data });
const storageClass = (parameters: Manifest): Manifest => ({
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name: "case" },
  provisioner: "example.com/dir",
  parameters,
});
const runs = (changes: Manifest) => otherPod({ containers: [container(changes)] });
const typed = (
  type: string,
  expect: Case["expect"],
  rule: string,
  cases: Readonly<Record<string, Manifest>>,
): readonly Case[] =>
  Object.entries(cases).map(([name, object]) => ({
    name,
    object,
    type,
    tags: "review",
    expect,
    ...(expect === "refused" && { rule }),
  }));
const plugin = (name: string, value: string): Manifest => ({ grantPermissions: [{ name, values: [value] }] });
/** Where a node's network, loader, kernel and runtimes look for what they run as root. */
const PLACES = [
  "/opt/cni/bin",
  "/etc/cni/net.d",
  "/usr/libexec/kubernetes/kubelet-plugins/volume/exec",
  "/opt/nri/plugins",
  "/etc/containers",
  "/usr/share/containers",
  "/run/containers",
  "/run/host-containerd",
  "/run/guest-services",
  "/run/desktop/mnt/host/c",
  "/run/sysbox",
  "/run/kata-containers",
  "/var/vcap/data/sys/run/docker",
  "/var/lib/crio",
  "/usr/local/sbin",
  "/usr/lib64",
  "/lib64",
  "/lib/modules",
  "/boot",
  "/etc/ld.so.conf.d",
  "/etc/profile.d",
  "/etc/passwd",
  "/etc/gshadow",
  "/etc/modprobe.d",
  "/etc/rc.local",
  "/etc/NetworkManager/dispatcher.d",
  "/opt/bin",
  "/etc/polkit-1/rules.d",
  "/var/lib/cni",
  "/var/lib/kube-proxy",
  "/snap/bin",
  "/opt",
];
const OWN = [
  "/opt/tools",
  "/usr/share/zoneinfo",
  "/var/lib/postgresql",
  "/etc/ssl/certs",
  "/etc/localtime",
  "/run/myapp",
  "/var/cache",
];

/** Fields by which something of the node is had that only a runtime, a driver, a tool or an operator knows. */
export const NODE_FIELD_CASES: readonly Case[] = [
  ...refused("review", SOCKETS, spelled("a hostPath of", PLACES, withHostPath)),
  ...allowed("review", spelled("a hostPath elsewhere of", OWN, withHostPath)),
  ...allowed(
    "review",
    spelled("a hostPath elsewhere whose path is", ["7", "true", "{}", "[]"], (path) => withHostPath(JSON.parse(path))),
  ),

  ...refused(
    "review",
    SOCKETS,
    named("an operator's", {
      "variable with a socket": custom("nvidia.com/v1", "ClusterPolicy", {
        toolkit: { enabled: true, env: [{ name: "CONTAINERD_SOCKET", value: "/run/k3s/containerd/containerd.sock" }] },
      }),
      "field with a socket": custom("datadoghq.com/v2alpha1", "DatadogAgent", {
        global: { criSocketPath: CONTAINERD },
      }),
      "field with a socket as an address": custom("falco.org/v1", "Falco", {
        collectors: { crio: { socket: "unix:///run/crio/crio.sock" } },
      }),
    }),
  ),
  ...refused("review", SOCKETS, {
    "a build that exposes the Docker socket": custom("build.openshift.io/v1", "BuildConfig", {
      strategy: { customStrategy: { exposeDockerSocket: true } },
    }),
    "Argo's docker executor": configMap({ containerRuntimeExecutor: "docker" }),
    "Argo's docker executor in a text": configMap({ config: "containerRuntimeExecutor: docker\n" }),
  }),
  ...allowed("review", {
    "an operator's field with a socket of its own": custom("example.com/v1", "Database", {
      socketPath: "/run/mysqld/mysqld.sock",
    }),
    "an operator's variable with its daemon's socket": custom("actions.summerwind.dev/v1alpha1", "RunnerDeployment", {
      env: [{ name: "DOCKER_HOST", value: `unix://${SOCKET}` }],
    }),
    "a socket inside a container of a custom resource": custom("tekton.dev/v1", "Task", {
      steps: [{ name: "build", image, env: [{ name: "DOCKER_SOCK", value: SOCKET }] }],
    }),
    "the kubelet's own socket of its runtime": custom("bootstrap.cluster.x-k8s.io/v1beta1", "KubeadmConfig", {
      initConfiguration: { nodeRegistration: { criSocket: CONTAINERD } },
    }),
    "a build that exposes nothing": custom("build.openshift.io/v1", "BuildConfig", {
      strategy: { customStrategy: { exposeDockerSocket: false } },
    }),
    "Argo's own executor": configMap({ containerRuntimeExecutor: "emissary" }),
  }),

  ...refused(
    "review",
    SOCKETS,
    named("an annotation that", {
      "adds a device by NRI": annotated("devices.nri.io/container.c", "- path: /dev/sda\n  type: b\n  major: 8\n"),
      "adds a mount by NRI": annotated("mounts.nri.io/container.c", "- source: /var/run\n  destination: /x\n"),
      "adds a device by CRI-O": annotated("io.kubernetes.cri-o.Devices", "/dev/fuse:rwm,/dev/sda"),
      "mounts by gVisor": annotated("dev.gvisor.spec.mount.v.source", SOCKET),
      "names a program for Kata": annotated("io.katacontainers.config.hypervisor.path", "/tmp/qemu"),
      "adds a hook by crun": annotated("run.oci.hooks.stdin", "1"),
    }),
  ),
  ...allowed(
    "review",
    named("an annotation that", {
      "adds a harmless device by NRI": annotated("devices.nri.io/container.c", "- path: /dev/fuse\n"),
      "adds a harmless device by CRI-O": annotated("io.kubernetes.cri-o.Devices", "/dev/fuse"),
      "mounts a folder of its own by gVisor": annotated("dev.gvisor.spec.mount.v.source", "/srv/data"),
      "says how it is mounted by gVisor": annotated("dev.gvisor.spec.mount.v.type", "bind"),
      "sets Kata's memory": annotated("io.katacontainers.config.hypervisor.default_memory", "2048"),
      "asks for devices by CDI": annotated("cdi.k8s.io/x", "vendor.com/device=all"),
    }),
  ),
  ...refused("review", "no-privileged-containers", {
    "admin access to devices": custom("resource.k8s.io/v1", "ResourceClaim", {
      devices: { requests: [{ name: "a", exactly: { deviceClassName: "x", adminAccess: true } }] },
    }),
  }),
  ...allowed("review", {
    "a claim of a device": custom("resource.k8s.io/v1", "ResourceClaim", {
      devices: { requests: [{ name: "a", exactly: { deviceClassName: "x", adminAccess: false } }] },
    }),
    "a pod without a seccomp profile": otherPod({ securityContext: { seccompProfile: { type: "Unconfined" } } }),
  }),

  ...typed("docker:index/plugin:Plugin", "refused", SOCKETS, {
    "a Docker plug-in that mounts the socket": plugin("mount", SOCKET),
    "a Docker plug-in that has a disk": plugin("device", "/dev/sda"),
  }),
  ...typed("docker:index/plugin:Plugin", "allowed", "", {
    "a Docker plug-in that mounts a folder of its own": plugin("mount", "/srv/plugin"),
  }),
  ...typed("docker:index/container:Container", "allowed", "", {
    "a docker.Container without profiles": {
      image,
      securityOpts: ["seccomp=unconfined", "apparmor=unconfined", "label=disable"],
    },
    "a docker.Container in the network of another": { image, networkMode: "container:proxy" },
    "a docker.Container with the volumes of another": { image, volumes: [{ fromContainer: "proxy" }] },
  }),

  ...refused("review", SOCKETS, {
    "a storage class with a folder of the node": storageClass({ nodePath: "/var/run" }),
    "a storage class whose host path is the kubelet's": storageClass({ hostPath: "/var/lib/kubelet" }),
    "a provisioner's folders of the node": configMap({
      "config.json": '{"nodePathMap":[{"node":"DEFAULT","paths":["/var/run"]}]}',
    }),
    "a volume whose attribute is a folder of the node": volume({
      csi: { driver: "any.csi.example", volumeHandle: "x", volumeAttributes: { path: "/etc/kubernetes" } },
    }),
  }),
  ...refused("both", SOCKETS, {
    "a volume whose handle is a folder of the node": volume({
      csi: { driver: "any.csi.example", volumeHandle: "/var/run" },
    }),
  }),
  ...allowed("both", {
    "a volume whose handle is a path of a cloud": volume({
      csi: { driver: "any.csi.example", volumeHandle: "/subscriptions/1/resourceGroups/x/providers/disks/y" },
    }),
  }),
  ...allowed("review", {
    "a storage class with a folder of a server": storageClass({ server: "nfs.example", share: "/", path: "/var/run" }),
    "a storage class with a folder of its own": storageClass({ nodePath: "/srv/volumes" }),
    "a provisioner's folders of its own": configMap({
      "config.json": '{"nodePathMap":[{"node":"DEFAULT","paths":["/opt/local-path-provisioner"]}]}',
    }),
  }),

  ...refused("review", "no-node-daemons", {
    "endpoints at a node's daemon": endpoints(2375),
    "old endpoints at a node's daemon": OLD_ENDPOINTS,
    "an entry of Istio at a node's daemon": custom("networking.istio.io/v1", "ServiceEntry", {
      endpoints: [{ address: "10.0.0.4" }],
      ports: [{ number: 2375 }],
    }),
    "a Service named after the node": externalName("host.docker.internal", 80),
    "a Service at a node's daemon by the node's name": externalName("ip-10-0-0-4.ec2.internal", 2375),
  }),
  ...allowed("review", {
    "endpoints at a database": endpoints(5432),
    "endpoints at a pod's daemon": endpoints(2375, { targetRef: { kind: "Pod", name: "dind" } }),
    "a Service named after a database on a machine": externalName("ip-10-0-0-4.ec2.internal", 5432),
    "a Service named after another host": externalName("docker.example", 2375),
  }),

  ...refused("review", SOCKETS, {
    "a working directory that the runtime left open": runs({ workingDir: "/proc/self/fd/8" }),
    "a working directory that the runtime left open, in another spelling": runs({
      workingDir: "//proc/./self/fd/8/../..",
    }),
  }),
  ...typed("docker:index/container:Container", "refused", SOCKETS, {
    "a docker.Container's working directory that the runtime left open": { image, workingDir: "/proc/1/cwd" },
  }),
  ...allowed("review", {
    "a working directory of its own": runs({ workingDir: "/proc-files/self" }),
    "a field that says nothing of a pod": custom("example.com/v1", "Thing", { host: { path: SOCKET } }),
  }),

  ...refused("review", "no-privileged-containers", {
    "dind in somebody else's namespace": agentWith({}, {}, { namespace: "shop" }),
    "dind in a pod without a namespace": {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "x" },
      spec: agentWith({})["spec"],
    },
    "dind whose images are a folder of the node": agentWith(
      {},
      {
        volumes: [
          { name: "cache", hostPath: { path: "/mnt/x" } },
          { name: "daemon", configMap: { name: "d" } },
        ],
      },
    ),
    "dind whose images are a CSI driver's": agentWith({}, { volumes: [{ name: "cache", csi: { driver: "x" } }] }),
  }),
];
