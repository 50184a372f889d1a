import {
  agentsPod,
  allowed,
  type Case,
  INSTALLATION,
  logsIn,
  named,
  providedIn,
  refused,
  spelled,
  volume,
  withVolume,
} from "./case";

const SOCKETS = "no-runtime-sockets";
const HOST_PATHS = "no-host-paths";
const { agentsNamespace, serverNamespace } = INSTALLATION;

/** What the engine sends for text that is known only after up. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A node's own address and name, as resolvers take them. */
const ITSELF = [
  "localhost",
  "localhost.",
  "localhost.localdomain",
  "node.localhost",
  "ip6-localhost",
  "127.1",
  "0",
  "2130706433",
  "0x7f000001",
  "::1",
  "0:0:0:0:0:0:0:1",
  "::ffff:127.0.0.1",
];

const inAgents = (source: object) => agentsPod({ volumes: [{ name: "sock", ...source }] });
const storageClass = (provisioner: string) => ({
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name: "case" },
  provisioner,
});

/** Catalogue D: every kind of volume that can lead to the node. */
export const volumeCases: readonly Case[] = [
  ...refused("both", SOCKETS, {
    "a PersistentVolume with hostPath /var/run": volume({ hostPath: { path: "/var/run" } }),
    "a PersistentVolume with hostPath / for somebody else": volume({ hostPath: { path: "/" } }, "shop"),
    "a PersistentVolume with hostPath //run/./docker.sock": volume({ hostPath: { path: "//run/./docker.sock" } }),
    "a PersistentVolume with local path /run/containerd": volume({ local: { path: "/run/containerd" } }),
    "a PersistentVolume with local path /var/run/docker.sock/": volume(
      { local: { path: "/var/run/docker.sock/" } },
      "shop",
    ),
  }),
  ...refused("review", SOCKETS, {
    "a PersistentVolume for a block device of the node": volume({ local: { path: "/dev/sda" } }, "shop", {
      volumeMode: "Block",
    }),
    "an inline CSI volume that is told the socket's path": withVolume({
      csi: { driver: "any.csi.example", volumeAttributes: { source: "/run/containerd/containerd.sock" } },
    }),
  }),
  ...providedIn(
    agentsNamespace,
    refused("review", HOST_PATHS, {
      "a hostPath of a pod that its provider puts into GoCD's namespace": logsIn(),
      "a hostPath of a pod with an empty namespace that its provider puts into GoCD's": logsIn(""),
    }),
  ),
  ...providedIn(
    UNKNOWN,
    refused("review", HOST_PATHS, {
      "a hostPath of a pod that its provider puts into a namespace known only after up": logsIn(),
    }),
  ),
  ...refused("both", HOST_PATHS, {
    "a hostPath of the node's logs in GoCD's namespace": inAgents({ hostPath: { path: "/var/log" } }),
    "a hostPath of /opt/tools in GoCD's namespace": inAgents({ hostPath: { path: "/opt/tools", type: "Directory" } }),
    "a hostPath of /var/run/docker.sock in GoCD's namespace": inAgents({ hostPath: { path: "/var/run/docker.sock" } }),
    "a FlexVolume in GoCD's namespace": inAgents({ flexVolume: { driver: "example/driver" } }),
    "a gitRepo volume in GoCD's namespace": inAgents({ gitRepo: { repository: "https://git.example/x" } }),
    "an inline volume of csi-hostpath in GoCD's namespace": inAgents({ csi: { driver: "hostpath.csi.k8s.io" } }),
    "an inline CSI volume of nfs from the node itself in GoCD's namespace": inAgents({
      csi: { driver: "nfs.csi.k8s.io", volumeAttributes: { server: "127.0.0.1", share: "/" } },
    }),
    "nfs from the node itself in GoCD's namespace": inAgents({ nfs: { server: "127.0.0.1", path: "/exports" } }),
    "iscsi from the node itself in GoCD's namespace": inAgents({
      iscsi: { targetPortal: "127.0.0.1:3260", iqn: "iqn.2001-04.com.example:storage", lun: 0 },
    }),
    "a PersistentVolume with hostPath for GoCD's agents": volume({ hostPath: { path: "/mnt/data" } }, agentsNamespace),
    "a PersistentVolume with local path for GoCD's server": volume(
      { local: { path: "/mnt/disks/ssd0" } },
      serverNamespace,
    ),
    "a PersistentVolume of csi-hostpath for GoCD's agents": volume(
      { csi: { driver: "hostpath.csi.k8s.io", volumeHandle: "x" } },
      agentsNamespace,
    ),
    "a PersistentVolume of a CSI driver for nfs from the node itself for GoCD's agents": volume(
      {
        csi: { driver: "nfs.csi.k8s.io", volumeHandle: "x", volumeAttributes: { server: "LocalHost.", share: "/" } },
      },
      agentsNamespace,
    ),
    "a PersistentVolume with nfs from the node itself for GoCD's agents": volume(
      { nfs: { server: "localhost", path: "/x" } },
      agentsNamespace,
    ),
    "a PersistentVolume with a FlexVolume for GoCD's agents": volume(
      { flexVolume: { driver: "example/driver" } },
      agentsNamespace,
    ),
  }),
  ...refused(
    "both",
    HOST_PATHS,
    spelled("nfs in GoCD's namespace from", ITSELF, (server) => inAgents({ nfs: { server, path: "/" } })),
  ),
  ...refused("review", SOCKETS, {
    "a PersistentVolume whose handle is the socket": volume({
      csi: { driver: "any.csi.example", volumeHandle: "/var/run/docker.sock" },
    }),
  }),
  ...refused("review", HOST_PATHS, {
    "a FlexVolume": withVolume({ flexVolume: { driver: "example/driver" } }),
    "a gitRepo volume": withVolume({ gitRepo: { repository: "https://git.example/x" } }),
    "an inline volume of csi-hostpath": withVolume({ csi: { driver: "csi-hostpath" } }),
    "nfs from the node itself": withVolume({ nfs: { server: "127.0.0.1", path: "/" } }),
    "iscsi from localhost": withVolume({ iscsi: { targetPortal: "localhost:3260", iqn: "iqn.x", lun: 0 } }),
    "a PersistentVolume of csi-hostpath": volume({ csi: { driver: "hostpath.csi.k8s.io", volumeHandle: "x" } }),
    "a StorageClass without provisioner": storageClass("kubernetes.io/no-provisioner"),
    "a StorageClass of local-path": storageClass("rancher.io/local-path"),
    "a StorageClass of minikube's hostpath": storageClass("k8s.io/minikube-hostpath"),
    "a volume of the node by a CSI driver's other attribute": withVolume({
      csi: { driver: "iscsi.csi.k8s.io", volumeAttributes: { targetPortal: "127.0.0.1:3260" } },
    }),
    "a gitRepo volume that a chart adds": {
      apiVersion: "helm.toolkit.fluxcd.io/v2",
      kind: "HelmRelease",
      metadata: { name: "h", namespace: "shop" },
      spec: { values: { extraVolumes: [{ name: "v", gitRepo: { repository: "https://git.example/x" } }] } },
    },
  }),
  ...allowed("both", {
    "a PersistentVolume with local path /mnt/disks/ssd0 for somebody else": volume(
      { local: { path: "/mnt/disks/ssd0" } },
      "shop",
    ),
    "a PersistentVolume with hostPath /mnt/data that nobody claims yet": volume({ hostPath: { path: "/mnt/data" } }),
    "a PersistentVolume that is a disk, for GoCD's server": volume(
      { csi: { driver: "pd.csi.storage.gke.io", volumeHandle: "projects/p/zones/z/disks/d", fsType: "ext4" } },
      serverNamespace,
    ),
    "nfs from another host in GoCD's namespace": inAgents({ nfs: { server: "files.example", path: "/" } }),
    "nfs from a host whose name only starts like the node's own in GoCD's namespace": inAgents({
      nfs: { server: "localhost.files.example", path: "/" },
    }),
    "nfs by a CSI driver from another host in GoCD's namespace": inAgents({
      csi: { driver: "nfs.csi.k8s.io", volumeAttributes: { server: "10.0.0.2", share: "/" } },
    }),
  }),
  ...allowed("admission", {
    "a PersistentVolume for a block device of the node, for somebody else": volume(
      { local: { path: "/dev/sdb" } },
      "shop",
      { volumeMode: "Block" },
    ),
  }),
  ...allowed("review", {
    ...named("a StorageClass of", { "the PD CSI driver": storageClass("pd.csi.storage.gke.io") }),
    "a provisioner of something that is no StorageClass": {
      ...storageClass("rancher.io/local-path"),
      apiVersion: "example.com/v1",
      kind: "Thing",
    },
    "a property called gitRepo of something that is no volume": {
      apiVersion: "example.com/v1",
      kind: "Thing",
      metadata: { name: "t", namespace: agentsNamespace },
      spec: { source: { gitRepo: { repository: "x" }, nfs: { server: "127.0.0.1" } } },
    },
    "a chart's volume with a path inside it in GoCD's namespace": {
      apiVersion: "helm.toolkit.fluxcd.io/v2",
      kind: "HelmRelease",
      metadata: { name: "h", namespace: agentsNamespace },
      spec: { values: { extraVolumes: [{ name: "v", csi: { driver: "pd.csi.storage.gke.io" }, folder: "/data" }] } },
    },
    "a volume whose source is null in GoCD's namespace": inAgents({ emptyDir: {}, gitRepo: null, flexVolume: null }),
  }),
];
