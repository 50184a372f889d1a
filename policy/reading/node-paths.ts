import type { ResourceView } from "./resource-view";
import { DAEMON_VARIABLES } from "../tables/daemons";
import { isRecord, isUnknown, list, record, text, UNKNOWN_TEXT } from "./values";
import { hasHoles, filled } from "./text/holes";
import type { ObjectNode } from "./object-node";
import { FIELD_KEYS, isOfOperator, nodeFolders, readPathFields } from "./path-fields";
import { words } from "../tables/words";

/** A place where a resource names a path on a node. */
export interface NodePath {
  readonly node: ObjectNode;
  readonly key: string;
  /** Undefined while it is known only after up, or when it is no text. */
  readonly path: string | undefined;
  /** How the path is asked for, for the message. */
  readonly how: string;
  /** Whether the object says itself that this is a socket. */
  readonly saysSocket: boolean;
  /** `directory`: parents of a socket count; `exact`: only a socket itself does, because the text may mean something else. */
  readonly match: "directory" | "exact";
}

/** Properties without which an object, outside of a chart's values, asks for no path. */
const RELEVANT_KEYS = [
  ...words(`hostPath hostPaths sourcePath local source driverOpts driverOptions volumes binds volumeHandle`),
  ...FIELD_KEYS,
];

/** Properties in which paths have names of their own. */
const FREE_FORM = ["volumeAttributes", "values", "valuesObject", "valuesContent", "valuesInline"];

/** The objects of a resource that can ask for a path on a node. */
export function objectsWithPaths({ index }: ResourceView): Iterable<ObjectNode> {
  const anywhere =
    index.root.inValues ||
    [...index.withAnyKey(FREE_FORM)].length > 0 ||
    [...index.withAnyKey(["kind"])].some((node) => isOfOperator(node));
  return anywhere ? index.nodes : index.withAnyKey(RELEVANT_KEYS);
}

type AddPath = (key: string, path: unknown, how: string, match?: NodePath["match"], saysSocket?: boolean) => void;

/** Collects the paths of an object. */
function collected(resource: ResourceView, node: ObjectNode, read: (add: AddPath) => void): readonly NodePath[] {
  const found: NodePath[] = [];
  read((key, path, how, match = "directory", saysSocket = false) => {
    const known = text(path);
    const isMissing = known === undefined && !isUnknown(node.value[key]) && key !== "hostPath" && key !== "local";
    if (isMissing) return;
    found.push({
      node,
      key,
      path: known === undefined ? undefined : withoutHoles(known, resource),
      how,
      saysSocket,
      match,
    });
  });
  return found;
}

/** The paths of a volume, by the two properties that Kubernetes has for them. */
export function volumePaths(resource: ResourceView, node: ObjectNode): readonly NodePath[] {
  return collected(resource, node, (add) => {
    readHostPaths(node, "hostPath", add);
    readLocal(node, add);
  });
}

/** Every path on a node that an object asks for by itself, in any of the ways that the pack knows. */
export function nodePaths(resource: ResourceView, node: ObjectNode): readonly NodePath[] {
  const { value } = node;
  const tells =
    node.key === "volumeAttributes" || node.inValues || RELEVANT_KEYS.some((key) => key in value) || isOfOperator(node);
  if (!tells) return [];
  return collected(resource, node, (add) => {
    for (const key of HOST_PATH_KEYS) readHostPaths(node, key, add);
    readLocal(node, add);
    readBinds(node, add);
    readPathFields(node, add);
    readHandles(node, add);
    if (node.inValues && !isVariable(node)) readChartValues(node, add);
  });
}

const HOST_PATH_KEYS = ["hostPath", "hostPaths", "sourcePath"] as const;

function readHostPaths(node: ObjectNode, key: (typeof HOST_PATH_KEYS)[number], add: AddPath): void {
  if (!(key in node.value)) return;
  const given = node.value[key];
  for (const hostPath of Array.isArray(given) ? (given.flat() as readonly unknown[]) : [given]) {
    if (typeof hostPath === "string") add(key, hostPath, "host path");
    else if (isRecord(hostPath)) {
      const { path, type } = hostPath;
      const saysSocket = typeof type === "string" && /^(socket|chardevice|blockdevice)$/i.test(type);
      if (typeof path === "string") add(key, path, "host path", "directory", saysSocket);
      else if (isPodVolume(node) || isVolumeSpec(node)) add(key, undefined, "host path");
    }
  }
}

