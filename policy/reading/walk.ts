import { MACHINE_TYPES } from "../tables/machines";
import { assignedBy, parametersAmong } from "./assignments";
import { isMachineKey, makeNode, type ObjectNode, type Place } from "./object-node";
import { textOf, type AssetTexts } from "./assets";
import { defaultsIn, descriptionsIn } from "./schema-defaults";
import { Budget } from "./text/budget";
import { COMPRESSED } from "./text/encodings";
import {
  isOptionsKey,
  LOOKS_DANGEROUS,
  mayHoldSomething,
  readText,
  readWords,
  TOO_LONG,
  type Reading,
} from "./text/text";
import { isUnknown, rawProperties, text } from "./values";

/** Everything that was found in one resource. */
export interface ResourceIndex {
  /** The resource's own properties. */
  readonly root: ObjectNode;
  /** Every object, the root first. */
  readonly nodes: readonly ObjectNode[];
  /** The objects that have one of these properties. */
  readonly withAnyKey: (keys: readonly string[]) => Iterable<ObjectNode>;
  /** Parameters that objects declare, with the values that they have. */
  readonly parameters: () => ReadonlyMap<string, string>;
  /** Properties, or members of lists, that are known only after up. */
  readonly unknowns: readonly { readonly node: ObjectNode; readonly key: string }[];
  /** Texts that hold something to judge but cannot be parsed; each with the object it stands in and its property. */
  readonly unreadable: readonly { readonly node: ObjectNode; readonly key: string; readonly why: string }[];
  /** Text assets whose text was not given; they hand it out by a promise. */
  readonly assets: readonly object[];
  /** Whether it has more values than are judged; then nothing else was found. */
  readonly isTooLarge: boolean;
}

/** Manifests inside manifests inside manifests: real ones nest twice (a ConfigMap in a List in a ConfigMap). */
const MAX_TEXT_DEPTH = 5;
const TOO_DEEP: Reading = { documents: [], commands: [], why: "text nested too deep in texts" };

/** Looks at an object that several places share, which YAML's anchors make; more than the aliases that the parser allows. */
const MAX_LOOKS = 128;
/** Words of a list that is looked through for a command. */
const MAX_WORDS = 512;

const IN_SCRIPT = "it is in a script, and where that runs is not known";
const IN_SCHEMA = "it is a default in a schema, which an object may replace";

/**
 * Finds every object inside a resource's properties, at any depth, through lists of lists, cycles and manifests written
 * as text. Uses no recursion, so that nesting cannot exhaust the stack, and never throws.
 */
export function walk(type: string, properties: object, assets: AssetTexts = new Map()): ResourceIndex {
  return new Walk(assets).from(type, properties);
}

/**
 * Properties that rules have asked for so far, with their numbers: a walk keeps these by name, and no others. A property that is asked
 * for when the walk is over is looked for in all objects, once.
 */
const asked = new Map<string, number>();

/** What is known of a resource that is too large to judge. */
function tooLarge(root: ObjectNode): ResourceIndex {
  const none: readonly never[] = [];
  return {
    root,
    nodes: none,
    withAnyKey: () => none,
    parameters: () => new Map(),
    unknowns: none,
    unreadable: none,
    assets: none,
    isTooLarge: true,
  };
}

interface Open {
  readonly node: ObjectNode;
  /** Texts around it. */
  readonly depth: number;
}

class Walk {
  private readonly nodes: ObjectNode[] = [];
  private readonly byKey = new Map<string, ObjectNode[]>();
  private readonly unknowns: { readonly node: ObjectNode; readonly key: string }[] = [];
  private readonly unreadable: { readonly node: ObjectNode; readonly key: string; readonly why: string }[] = [];
  private readonly assets: object[] = [];
  /** How many of the properties that rules ask for this walk keeps by name. */
  private readonly kept = asked.size;
  private readonly searched = new Set<string>();
  /** Properties that something else stands for. */
  private readonly replaced = new Map<ObjectNode, string>();
  private readonly seen = new Set<object>();
  private readonly seenAgain = new Map<object, number>();
  private readonly budget = new Budget();
  private readonly open: Open[] = [];
  private isTooLarge = false;

