import { SOCKETS } from "../../policy/tables/paths";
import { NODE_DRIVERS, NODE_ITSELF } from "../../policy/tables/volumes";
import { type Rule, servedByNode } from "./admission-pods";
import { either, listOf, quoted } from "./cel";

export interface VolumeArgs {
  readonly serverNamespace: string;
  readonly agentsNamespace: string;
  readonly nodeVolumes?: "refuse" | "allow";
}

/** Volumes of the whole cluster: sockets for nobody; for GoCD's claims nothing that is the node's. */
export function volumeRules({ serverNamespace, agentsNamespace, nodeVolumes = "refuse" }: VolumeArgs): readonly Rule[] {
  const mine = `has(object.spec.claimRef) && has(object.spec.claimRef.namespace) && object.spec.claimRef.namespace in ${listOf([serverNamespace, agentsNamespace])}`;
  const nodes = either([
    ...(nodeVolumes === "refuse" ? ["has(object.spec.hostPath)", "has(object.spec.local)"] : []),
    "has(object.spec.flexVolume)",
    `has(object.spec.csi) && object.spec.csi.driver in ${listOf(NODE_DRIVERS)}`,
    servedByNode("object.spec.csi"),
    `has(object.spec.nfs) && object.spec.nfs.server.lowerAscii().matches(${quoted(NODE_ITSELF)})`,
    `has(object.spec.iscsi) && object.spec.iscsi.targetPortal.lowerAscii().matches(${quoted(NODE_ITSELF)})`,
  ]);
  return [
    {
      offenders: `(${Object.entries(PATHS).map(paths).join(" + ")}).filter(p, ${isSocket("p")})`,
      message: "a volume may not hold the socket of a container runtime, nor a directory above one",
    },
    {
      offenders: `(${mine}) && (${nodes}) ? ['the volume for ' + object.spec.claimRef.namespace] : []`,
      message: "claims of GoCD are bound to disks of their own, not to directories of a node",
    },
  ];
}

/** Where a source of a volume names a path of the node; a driver's handle may be one. */
const PATHS = { hostPath: "path", local: "path", csi: "volumeHandle" };

/** The path of a source, in the one spelling of the tables: no doubled slashes, no dots, lower case. */
function paths([source, property]: readonly [string, string]): string {
  const path = `object.spec.${source}.${property}`;
  const segments = `${path}.lowerAscii().split('/').filter(s, s != '' && s != '.')`;
  // Most handles are no paths.
  const isPath = source === "csi" ? ` && ${path}.startsWith('/')` : "";
  return `(has(object.spec.${source})${isPath} ? ['/' + ${segments}.join('/')] : [])`;
}

/** Whether a path is a socket, or a directory above one; `*` of the tables is one segment. */
function isSocket(path: string): string {
  const spellings = SOCKETS.flatMap((socket) => [
    socket.path,
    ...(socket.path.startsWith("/run/") ? [`/var${socket.path}`] : []),
  ]);
  const plain = spellings.filter((spelling) => !spelling.includes("*"));
  // Somebody's home directory may well be a volume; only the sockets in it, which end in .sock, are refused here.
  const patterns = spellings.filter((spelling) => spelling.includes("*") && spelling.includes("/run/user/"));
  const above = (socket: string) =>
    `${socket} == ${path} || ${socket}.startsWith(${path} == '/' ? '/' : ${path} + '/') || ${path}.startsWith(${socket} + '/')`;
  return either([
    `${path} == '/' || ${path}.endsWith('.sock')`,
    `${listOf(plain)}.exists(k, ${above("k")})`,
    `${path}.matches(${quoted(parentsPattern(patterns))})`,
  ]);
}

/** An expression for paths with `*`: each segment after the first needs the ones before it. */
function parentsPattern(patterns: readonly string[]): string {
  const one = (pattern: string) => {
    const segments = pattern
      .split("/")
      .slice(1)
      .map((segment) => (segment === "*" ? "[^/]+" : segment.replace(/\./g, "\\.")));
    return segments.reduceRight(
      (inner, segment, i) => (i === 0 ? `/${segment}${inner}` : `(/${segment}${inner})?`),
      "(/.*)?",
    );
  };
  return `^(${patterns.map((pattern) => one(pattern)).join("|")})$`;
}
