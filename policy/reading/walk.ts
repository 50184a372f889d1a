import { parseAllDocuments } from "yaml";
import { DESCRIPTIONS } from "../tables/kinds";
import { groupOf, makeNode, type ObjectNode } from "./object-node";
import { isRecord, isUnknown, list, rawProperties, text, UNKNOWN_TEXT } from "./values";

/** Everything that was found in one resource. */
export interface ResourceIndex {
  /** The resource's own properties. */
  readonly root: ObjectNode;
  /** Every object, the root first. */
  readonly nodes: readonly ObjectNode[];
  /** The objects that have one of these properties. */
  readonly withAnyKey: (keys: readonly string[]) => Iterable<ObjectNode>;
  /** Properties, or members of lists, that are known only after up. */
  readonly unknowns: readonly { readonly node: ObjectNode; readonly key: string }[];
  /** Texts that hold something to judge but cannot be parsed; each with the object it stands in and its property. */
  readonly unreadable: readonly { readonly node: ObjectNode; readonly key: string; readonly why: string }[];
}

/** Manifests inside manifests inside manifests: real ones nest twice (a ConfigMap in a List in a ConfigMap). */
const MAX_TEXT_DEPTH = 5;

/** A Kubernetes object cannot be larger than 1.5 MiB; a longer text is no manifest, and parsing YAML takes a second a MiB. */
const maxTextLength = 3 * 1024 * 1024;

