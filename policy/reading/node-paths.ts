import type { ResourceView } from "./resource-view";
import { DAEMON_VARIABLES } from "../tables/daemons";
import { isRecord, isUnknown, list, record, text } from "./values";
import type { ObjectNode } from "./object-node";

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
  "hostPath",
  "hostPaths",
  "sourcePath",
  "local",
  "source",
  "driverOpts",
  "driverOptions",
  "volumes",
  "binds",
  "volumeHandle",
];

/** Properties in which paths have names of their own. */
const FREE_FORM = ["volumeAttributes", "values", "valuesObject", "valuesContent", "valuesInline"];

/** The objects of a resource that can ask for a path on a node. */
export function objectsWithPaths({ type, index }: ResourceView): Iterable<ObjectNode> {
  const anywhere = type.startsWith("command:") || index.root.inValues || [...index.withAnyKey(FREE_FORM)].length > 0;
  return anywhere ? index.nodes : index.withAnyKey(RELEVANT_KEYS);
}

/** Every path on a node that an object asks for by itself, in any of the ways that the pack knows. */
export function nodePaths(resource: ResourceView, node: ObjectNode): readonly NodePath[] {
  const { value } = node;
  const isCommand = resource.type.startsWith("command:");
  const tells =
    node.key === "volumeAttributes" || node.inValues || isCommand || RELEVANT_KEYS.some((key) => key in value);
  if (!tells) return [];
  const found: NodePath[] = [];
  const add = (key: string, path: unknown, how: string, match: NodePath["match"] = "directory", saysSocket = false) => {
    found.push({ node, key, path: text(path), how, saysSocket, match });
  };

  for (const key of ["hostPath", "hostPaths", "sourcePath"]) {
    for (const hostPath of [value[key]].flat()) {
      if (typeof hostPath === "string") add(key, hostPath, "host path");
      else if (isRecord(hostPath)) {
        const { path, type } = hostPath;
        const saysSocket = /^(socket|chardevice|blockdevice)$/i.test(text(type) ?? "");
        if (typeof path === "string") add(key, path, "host path", "directory", saysSocket);
        else if (isPodVolume(node) || isVolumeSpec(node)) add(key, undefined, "host path");
      }
    }
  }
  if (isVolumeSpec(node) && value["local"] !== undefined && value["local"] !== null) {
    add("local", record(value["local"])["path"], "local volume");
  }
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
  if (startsAtRoot(value["volumeHandle"])) add("volumeHandle", value["volumeHandle"], "volume handle", "exact");
  if (node.key === "volumeAttributes") {
    for (const key of Object.keys(value))
      if (startsAtRoot(value[key])) add(key, value[key], "volume attribute", "exact");
  }
  if (node.inValues && !isVariable(node)) {
    for (const key of Object.keys(value)) {
      if (INSIDE_CONTAINERS.includes(key)) continue;
      for (const member of [value[key]].flat()) {
        if (startsAtRoot(member)) add(key, boundPath(member), "chart value", "exact");
      }
    }
  }
  if (isCommand) {
    for (const key of Object.keys(value)) {
      const line = [value[key]].flat().flatMap((word) => text(word) ?? []);
      for (const path of boundByCommand(line.join(" "))) add(key, path, "bind mount of the command");
    }
  }
  return found.filter(
    ({ path, key }) => path !== undefined || isUnknown(value[key]) || key === "hostPath" || key === "local",
  );
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

/** Node paths that a shell command mounts into a container. */
function boundByCommand(command: string): readonly string[] {
  const volumes = command.matchAll(/(?:^|\s)(?:-[a-z]*v|--volume)[=\s]*["']?((?:[a-z]:)?[/\\][^:\s"']*):/gi);
  const devices = command.matchAll(/\s--device[=\s]["']?(\/[^:\s"']*)/g);
  const mounts = command.matchAll(/(?:^|[\s,"'=])(?:source|src)=["']?((?:[a-z]:)?[/\\][^,\s"']*)/gi);
  return [...volumes, ...devices, ...mounts].map((match) => match[1] ?? "");
}
