import { ALIASES, BUILT_IN_GROUPS } from "../tables/kinds";
import { MACHINE_KEYS, MACHINE_KINDS } from "../tables/machines";
import { rawProperties, text } from "./values";

/** One object somewhere inside a resource, with the way to it. */
export interface ObjectNode {
  readonly value: Readonly<Record<string, unknown>>;
  /** Its properties' names: with hundreds of thousands of them, to list them again costs a tenth of a second. */
  readonly keys: readonly string[];
  /** The property that holds it; for a member of a list, the list's property. Empty at the root. */
  readonly key: string;
  /** Its place in the list, if it is a member of one. */
  readonly index: number | undefined;
  readonly parent: ObjectNode | undefined;
  /** The nearest object around it, or itself, that says what it is (kind and version); the root otherwise. */
  readonly owner: ObjectNode;
  /** Whether it is part of a chart's values, which only the chart knows how to read. */
  readonly inValues: boolean;
  /**
   * Whether it stands where a whole object can: the resource itself, a document of a text, a member of a list of objects.
   * Elsewhere a kind and a version are fields that an API server drops, and make nothing of what is around them.
   */
  readonly standsAlone: boolean;
  /** Whether it is a member of a list of whole objects. */
  readonly isMember: boolean;
  /** Whether its texts run on a machine itself, not in a container or a job of it. */
  readonly onMachine: boolean;
  /** Why what it asks for may never happen: a finding here is noted instead of refused. */
  readonly doubt: string | undefined;
}

/** Lists whose members are whole objects: of a List, of a ConfigGroup, and as charts call them in their values. */
const OBJECT_LISTS = /^items$|^objs$|(?:objects|manifests|deploy)$/i;

/** How an object hangs in the tree. */
export interface Place {
  readonly key: string;
  readonly index?: number | undefined;
  readonly parent?: ObjectNode | undefined;
  /** Whether it is a document of a text, or the resource itself. */
  readonly isDocument?: boolean;
  readonly inValues?: boolean;
  readonly onMachine?: boolean | undefined;
  readonly doubt?: string | undefined;
}

/** A place in the tree. What it belongs to is found once, from its parent's: a search upwards would cost the depth each time. */
export function makeNode(given: ObjectNode["value"], place: Place): ObjectNode {
  const givenKeys = Object.keys(given);
  const value = withKnownNames(given, givenKeys);
  const keys = value === given ? givenKeys : Object.keys(value);
  const { key, index, parent } = place;
  const is = traitsOf(key);
  const inValues =
    parent === undefined
      ? value["kind"] !== undefined && groupOf(value) === "helm.sh"
      : parent.inValues || place.inValues === true || is.values;
  const isMember = index !== undefined && is.objectList;
  const standsAlone = parent === undefined || place.isDocument === true || isMember;
  const isOwner = typeof value["kind"] === "string" && typeof value["apiVersion"] === "string";
  const onMachine =
    place.onMachine === true ||
    (isOwner ? MACHINE_KINDS.test(String(value["kind"])) : (parent?.onMachine ?? false) || is.machine);
  const owner = isOwner ? undefined : parent?.owner;
  const doubt =
    parent?.doubt ?? place.doubt ?? (isSwitchedOff(value, place, inValues, owner) ? SWITCHED_OFF : undefined);
  return new TreeNode(value, keys, key, index, parent, owner, inValues, standsAlone, isMember, onMachine, doubt);
}

/** An object in which what other formats call otherwise has the name that the rules look for, too. */
function withKnownNames(value: ObjectNode["value"], keys: readonly string[]): ObjectNode["value"] {
  if (!keys.some((key) => ALIASES.has(key))) return value;
  const given = rawProperties(value);
  const named = Object.create(null) as Record<string, unknown>;
  for (const key of keys) {
    const name = ALIASES.get(key) ?? key;
    named[Object.hasOwn(value, name) ? key : name] = given[key];
  }
  return named;
}

/** Whether the text of a property is what a machine runs at its start. */
export function isMachineKey(key: string): boolean {
  return key.length > 5 && key.length < 40 && MACHINE_KEYS.has(key.replace(/[-_.]/g, "").toLowerCase());
}

const VALUES = /^values(Object|Content|Inline)?$/;

/** What the name of a property says about the object that it holds. */
interface Traits {
  readonly values: boolean;
  readonly objectList: boolean;
  readonly machine: boolean;
}

/** The names that were asked about last: a resource has many objects under few names. */
const known = new Map<string, Traits>();
const MAX_KNOWN = 1000;

function traitsOf(key: string): Traits {
  const before = known.get(key);
  if (before !== undefined) return before;
  if (known.size >= MAX_KNOWN) known.clear();
  const traits = { values: VALUES.test(key), objectList: OBJECT_LISTS.test(key), machine: isMachineKey(key) };
  known.set(key, traits);
  return traits;
}
/** How charts call the value by which an object is left out, besides `enabled`. */
const CHART_SWITCHES: readonly string[] = ["create", "install", "deploy"];
const SWITCHED_OFF = "it is switched off, by `enabled: false` or the like";

/**
 * Whether a chart or an operator is told to leave an object out. Kubernetes itself drops a field called `enabled`, so in
 * its own kinds, and in lists that end up in a pod as they are, it turns nothing off.
 */
function isSwitchedOff(
  value: ObjectNode["value"],
  { key, index }: Place,
  inValues: boolean,
  owner: ObjectNode | undefined,
): boolean {
  const isOff = (name: string) => value[name] === false || value[name] === "false";
  if (inValues && CHART_SWITCHES.some(isOff)) return true;
  if (!isOff("enabled")) return false;
  if (index !== undefined && /(volumes|containers)$/i.test(key)) return false;
  const { kind } = owner?.value ?? {};
  return inValues || (kind !== undefined && !BUILT_IN_GROUPS.has(groupOf(owner?.value ?? {})));
}

/** Of one class, because a resource has as many of them as it has objects. */
class TreeNode implements ObjectNode {
  readonly owner: ObjectNode;

  constructor(
    readonly value: ObjectNode["value"],
    readonly keys: readonly string[],
    readonly key: string,
    readonly index: number | undefined,
    readonly parent: ObjectNode | undefined,
    /** Undefined where it is its own. */
    owner: ObjectNode | undefined,
    readonly inValues: boolean,
    readonly standsAlone: boolean,
    readonly isMember: boolean,
    readonly onMachine: boolean,
    readonly doubt: string | undefined,
  ) {
    this.owner = owner ?? this;
  }
}

/** The API group of an object, `""` for the core group. */
export function groupOf(value: Readonly<Record<string, unknown>>): string {
  const version = text(value["apiVersion"]) ?? "";
  return version.includes("/") ? version.slice(0, version.indexOf("/")) : "";
}

/** The way from the resource to an object: `spec.template.spec.volumes[0]`. */
export function pathOf(node: ObjectNode, key?: string): string {
  const steps: string[] = key === undefined ? [] : [key];
  for (let at = node; at.parent !== undefined; at = at.parent) {
    steps.push(at.index === undefined ? at.key : `${at.key}[${at.index}]`);
    if (steps.length > 24) {
      steps.push("…");
      break;
    }
  }
  return steps.reverse().join(".");
}
