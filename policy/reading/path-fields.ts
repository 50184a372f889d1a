import { DAEMON_VARIABLES } from "../tables/daemons";
import { BUILT_IN_GROUPS } from "../tables/kinds";
import {
  HARMLESS_DEVICES,
  LEFT_OPEN,
  NODE_CONFIGURATION,
  NRI_ANNOTATIONS,
  RUNTIME_ANNOTATIONS,
  SOCKET_FIELDS,
} from "../tables/operators";
import { groupOf, type ObjectNode } from "./object-node";
import { isRuntimeSocket } from "./paths";
import { isOneOf, isRecord, list, record, text } from "./values";
import { words } from "../tables/words";

/** Takes a path that an object asks for under a property, and how it asks. */
export type Add = (key: string, path: unknown, how: string, match?: "directory" | "exact") => void;

/** Properties of which one stands where these readers find something. */
export const FIELD_KEYS: readonly string[] = words(
  `host annotations podAnnotations workingDir parameters nodePathMap sharedFileSystemPath grantPermissions path`,
);

const OTHER_KEYS = FIELD_KEYS.filter((key) => key !== "path");

/** Paths in fields that only a tool, a driver or a runtime knows for paths of the node. */
export function readPathFields(node: ObjectNode, add: Add): void {
  const { value, key } = node;
  if (key === "items") readNriLists(node, add);
  if (isOfOperator(node)) readOperatorFields(node, add);
  // Most objects that come here have a path and nothing else.
  if (!OTHER_KEYS.some((each) => each in value)) return;
  const host = record(value["host"])["path"];
  // Drone's volumes.
  if (key === "volumes" && typeof host === "string") add("host", host, "host path");
  for (const grant of list(value["grantPermissions"])) {
    const { name, values } = record(grant);
    if (isOneOf(["mount", "device"], name))
      for (const path of list(values)) add("grantPermissions", path, `a grant of the ${name}`);
  }
  const workingDir = text(value["workingDir"]);
  if (workingDir !== undefined && new RegExp(LEFT_OPEN).test(workingDir))
    add("workingDir", workingDir, "working directory");
  readAnnotations(value, add);
  readStorage(node, add);
}

/** Where OpenEBS keeps the parameters of a storage class, as pairs of name and value in YAML. */
const OPENEBS = "cas.openebs.io/config";
const BASE_PATH = /\bname:[ \t]*["']?BasePath["']?\s+value:[ \t]*["']?([^"'\s]+)/;

function readAnnotations(value: ObjectNode["value"], add: Add): void {
  for (const key of ["annotations", "podAnnotations"]) {
    for (const [name, given] of Object.entries(record(value[key]))) {
      const annotation = RUNTIME_ANNOTATIONS.find((each) => each.name.test(name));
      const said = text(given);
      const where = `${key}.${name}`;
      const folder = name === OPENEBS ? BASE_PATH.exec(said ?? "")?.[1] : undefined;
      if (folder !== undefined) add(where, folder, "the provisioner's folder");
      if (annotation === undefined || said === undefined) continue;
      if (annotation.is === "path") add(where, said, annotation.what);
      if (annotation.is === "devices") {
        for (const device of said.split(",").map((each) => each.trim().replace(/:.*$/, "")))
          if (!HARMLESS_DEVICES.includes(device)) add(where, device, annotation.what);
      }
    }
  }
}

/** Keys under which a driver is told a directory of the node; another path may be one of a server. */
const NODE_KEYS = /node|host|local|base_?path|^path$|^dir(ectory)?$|^source$/i;
const SERVER_KEYS = ["server", "share", "fsName", "clusterID", "fileSystemId", "bucketName", "volumeName"];

/** Folders of the node in parameters of a storage class, and in what provisioners are configured with. */
function readStorage({ value, owner }: ObjectNode, add: Add): void {
  const parameters = record(value["parameters"]);
  if (/^StorageClass(Patch)?$/.test(text(owner.value["kind"]) ?? "") && owner.value === value) {
    for (const [key, path] of nodeFolders(parameters)) add(`parameters.${key}`, path, "the class's parameter");
  }
  for (const entry of list(value["nodePathMap"]))
    for (const path of list(record(entry)["paths"])) add("nodePathMap", path, "the provisioner's folder");
  if (typeof value["sharedFileSystemPath"] === "string")
    add("sharedFileSystemPath", value["sharedFileSystemPath"], "the provisioner's folder");
}

/** Attributes that are paths of the node: what has a server besides is a path of the server. */
export function nodeFolders(attributes: Readonly<Record<string, unknown>>): readonly (readonly [string, string])[] {
  if (SERVER_KEYS.some((key) => key in attributes)) return [];
  return Object.entries(attributes).flatMap(([key, path]) =>
    typeof path === "string" && /^[/\\](?![/\\])/.test(path) && NODE_KEYS.test(key) ? [[key, path] as const] : [],
  );
}

/** Devices and mounts that NRI's plug-ins inject, from annotations in YAML. */
function readNriLists({ value, parent }: ObjectNode, add: Add): void {
  const annotation = parent?.key ?? "";
  if (NRI_ANNOTATIONS.devices.test(annotation)) {
    const path = text(value["path"]) ?? "";
    if (!HARMLESS_DEVICES.includes(path)) add("path", path, "the device");
  }
  if (NRI_ANNOTATIONS.mounts.test(annotation)) add("source", value["source"], "the mount of");
}

/** Whether an object belongs to an operator, which may mount what its fields name. */
export function isOfOperator({ owner }: ObjectNode): boolean {
  if (typeof owner.value["kind"] !== "string") return false;
  const group = groupOf(owner.value);
  return (
    !BUILT_IN_GROUPS.has(group) &&
    /\./.test(group) &&
    !/(^|\.)k8s\.io$|^helm\.sh$/.test(group) &&
    !NODE_CONFIGURATION.test(group)
  );
}

/** Sockets of runtimes that a custom resource names for its operator. */
function readOperatorFields(node: ObjectNode, add: Add): void {
  if (isInsideContainer(node)) return;
  const { value } = node;
  const name = text(value["name"]);
  if (name !== undefined && /env$/i.test(node.key)) {
    const given = text(value["value"]) ?? "";
    if (/sock/i.test(name) && !DAEMON_VARIABLES.includes(name) && isRuntimeSocket(given))
      add("value", given, "the operator's socket");
    return;
  }
  for (const [key, given] of Object.entries(value)) {
    if (!SOCKET_FIELDS.test(key) || DAEMON_VARIABLES.includes(key) || typeof given !== "string") continue;
    if (/^\s*((unix|npipe):)?[/\\]/.test(given) && isRuntimeSocket(given)) add(key, given, "the operator's socket");
  }
}

/** Whether an object stands in the definition of a container, where paths are the container's own. */
function isInsideContainer(node: ObjectNode): boolean {
  for (let at: ObjectNode | undefined = node; at !== undefined && at !== node.owner; at = at.parent) {
    if (/(containers|steps|sidecars|volumeMounts|container|script)$/i.test(at.key)) return true;
    if (isRecord(at.value["securityContext"]) && "image" in at.value && "command" in at.value) return true;
  }
  return false;
}
