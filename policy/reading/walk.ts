import { parseAllDocuments } from "yaml";
import { descriptions } from "../tables/kinds";
import { isRecord, isUnknown, list, rawProperties, record, text } from "./values";

/** One object somewhere inside a resource, with the way to it. */
export interface Site {
  readonly value: Readonly<Record<string, unknown>>;
  /** The property that holds it; for a member of a list, the list's property. Empty at the root. */
  readonly key: string;
  /** Its place in the list, if it is a member of one. */
  readonly index: number | undefined;
  readonly parent: Site | undefined;
  /** The nearest object around it, or itself, that says what it is (kind and version); the root otherwise. */
  readonly owner: Site;
  /** Whether it is part of a chart's values, which only the chart knows how to read. */
  readonly inValues: boolean;
}

/** Everything that was found in one resource. */
export interface Walked {
  /** The resource's own properties. */
  readonly root: Site;
  /** Every object, the root first. */
  readonly sites: readonly Site[];
  /** The objects that have one of these properties. */
  readonly having: (keys: readonly string[]) => Iterable<Site>;
  /** Properties, or members of lists, that are known only after up. */
  readonly unknowns: readonly { readonly site: Site; readonly key: string }[];
  /** Texts that hold something to judge but cannot be parsed; each with the object it stands in and its property. */
  readonly unreadable: readonly { readonly site: Site; readonly key: string; readonly why: string }[];
}

/** Manifests inside manifests inside manifests: real ones nest twice (a ConfigMap in a List in a ConfigMap). */
const maxTextDepth = 5;

/** A Kubernetes object cannot be larger than 1.5 MiB; a longer text is no manifest, and parsing YAML takes a second a MiB. */
const maxTextLength = 3 * 1024 * 1024;