  constructor(private readonly given: AssetTexts) {}

  from(type: string, properties: object): ResourceIndex {
    const root = makeNode(identified(type, rawProperties(properties)), {
      key: "",
      onMachine: MACHINE_TYPES.test(type),
    });
    this.open.push({ node: root, depth: 0 });
    for (let next = this.open.pop(); next !== undefined && !this.isTooLarge; next = this.open.pop()) this.visit(next);
    if (this.isTooLarge) return tooLarge(root);
    const { nodes, unknowns, unreadable, assets } = this;
    const withAnyKey = (keys: readonly string[]) => {
      const holders: (readonly ObjectNode[])[] = [];
      for (const key of keys) {
        const found = this.holdersOf(key);
        if (found !== undefined) holders.push(found);
      }
      return holders.length < 2 ? (holders[0] ?? []) : new Set(holders.flat());
    };
    let known: ReadonlyMap<string, string> | undefined;
    const parameters = () => (known ??= parametersAmong(withAnyKey(["default", "value"])));
    return { root, nodes, withAnyKey, parameters, unknowns, unreadable, assets, isTooLarge: false };
  }

  private visit({ node, depth }: Open): void {
    this.nodes.push(node);
    const { value } = node;
    const assigned = assignedBy(value, node.key, node.parent?.value);
    if (assigned !== undefined) {
      const { object, instead = "", isValues } = assigned;
      this.replaced.set(node, instead);
      this.push(object, { key: instead, parent: node, inValues: isValues }, depth);
    }
    const descriptions = descriptionsIn(node);
    if (!this.counts(node.keys.length, depth)) return;
    for (const key of node.keys) {
      if (key === assigned?.instead) continue;
      if (asked.has(key)) this.hold(key, node);
      if (descriptions.some((each) => (each.key ?? key) === key)) this.defaults(node, key, depth);
      else this.property(node, key, depth);
    }
  }

  private holdersOf(key: string): readonly ObjectNode[] | undefined {
    const number = asked.get(key) ?? asked.size;
    asked.set(key, number);
    if (number >= this.kept && !this.searched.has(key)) {
      this.searched.add(key);
      for (const node of this.nodes)
        if (Object.hasOwn(node.value, key) && this.replaced.get(node) !== key) this.hold(key, node);
    }
    return this.byKey.get(key);
  }

  private hold(key: string, node: ObjectNode): void {
    const holders = this.byKey.get(key);
    if (holders === undefined) this.byKey.set(key, [node]);
    else holders.push(node);
  }

  private property(node: ObjectNode, key: string, depth: number): void {
    const value = property(node.value, key);
    if (typeof value === "string") this.text({ key, index: undefined, parent: node }, value, depth);
    else if (typeof value === "object" && value !== null) this.members(node, key, value, depth);
  }