const LOOKS_LIKE_MANIFEST =
  /(?:^|[\s{,"'-])["']?(?:kind|op|hostPath|sourcePath|containers|volumes|privileged|hostNetwork|hostPID|hostIPC)["']?\s*:/;
/** A text in which the words above may be spelled in another way. */
const HIDES_WORDS = /^\s*[[{]|\\[xuU][0-9a-fA-F]{2}/;
const LOOKS_DANGEROUS = /\b(?:hostPath|privileged|hostNetwork|hostPID|hostIPC|hostProcess)\b|docker_engine|\w\.sock\b/;

/** Looks at an object that several places share, which YAML's anchors make; more than the aliases that the parser allows. */
const MAX_LOOKS = 128;

/**
 * Finds every object inside a resource's properties, at any depth, through lists of lists, cycles and manifests written
 * as text. Uses no recursion, so that nesting cannot exhaust the stack, and never throws.
 */
export function walk(type: string, properties: object): ResourceIndex {
  const root = makeNode(identified(type, rawProperties(properties)), { key: "" });
  const unreadable: { readonly node: ObjectNode; readonly key: string; readonly why: string }[] = [];
  const unknowns: { readonly node: ObjectNode; readonly key: string }[] = [];
  const looks = new Map<unknown, number>();
  const nodes: ObjectNode[] = [];
  const byKey = new Map<string, ObjectNode[]>();
  const open: { readonly node: ObjectNode; readonly depth: number }[] = [{ node: root, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, depth } = next;
    nodes.push(node);
    const encoded = isEncoded(node);
    const patched = patchedBy(node.value);
    if (patched !== undefined) open.push({ node: makeNode(patched, { key: "value", parent: node }), depth });
    for (const key of Object.keys(node.value)) {
      if (describesOnly(node, key) || (patched !== undefined && key === "value")) continue;
      const holders = byKey.get(key);
      if (holders === undefined) byKey.set(key, [node]);
      else holders.push(node);
      const pending: { readonly value: unknown; readonly index: number | undefined }[] = [
        { value: property(node.value, key), index: undefined },
      ];
      for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
        const { value, index } = item;
        if (typeof value === "string") {
          if (isUnknown(value)) unknowns.push({ node, key });
          const body = encoded ? decoded(value) : value;
          if (body.length < 10 || key === "description" || !mayBeManifest(body, key)) continue;
          const { documents, why } = depth < MAX_TEXT_DEPTH ? parsed(body) : TOO_DEEP;
          for (const document of documents) {
            const object = Array.isArray(document) ? { items: document } : document;
            if (isRecord(object))
              open.push({ node: makeNode(object, { key, index, parent: node, isDocument: true }), depth: depth + 1 });
          }
          if (why !== undefined && LOOKS_DANGEROUS.test(body)) unreadable.push({ node, key, why });
        } else if (typeof value === "object" && value !== null) {
          const before = looks.get(value) ?? 0;
          if (before === MAX_LOOKS) continue;
          looks.set(value, before + 1);
          if (Array.isArray(value)) {
            for (let i = value.length - 1; i >= 0; i--) pending.push({ value: value[i] as unknown, index: index ?? i });
          } else {
            const object = key === "items" ? memberOf(node.value, value) : value;
            open.push({ node: makeNode(object as Record<string, unknown>, { key, index, parent: node }), depth });
          }
        }
      }
    }
  }
  const withAnyKey = (keys: readonly string[]) => new Set(keys.flatMap((key) => byKey.get(key) ?? []));
  return { root, nodes, withAnyKey, unknowns, unreadable };
}

/** A Kubernetes resource's properties with the kind and version that its type token gives, where it leaves them out. */
function identified(type: string, properties: Record<string, unknown>): Record<string, unknown> {
  const [, version, kind] = /^kubernetes:([^:]+):([^:]+)$/.exec(type) ?? [];
  if (version === undefined || typeof properties["kind"] === "string") return properties;
  return Object.assign(properties, { kind, apiVersion: version.replace(/^core\//, "") });
}

/** A member of a typed list, with the kind and version that the list gives, where it leaves them out. */
function memberOf(holder: ObjectNode["value"], member: object): object {
  const kind = /^(\w+)List$/.exec(text(holder["kind"]) ?? "")?.[1];
  if (kind === undefined || "kind" in member) return member;
  return Object.assign(rawProperties(member), { kind, apiVersion: holder["apiVersion"] });
}

/** What a JSON patch (RFC 6902) would add, in its place: `/spec/hostPID` makes `{spec: {hostPID: …}}`. */
function patchedBy(operation: ObjectNode["value"]): Record<string, unknown> | undefined {
  const { op, path } = operation;
  if ((op !== "add" && op !== "replace") || typeof path !== "string" || !path.startsWith("/")) return undefined;
  const steps = path.split("/").slice(1, 64);
  return steps.reduceRight<unknown>(
    (inner, step) => (/^(\d+|-)$/.test(step) ? [inner] : { [step.replaceAll("~1", "/").replaceAll("~0", "~")]: inner }),
    property(operation, "value"),
  ) as Record<string, unknown>;
}

/** Whether an object's texts are base64. */
export function isEncoded({ key, parent }: ObjectNode): boolean {
  const kind = text(parent?.value["kind"])?.replace(/Patch$/, "");
  return (kind === "Secret" && key === "data") || (kind === "ConfigMap" && key === "binaryData");
}

/** A property's value without calling an accessor. */
function property(value: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(value, key)?.value as unknown;
}

/** Whether nothing below `key` can ever run, because the object only describes what others may do. */
function describesOnly({ owner }: ObjectNode, key: string): boolean {
  return (
    owner.standsAlone &&
    DESCRIPTIONS.some(
      (each) => owner.value["kind"] === each.kind && (each.key ?? key) === key && groupOf(owner.value) === each.group,
    )
  );
}

/** A base64 text as text; nothing while it is not known. */
export function decoded(value: string): string {
  return isUnknown(value) ? "" : Buffer.from(value, "base64").toString("utf8");
}

function mayBeManifest(body: string, key: string): boolean {
  return LOOKS_LIKE_MANIFEST.test(body) || HIDES_WORDS.test(body) || /daemon\.json$/.test(key);
}

/** The documents of a text, and what keeps them from being all that it says. */
interface Parsed {
  readonly documents: readonly unknown[];
  readonly why?: string;
}

const TOO_DEEP: Parsed = { documents: [], why: "text nested too deep in texts" };
const INVALID: Parsed = { documents: [], why: "text that is not valid YAML" };

function parsed(body: string): Parsed {
  if (body.length > maxTextLength) return { documents: [], why: "text too long for a manifest" };
  try {
    return { documents: [JSON.parse(body) as unknown] };
  } catch {
    // YAML, then.
  }
  const documents = parsedYaml(body);
  if (documents === undefined) {
    // What stands in a template can be read all the same; what the template puts in is not known yet.
    const plain = body.replace(/^[ \t]*\{\{[^{}\n]*\}\}[ \t]*$/gm, "").replace(/\{\{[^{}\n]*\}\}/g, UNKNOWN_TEXT);
    return plain === body ? INVALID : { ...INVALID, documents: parsedYaml(plain) ?? [] };
  }
  return documents.some((document) => typeof document === "string") ? { ...INVALID, documents } : { documents };
}

function parsedYaml(body: string): readonly unknown[] | undefined {
  try {
    const documents = parseAllDocuments(body, { logLevel: "silent", uniqueKeys: false, merge: true });
    const broken = list(documents).some(
      (document) => list((document as { readonly errors?: unknown }).errors).length > 0,
    );
    return broken
      ? undefined
      : list(documents).map((document) => (document as { readonly toJS: () => unknown }).toJS());
  } catch {
    return undefined;
  }
}