function readLocal(node: ObjectNode, add: AddPath): void {
  const local = node.value["local"];
  if (local !== undefined && local !== null && isVolumeSpec(node)) add("local", record(local)["path"], "local volume");
}

const BIND_KEYS = ["source", "path", "driverOpts", "driverOptions", "volumes", "binds"];

/** What containers are given outside of Kubernetes: mounts, devices of volumes, `source:target`. */
function readBinds({ value }: ObjectNode, add: AddPath): void {
  if (!BIND_KEYS.some((key) => key in value)) return;
  const type = text(value["type"]) ?? "";
  if (typeof value["source"] === "string" && /^(bind|npipe)$/i.test(type)) add("source", value["source"], "bind mount");
  if (typeof value["path"] === "string" && /^hostPath$/i.test(type)) add("path", value["path"], "host path");
  for (const key of ["driverOpts", "driverOptions"]) {
    if (isRecord(value[key])) add(key, value[key]["device"], "volume of the device");
  }
  for (const key of ["volumes", "binds"]) {
    for (const bind of list(value[key])) {
      // A path that starts with a dot is below the folder of whoever wrote it; one that leaves it is judged as it is.
      if (typeof bind === "string" && /^(?!\.[/\\](?!.*\.\.))[^:]*[/\\]/.test(bind))
        add(key, boundPath(bind), "bind mount");
    }
  }
}

/** What drivers of volumes are told. */
function readHandles({ key: holder, value }: ObjectNode, add: AddPath): void {
  if (startsAtRoot(value["volumeHandle"])) add("volumeHandle", value["volumeHandle"], "volume handle");
  if (holder !== "volumeAttributes") return;
  for (const [key, path] of nodeFolders(value)) add(key, path, "volume attribute");
  for (const key of Object.keys(value)) if (startsAtRoot(value[key])) add(key, value[key], "volume attribute", "exact");
}

function readChartValues({ value }: ObjectNode, add: AddPath): void {
  for (const key of Object.keys(value)) {
    if (INSIDE_CONTAINERS.includes(key)) continue;
    for (const member of [value[key]].flat()) {
      if (startsAtRoot(member)) add(key, boundPath(member), "chart value", "exact");
    }
  }
}

/** A path with what its holes have by default, or by a parameter that the resource declares; as it is otherwise. */
function withoutHoles(path: string, { index }: ResourceView): string {
  if (!/[$<{]/.test(path) || (!hasHoles(path) && !path.includes("$("))) return path;
  const named = path.replace(/\{\{[^{}]*?(\w+)\s*\}\}|\$\{(\w+)\}|\$\(([\w.]+)\)/g, (hole, ...names: unknown[]) => {
    const name = names.slice(0, 3).find((each) => typeof each === "string");
    return index.parameters().get(String(name).replace(/^.*\./, "")) ?? hole;
  });
  const known = filled(named);
  return known.includes(UNKNOWN_TEXT) ? named : known;
}

/** Properties of a chart's values that are about the inside of containers, or are judged by themselves. */
const INSIDE_CONTAINERS: readonly string[] = ["mountPath", "hostPath", "command", "args", ...DAEMON_VARIABLES];

/** Whether an object is an environment variable, whose paths are inside its container. */
export function isVariable({ key, value }: ObjectNode): boolean {
  return /env(vars?)?$/i.test(key) && "name" in value;
}

/** Whether an object is a member of a pod's list of volumes, or of one that a chart adds to it. */
export function isPodVolume(node: ObjectNode): boolean {
  return /volumes$/i.test(node.key) && node.index !== undefined;
}

/** Whether an object is the specification of a PersistentVolume. */
export function isVolumeSpec(node: ObjectNode): boolean {
  if (node.key !== "spec") return false;
  if (/^PersistentVolume(Patch)?$/.test(text(node.owner.value["kind"]) ?? "")) return true;
  return ["capacity", "claimRef", "nodeAffinity", "persistentVolumeReclaimPolicy"].some((key) => key in node.value);
}

function startsAtRoot(value: unknown): value is string {
  return typeof value === "string" && value.length < 4096 && /^\s*((unix|npipe):)?[/\\]/i.test(value);
}

/** The node's side of `source:target[:options]`; the colon of a drive or a scheme is no separator. */
function boundPath(bind: string): string {
  return /^\s*((unix|npipe|[a-z]):[/\\][^:]*|[^:]*)/i.exec(bind)?.[0] ?? bind;
}