  /** Goes through an object or a list, and through lists of lists in it. */
  private members(node: ObjectNode, key: string, whole: object, depth: number): void {
    if (!Array.isArray(whole)) {
      if (this.mayLook(whole)) this.object(node, key, undefined, whole, depth);
      return;
    }
    const pending: { readonly value: unknown; readonly index: number | undefined }[] = [
      { value: whole, index: undefined },
    ];
    for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
      const { value, index } = item;
      if (typeof value === "string") this.text({ key, index, parent: node }, value, depth);
      else if (typeof value === "object" && value !== null && this.mayLook(value)) {
        if (Array.isArray(value)) {
          if (!this.counts(value.length, depth)) return;
          for (let i = value.length - 1; i >= 0; i--) pending.push({ value: value[i] as unknown, index: index ?? i });
          this.words({ key, index, parent: node }, value, depth);
        } else this.object(node, key, index, value, depth);
      }
    }
  }

  private object(parent: ObjectNode, key: string, index: number | undefined, value: object, depth: number): void {
    const object = key === "items" ? memberOf(parent.value, value) : value;
    const asset = textOf(object, this.given);
    if (asset === undefined) this.push(object as ObjectNode["value"], { key, index, parent }, depth);
    else if (typeof asset === "string") this.text({ key, index, parent }, asset, depth);
    else this.assets.push(asset);
  }

  /** Counts what the resource itself holds; a text's values are counted when it is read. */
  private counts(values: number, depth: number): boolean {
    if (depth === 0 && !this.budget.takesValues(values)) this.isTooLarge = true;
    return !this.isTooLarge;
  }

  private mayLook(value: object): boolean {
    const { size } = this.seen;
    if (this.seen.add(value).size > size) return true;
    const again = (this.seenAgain.get(value) ?? 0) + 1;
    this.seenAgain.set(value, again);
    return again < MAX_LOOKS;
  }

  private push(value: ObjectNode["value"], place: Place, depth: number): void {
    this.open.push({ node: makeNode(value, place), depth });
  }

  private text(place: Place & { readonly parent: ObjectNode }, value: string, depth: number): void {
    const { key, parent } = place;
    if (isUnknown(value)) this.unknowns.push({ node: parent, key });
    if (key === "description" || !mayHoldSomething(value)) return;
    const body = isEncoded(parent) && !value.startsWith("H4sI") ? decoded(value) : value;
    const read = depth < MAX_TEXT_DEPTH ? this.read(body, place) : TOO_DEEP;
    if (!this.budget.takesTexts([read.documents, read.commands])) {
      this.unreadable.push({ node: parent, key, why: TOO_LONG });
      return;
    }
    for (const document of read.documents)
      this.push(
        document,
        { ...place, isDocument: true, inValues: VALUES_FILES.test(key), onMachine: read.onMachine },
        depth + 1,
      );
    this.commands(read.commands, place, depth);
    if (read.why !== undefined && (read.why === COMPRESSED || LOOKS_DANGEROUS.test(body)))
      this.unreadable.push({ node: parent, key, why: read.why });
  }

  private read(body: string, { key, index }: Place): Reading {
    try {
      return readText(body, index === undefined ? key : `${key}[]`, this.budget);
    } catch {
      return { documents: [], commands: [], why: "text that cannot be read" };
    }
  }

  /** A list of words, as far as it is a command. */
  private words(place: Place & { readonly parent: ObjectNode }, words: readonly unknown[], depth: number): void {
    if (words.length > MAX_WORDS || typeof words[0] !== "string") return;
    this.commands(readWords(words, isOptionsKey(place.key)), place, depth);
  }

  private commands(asked: Reading["commands"], place: Place & { readonly parent: ObjectNode }, depth: number): void {
    const onMachine = place.parent.onMachine || isMachineKey(place.key);
    for (const object of asked)
      this.push(object, { ...place, isDocument: true, doubt: onMachine ? undefined : IN_SCRIPT }, depth + 1);
  }

  /** What a schema puts into objects that leave it out: nothing else of a description ever becomes a pod. */
  private defaults(node: ObjectNode, key: string, depth: number): void {
    const mayLook = (value: object) => this.mayLook(value) && this.counts(Object.keys(value).length / 4, depth);
    for (const value of defaultsIn(property(node.value, key), mayLook))
      this.push(value, { key, parent: node, doubt: IN_SCHEMA, isDocument: true }, depth);
  }
}

/** Files of a chart's values, which are text. */
const VALUES_FILES = /^(values|valueYamlFiles?|valuesFiles?|valuesYaml)$/;

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

/** Whether an object's texts are base64. */
export function isEncoded({ key, parent }: ObjectNode): boolean {
  const kind = text(parent?.value["kind"])?.replace(/Patch$/, "");
  return (kind === "Secret" && key === "data") || (kind === "ConfigMap" && key === "binaryData");
}

/** A property's value without calling an accessor. */
function property(value: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(value, key)?.value as unknown;
}

/** A base64 text as text; nothing while it is not known. */
export function decoded(value: string): string {
  return isUnknown(value) ? "" : Buffer.from(value, "base64").toString("utf8");
}