const looksLikeManifest = /(?:^|[\s{,"'-])["']?(?:kind|hostPath|containers)["']?\s*:/;
const looksDangerous = /\b(?:hostPath|privileged|hostNetwork|hostPID|hostIPC|hostProcess)\b|docker_engine|\w\.sock\b/;

/**
 * Finds every object inside a resource's properties, at any depth, through lists of lists, cycles and manifests written
 * as text. Uses no recursion, so that nesting cannot exhaust the stack, and never throws.
 */
export function walk(type: string, properties: object): Walked {
  const root = makeSite(identified(type, rawProperties(properties)), "", undefined, undefined);
  const unreadable: { site: Site; key: string; why: string }[] = [];
  const unknowns: { site: Site; key: string }[] = [];
  const seen = new Set<unknown>();
  const sites: Site[] = [];
  const byKey = new Map<string, Site[]>();
  const open: { site: Site; depth: number }[] = [{ site: root, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { site, depth } = next;
    sites.push(site);
    const secret = record(site.parent?.value)["kind"] === "Secret" && site.key === "data";
    for (const key of Object.keys(site.value)) {
      if (describesOnly(site, key)) continue;
      const holders = byKey.get(key);
      if (holders === undefined) byKey.set(key, [site]);
      else holders.push(site);
      const pending: { value: unknown; index: number | undefined }[] = [
        { value: property(site.value, key), index: undefined },
      ];
      for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
        const { value, index } = item;
        if (typeof value === "string") {
          if (isUnknown(value)) unknowns.push({ site, key });
          const body = secret ? decoded(value) : value;
          if (body.length < 16 || key === "description" || !(looksLikeManifest.test(body) || /daemon\.json$/.test(key)))
            continue;
          const documents = depth < maxTextDepth ? parsed(body) : "text nested too deep in texts";
          if (typeof documents !== "string") {
            for (const document of documents) {
              if (isRecord(document)) open.push({ site: makeSite(document, key, index, site), depth: depth + 1 });
              else if (Array.isArray(document))
                open.push({ site: makeSite({ items: document }, key, index, site), depth: depth + 1 });
            }
          } else if (looksDangerous.test(body)) unreadable.push({ site, key, why: documents });
        } else if (typeof value === "object" && value !== null && !seen.has(value)) {
          seen.add(value);
          if (Array.isArray(value)) {
            for (let i = value.length - 1; i >= 0; i--) pending.push({ value: value[i] as unknown, index: index ?? i });
          } else open.push({ site: makeSite(value as Record<string, unknown>, key, index, site), depth });
        }
      }
    }
  }
  const having = (keys: readonly string[]) => new Set(keys.flatMap((key) => byKey.get(key) ?? []));
  return { root, sites, having, unknowns, unreadable };
}

/** A Kubernetes resource's properties with the kind and version that its type token gives, where it leaves them out. */
function identified(type: string, properties: Record<string, unknown>): Record<string, unknown> {
  const [, version, kind] = /^kubernetes:([^:]+):([^:]+)$/.exec(type) ?? [];
  if (version === undefined || typeof properties["kind"] === "string") return properties;
  return Object.assign(properties, { kind, apiVersion: version.replace(/^core\//, "") });
}

/** A property's value without calling an accessor. */
function property(value: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(value, key)?.value as unknown;
}

/** Whether nothing below `key` can ever run, because the object only describes what others may do. */
function describesOnly({ owner }: Site, key: string): boolean {
  return descriptions.some(
    (each) => owner.value["kind"] === each.kind && (each.key ?? key) === key && groupOf(owner.value) === each.group,
  );
}

/** A place in the tree. What it belongs to is found once, from its parent's: a search upwards would cost the depth each time. */
function makeSite(value: Site["value"], key: string, index: number | undefined, parent: Site | undefined): Site {
  const inValues =
    parent === undefined
      ? value["kind"] !== undefined && groupOf(value) === "helm.sh"
      : parent.inValues || /^values(Object|Content|Inline)?$/.test(key);
  const site = { value, key, index, parent, inValues };
  const isOwner = typeof value["kind"] === "string" && typeof value["apiVersion"] === "string";
  return isOwner || parent === undefined ? new Owner(site) : { ...site, owner: parent.owner };
}

/** A site that is its own owner. */
class Owner implements Site {
  readonly value: Site["value"];
  readonly key: string;
  readonly index: number | undefined;
  readonly parent: Site | undefined;
  readonly inValues: boolean;

  constructor({ value, key, index, parent, inValues }: Omit<Site, "owner">) {
    this.value = value;
    this.key = key;
    this.index = index;
    this.parent = parent;
    this.inValues = inValues;
  }

  get owner(): Site {
    return this;
  }
}

/** The API group of an object, `""` for the core group. */
export function groupOf(value: Readonly<Record<string, unknown>>): string {
  const version = text(value["apiVersion"]) ?? "";
  return version.includes("/") ? version.slice(0, version.indexOf("/")) : "";
}

function decoded(value: string): string {
  return isUnknown(value) ? "" : Buffer.from(value, "base64").toString("utf8");
}

/** The documents of a text, or why they cannot be had. */
function parsed(body: string): readonly unknown[] | string {
  if (body.length > maxTextLength) return "text too long for a manifest";
  try {
    return [JSON.parse(body) as unknown];
  } catch {
    // YAML, then.
  }
  try {
    const documents = parseAllDocuments(body, { logLevel: "silent", uniqueKeys: false, merge: true });
    const broken = list(documents).some((document) => list((document as { errors?: unknown }).errors).length > 0);
    if (broken) return "text that is not valid YAML";
    return list(documents).map((document) => (document as { toJS: () => unknown }).toJS());
  } catch {
    return "text that is not valid YAML";
  }
}

/** The way from the resource to an object: `spec.template.spec.volumes[0]`. */
export function pathOf(site: Site, key?: string): string {
  const steps: string[] = key === undefined ? [] : [key];
  for (let at = site; at.parent !== undefined; at = at.parent) {
    steps.push(at.index === undefined ? at.key : `${at.key}[${at.index}]`);
    if (steps.length > 24) {
      steps.push("…");
      break;
    }
  }
  return steps.reverse().join(".");
}
