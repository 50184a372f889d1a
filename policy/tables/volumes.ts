// Volumes that lead to the node without saying hostPath. Plain data.
import { words } from "./words";

/** CSI drivers that hand out directories or sockets of the node. */
export const NODE_DRIVERS: readonly string[] =
  words(`hostpath.csi.k8s.io csi-hostpath hostpath.csi.kubevirt.io kubevirt.io.hostpath-provisioner local.csi.openebs.io
  csi.nodepath.io local.csi.alibabacloud.com`);

/** Provisioners whose volumes are directories or disks of the node. */
export const NODE_PROVISIONERS: readonly string[] = [
  "kubernetes.io/no-provisioner",
  "rancher.io/local-path",
  "k8s.io/minikube-hostpath",
  "docker.io/hostpath",
  "microk8s.io/hostpath",
  "openebs.io/local",
  "kubernetes.io/host-path",
  ...NODE_DRIVERS,
];

/** Volume sources that are refused whatever they point to. */
export const REFUSED_SOURCES: Readonly<Record<string, string>> = {
  flexVolume: "a FlexVolume, a program that runs as root on the node",
  gitRepo: "a gitRepo volume, for which git runs as root on the node",
};

/**
 * Servers of nfs and iscsi volumes that are the node itself, in a syntax that JavaScript and RE2 share. Resolvers take an
 * address of fewer than four numbers, or of octal or hexadecimal ones, for the same as one of four.
 */
export const NODE_ITSELF =
  "^((.*\\.)?localhost(\\.localdomain)?\\.?|ip6-(localhost|loopback)|(127|0x7f|0177|0|169\\.254)(\\.[0-9a-fx.]+)?|0x7f[0-9a-f]{6}|213070[0-9]{4}|\\[?(::|(0+:)+:?)(ffff:)?(0*1|127\\.[0-9.]+)?\\]?)(:[0-9]+)?$";

/** Attributes by which CSI drivers are told the server of a volume. */
export const SERVER_ATTRIBUTES: readonly string[] = ["server", "targetPortal"];
