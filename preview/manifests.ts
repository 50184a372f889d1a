import { Document, visit } from "yaml";
import { HIDDEN, printable } from "./escape";
import { isKubernetesObject, type Registration } from "./run/registration";
import { isObject, isSecret, mapOf, readable, readableMap, textOf, type WireObject, type WireValue } from "./run/wire";

/** One Kubernetes object as a file. */
export interface Manifest {
  /** Path below the output directory: `<namespace>/<kind>-<name>.yaml`; objects outside namespaces lie in `_cluster/`, which no namespace can be called. */
  readonly file: string;
  readonly urn: string;
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty for objects outside namespaces. */
  readonly namespace: string;
  readonly name: string;
  /** The object; unknown and secret values as placeholders. */
  readonly object: WireObject;
}

/** Folder of the objects that have no namespace. */
const CLUSTER_FOLDER = "_cluster";

/** These come first in a Kubernetes object, the rest follows in alphabetical order. */
const FIRST_KEYS = ["apiVersion", "kind", "metadata"];

/**
 * The Kubernetes objects among the resources, sorted by file.
 *
 * @throws {Error} when two resources describe the same object, of which a cluster can hold only one
 */
export function manifests(registrations: readonly Registration[]): Manifest[] {
  const objects = registrations.filter(isKubernetesObject).map(manifest);
  const byFile = new Map<string, Manifest>();
  for (const object of objects) {
    const taken = byFile.get(object.file);
    if (taken !== undefined)
      throw new Error(`${taken.urn} and ${object.urn} describe the same object (${object.file}).`);
    byFile.set(object.file, object);
  }
  return [...byFile.values()].sort((a, b) => (a.file < b.file ? -1 : 1));
}

/**
 * A value as YAML in which key order, quoting and line breaks depend on nothing but the value. Quoted so that readers
 * of YAML 1.1, `kubectl` among them, see strings where there are strings (`on`, `0644`).
 *
 * @param first outermost keys that come first, in this order
 */
export function toYaml(value: WireValue, first: readonly string[] = FIRST_KEYS): string {
  const document = new Document(sortKeys(value, first), { version: "1.1", aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === "string" && HIDDEN.test(node.value)) node.type = "QUOTE_DOUBLE";
    },
  });
  return printable(document.toString({ lineWidth: 0 }));
}

function manifest({ urn, inputs }: Registration): Manifest {
  const metadata = readableMap(mapOf(inputs["metadata"]));
  const [apiVersion, kind, namespace, name] = [
    textOf(inputs["apiVersion"]),
    textOf(inputs["kind"]),
    textOf(metadata["namespace"]),
    textOf(metadata["name"]),
  ];
  const folder = namespace === "" ? CLUSTER_FOLDER : namespace;
  const file = `${fileName(folder)}/${fileName(`${kind}${ownGroup(apiVersion)}-${name}`)}.yaml`;
  return { file, urn, apiVersion, kind, namespace, name, object: visible(inputs) };
}

/** Kinds of Kubernetes itself are unique; custom ones may share theirs with others and are distinguished by their group. */
function ownGroup(apiVersion: string): string {
  const [group = ""] = apiVersion.split("/");
  return !group.includes(".") || group.endsWith(".k8s.io") ? "" : `.${group}`;
}

/** The object with placeholders. A Secret shows the names of what it holds, since pods and people refer to them. */
function visible(inputs: WireObject): WireObject {
  if (inputs["kind"] !== "Secret") return readableMap(inputs);
  return Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => [
      key,
      key === "data" || key === "stringData" ? keysOnly(value) : readable(value),
    ]),
  );
}

function keysOnly(value: WireValue): WireValue {
  const content = isSecret(value) ? value["value"] : undefined;
  if (!isObject(content)) return readable(value);
  return Object.fromEntries(
    Object.entries(content).map(([key, child]) => [
      key,
      readable(isSecret(value) ? { ...value, value: child } : child),
    ]),
  );
}

function sortKeys(value: WireValue, first: readonly string[] = []): WireValue {
  if (typeof value !== "object" || value === null) return value;
  if (!isObject(value)) return value.map((child) => sortKeys(child));
  const rank = (key: string) => (first.includes(key) ? first.indexOf(key) : first.length);
  const keys = Object.keys(value).sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return Object.fromEntries(keys.map((key) => [key, sortKeys(value[key] ?? null)]));
}

/** Names of Kubernetes objects are lower case already; what a file system could stumble over is replaced. */
function fileName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, "_")
    .replace(/^\.+/, "_");
}
