import { type Case, container, otherPod, refused, spelled, withHostPath, withVolume } from "./case";

const rule = "no-runtime-sockets";

/** Catalogue A: one path, many spellings. */
const spellings = [
  "/var/run/docker.sock",
  "/run/docker.sock",
  "/run/docker.sock/",
  "//var//run///docker.sock",
  "/./var/./run/docker.sock",
  "/var/run/./docker.sock/.",
  " /var/run/docker.sock ",
  "/VAR/RUN/DOCKER.SOCK",
  "unix:///var/run/docker.sock",
  "file:///var/run/docker.sock",
  "var/run/docker.sock",
  "/var/log/../run/docker.sock",
  "/data/..",
  "..",
  "\\\\.\\pipe\\docker_engine",
  "\\\\.\\PIPE\\Docker_Engine",
  "//./pipe/docker_engine",
  "npipe:////./pipe/containerd-containerd",
  "\\\\?\\pipe\\docker_engine",
  "C:\\",
  "c:/",
  "C:\\ProgramData\\docker",
  "\\\\?\\C:\\ProgramData",
  "C:\\var\\run\\docker.sock",
  "c:\\windows\\system32",
];

/** Catalogue B: what holds a socket, or gives the node away by itself. */
const places = [
  "/",
  "//",
  "/.",
  "/var",
  "/var/run",
  "/run",
  "/run/",
  "/var/run/docker",
  "/run/docker/plugins",
  "/run/containerd",
  "/run/containerd/io.containerd.runtime.v2.task",
  "/proc",
  "/proc/1/root",
  "/proc/1/root/run/docker.sock",
  "/proc/sys/kernel",
  "/sys",
  "/sys/kernel",
  "/var/lib",
  "/var/lib/kubelet",
  "/var/lib/kubelet/pods",
  "/var/lib/docker",
  "/var/lib/containerd",
  "/var/lib/rancher/k3s",
  "/dev",
  "/dev/sda",
  "/etc",
  "/etc/kubernetes",
  "/etc/kubernetes/manifests",
  "/etc/docker",
  "/etc/ssh",
  "/etc/cron.d",
  "/etc/systemd/system",
  "/host",
  "/host/var/run",
  "/rootfs",
  "/home",
  "/home/kubernetes/bin",
  "/root",
  "/root/.kube",
  "/run/systemd",
  "/run/user/1000",
  "/run/netns",
  "/var/snap",
];

/** Catalogue C: the sockets of every runtime, and of what manages the node. */
const otherSockets = [
  "/run/containerd/containerd.sock",
  "/run/containerd/containerd.sock.ttrpc",
  "/run/docker/containerd/containerd.sock",
  "/run/k3s/containerd/containerd.sock",
  "/run/k0s/containerd.sock",
  "/var/run/crio/crio.sock",
  "/var/run/cri-dockerd.sock",
  "/var/run/dockershim.sock",
  "/run/podman/podman.sock",
  "/run/user/1000/podman/podman.sock",
  "/run/user/1000/docker.sock",
  "/home/ci/.docker/run/docker.sock",
  "/run/buildkit/buildkitd.sock",
  "/run/nri/nri.sock",
  "/var/snap/microk8s/common/run/containerd.sock",
  "/var/snap/docker/common/run/docker.sock",
  "/var/lib/kubelet/device-plugins/kubelet.sock",
  "/var/lib/kubelet/pod-resources",
  "/run/systemd/private",
  "/run/dbus/system_bus_socket",
  "/var/run/dbus",
  "/var/snap/lxd/common/lxd/unix.socket",
  "/run/libvirt/libvirt-sock",
  "/run/balena-engine.sock",
  "/run/host-services/docker.proxy.sock",
  "/opt/any/thing.sock",
];

/** The type of a hostPath changes nothing. */
const types = ["", "Socket", "File", "Directory", "DirectoryOrCreate", "FileOrCreate"];

const mounts = (mount: object) =>
  otherPod({
    containers: [container({ volumeMounts: [{ name: "sock", mountPath: "/x", ...mount }] })],
    volumes: [{ name: "sock", hostPath: { path: "/" } }],
  });

export const pathCases: readonly Case[] = [
  ...refused("review", rule, spelled("a hostPath spelled", spellings, withHostPath), "volume sock"),
  ...refused("review", rule, spelled("a hostPath of", places, withHostPath), "volume sock"),
  ...refused("review", rule, spelled("a hostPath of", otherSockets, withHostPath), "volume sock"),
  ...refused(
    "review",
    rule,
    spelled("a hostPath of type", types, (type) => withHostPath("/run/docker.sock", { type })),
  ),
  ...refused("review", rule, {
    "a hostPath of type Socket, wherever it is": withHostPath("/opt/engine", { type: "Socket" }),
    "a hostPath of type BlockDevice, wherever it is": withHostPath("/opt/disk", { type: "BlockDevice" }),
    "a socket reached by subPath": mounts({ subPath: "run/docker.sock" }),
    "a socket reached by subPathExpr": mounts({ subPathExpr: "run/$(SOCKET)" }),
    "a socket mounted read-only": mounts({ readOnly: true, subPath: "var/run/docker.sock" }),
    "a volume that no container mounts yet": withHostPath("/var/run/docker.sock"),
    "a hostPath whose volume has no name": otherPod({ volumes: [{ hostPath: { path: "/run/docker.sock" } }] }),
    "a hostPath beside an emptyDir in one volume": withVolume({ emptyDir: {}, hostPath: { path: "/run/docker.sock" } }),
  }),
];
