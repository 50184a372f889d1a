import { providerUrn, type Registration } from "../run/registration";
import { isObject, UNKNOWN, type WireObject, type WireValue } from "../run/wire";
import { fieldChanges, hasUnknown, type FieldChange } from "./fields";
import type { Pair } from "./match";
import { isWithin, pathText } from "./path";
import { applies, kindOf, rulesOf, unknownAt } from "./rules/rules";
import type { AdaptRules, TypeRules } from "./rules/rule";

/** Why a resource is replaced. */
export interface Cause {
  /** Path of the field; `provider` where the provider is another or is replaced itself. */
  readonly field: string;
  /** URN of the resource whose new value the field takes; absent when the field itself differs. */
  readonly from?: string;
}

/** A property whose value is known only after up and will be another, since it comes from something else or anew. */
export interface UnknownValueChange {
  readonly property: string;
  /** URNs of resources that it comes from now, that did not count before or make a new value. */
  readonly from: readonly string[];
}

/** What will happen to one resource that both versions have. */
export interface ResourcePlan {
  readonly pair: Pair;
  readonly rules: TypeRules;
  readonly fields: readonly FieldChange[];
  readonly unknownValues: readonly UnknownValueChange[];
  /** Empty: the resource is not replaced. */
  readonly causes: readonly Cause[];
}

interface PlanDraft {
  readonly pair: Pair;
  readonly rules: TypeRules;
  readonly fields: readonly FieldChange[];
  readonly unknownValues: Map<string, Set<string>>;
  readonly causes: Cause[];
}

/** An image whose inputs or files differ has another digest afterwards. */
const IMAGE = "docker:index/image:Image";
/** A token that the provider does not look at when it compares. */
const CREDENTIALS = ["registry.username", "registry.password"];

const DISKS = ["gcp:compute/disk:Disk", "gcp:compute/regionDisk:RegionDisk"];
/** Arguments that say where a disk is. */
const PLACE = ["name", "project", "zone", "region", "replicaZones"];

/** Keys of the stack that stand in for a property that a resource of Google's does not give, before and after. */
export type Defaults = Readonly<
  Partial<Record<"project" | "region" | "zone", readonly [before: string, after: string]>>
>;

/** What no registration shows. */
export interface ExternalChanges {
  /** URNs of images whose files differ. */
  readonly rebuilt: ReadonlySet<string>;
  readonly defaults: Defaults;
  /** What the program adds to the rules of its types. */
  readonly adaptRules?: AdaptRules | undefined;
}

/**
 * Works out what will happen to the resources that both versions have, and to those that follow: whatever takes a value
 * from a replaced resource gets a new one, and is replaced itself where it takes it in a field that cannot change.
 */
export function forecast(pairs: readonly Pair[], { rebuilt, defaults, adaptRules }: ExternalChanges): ResourcePlan[] {
  const drafts = new Map(pairs.map((pair) => [pair.after.urn, draft(pair, pairs, defaults, adaptRules)]));
  const now = new Map(pairs.map(({ before, after }) => [before.urn, after.urn]));
  for (const one of drafts.values()) {
    ownCauses(one, now);
    newSources(one, now);
  }
  const affected = new Set<string>();
  for (let size = -1; size !== affected.size;) {
    size = affected.size;
    for (const [urn, one] of drafts) if (one.causes.length > 0 || isRebuilt(one, rebuilt)) affected.add(urn);
    for (const one of drafts.values()) follow(one, affected, drafts);
  }
  return [...drafts.values()].map(({ unknownValues, ...rest }) => ({
    ...rest,
    unknownValues: [...unknownValues].map(([property, from]) => ({ property, from: [...from].sort() })),
  }));
}

function draft(pair: Pair, pairs: readonly Pair[], defaults: Defaults, adaptRules?: AdaptRules): PlanDraft {
  const { before, after } = pair;
  const provider = pairs.find((candidate) => candidate.after.urn === providerUrn(after))?.after;
  const rules = rulesOf(after, provider, adaptRules);
  const changes = after.custom
    ? [...fieldChanges(before.inputs, after.inputs), ...defaultChanges(pair, rules, defaults)]
    : [];
  const ignored = after.ignoreChanges.map(plainField);
  return {
    pair,
    rules,
    fields: changes.filter(({ path }) => !ignored.some((field) => isWithin(path, field))),
    unknownValues: new Map(),
    causes: [],
  };
}

/** What the default provider fills in is as good as given. */
function defaultChanges({ before, after }: Pair, rules: TypeRules, defaults: Defaults): FieldChange[] {
  if (!after.type.startsWith("gcp:") || after.provider !== "") return [];
  return Object.entries(defaults)
    .filter(([key, [old, current]]) => old !== current && rules.replaces.some(({ field }) => field === key))
    .filter(([key]) => !(key in before.inputs) && !(key in after.inputs))
    .map(([key, [old, current]]) => ({ path: [key], before: old, after: current }));
}

/** `spec.containers[0].image` and `metadata["labels"]` as a rule would write them. */
function plainField(path: string): string {
  return path
    .replace(/\[(\d+|\*)\]/g, "")
    .replace(/\["([^"]*)"\]/g, ".$1")
    .replace(/^\./, "");
}

/** The fields that differ and cannot differ in place, and the provider. */
function ownCauses({ pair, rules, fields, causes }: PlanDraft, now: ReadonlyMap<string, string>): void {
  const { before, after } = pair;
  const chosen = after.replaceOnChanges.map(plainField);
  for (const change of fields) {
    const forced = rules.replaces.some((rule) => applies(rule, change));
    const asked = chosen.some((field) => field === "*" || isWithin(change.path, field));
    if (forced || asked) causes.push({ field: pathText(change.path) });
  }
  const provider = providerUrn(before);
  if (after.custom && (now.get(provider) ?? provider) !== providerUrn(after)) causes.push({ field: "provider" });
}

/** Values that are unknown on both sides can still be distinguished by where they come from. */
function newSources(one: PlanDraft, now: ReadonlyMap<string, string>): void {
  const { before, after } = one.pair;
  for (const property of unknownProperties(after)) {
    if (!hasUnknown(before.inputs[property])) continue;
    const olds = new Set(before.propertyDependencies[property]?.map((urn) => now.get(urn) ?? urn));
    const news = new Set(after.propertyDependencies[property]);
    const different = [...news].filter((urn) => !olds.has(urn)).concat([...olds].filter((urn) => !news.has(urn)));
    if (different.length > 0) addUnknownValue(one, property, different);
  }
}

/** What a resource takes from others that will be new. */
function follow(one: PlanDraft, affected: ReadonlySet<string>, drafts: ReadonlyMap<string, PlanDraft>): void {
  const { after } = one.pair;
  if (!after.custom) return;
  const provider = providerUrn(after);
  const replaced = (urn: string) => (drafts.get(urn)?.causes.length ?? 0) > 0;
  const known = (cause: Cause) => one.causes.some(({ field, from }) => field === cause.field && from === cause.from);
  const add = (cause: Cause) => {
    if (!known(cause)) one.causes.push(cause);
  };
  if (replaced(provider)) add({ field: "provider", from: provider });
  for (const urn of after.replaceWith) if (replaced(urn)) add({ field: "replaceWith", from: urn });
  for (const property of unknownProperties(after)) {
    const from = (after.propertyDependencies[property] ?? []).filter(
      (urn) => affected.has(urn) && !isKnownWhole(urn, drafts),
    );
    if (from.length > 0) addUnknownValue(one, property, from);
  }
  // In a property that is unknown as a whole the Kubernetes provider finds no field that changed (openapi.PatchPropertiesChanged).
  const seesInside = kindOf(after.type) === undefined;
  for (const [property, sources] of Object.entries(after.propertyDependencies)) {
    const gone = sources.filter((urn) => replaced(urn) && isDeletedFirst(drafts.get(urn)));
    for (const { field, when } of gone.length > 0 && !after.ignoreChanges.includes(property) ? one.rules.replaces : [])
      if (
        when === undefined &&
        isGiven(after.inputs, field) &&
        (field === property || (seesInside && field.startsWith(`${property}.`)))
      )
        for (const from of gone) add({ field, from });
  }
}

/**
 * Whether the old one is deleted before the new one is made. The engine then asks for everything that takes a value from it whether
 * it must be replaced, as if that value were unknown (deploy/step_generator.go, calculateDependentReplacements). Google's provider
 * wants it so where the program gives a name, which stays (pulumi-terraform-bridge, nameRequiresDeleteBeforeReplace).
 */
function isDeletedFirst(draft: PlanDraft | undefined): boolean {
  if (draft === undefined) return false;
  const { before, after } = draft.pair;
  const { name } = after.inputs;
  const keepsName =
    after.type.startsWith("gcp:") && typeof name === "string" && name !== UNKNOWN && before.inputs["name"] === name;
  return after.deleteBeforeReplace || keepsName;
}

/** Whether the program gives a field, outside of lists. */
function isGiven(inputs: WireObject, field: string): boolean {
  const found = field
    .split(".")
    .reduce<WireValue | undefined>((value, key) => (isObject(value) ? value[key] : undefined), inputs);
  return found !== undefined;
}

/** Notes a new value, and the replacement if a field that takes it cannot change. */
function addUnknownValue(
  { pair: { after }, rules, unknownValues, causes }: PlanDraft,
  property: string,
  from: readonly string[],
): void {
  const sources = unknownValues.get(property) ?? new Set();
  for (const urn of from) sources.add(urn);
  unknownValues.set(property, sources);
  for (const { field, when } of rules.replaces) {
    const about = field === property || field.startsWith(`${property}.`);
    if (!about || (when !== undefined && when !== "exchanged") || !unknownAt(after.inputs, field)) continue;
    for (const urn of from) {
      if (!causes.some((cause) => cause.field === field && cause.from === urn)) causes.push({ field, from: urn });
    }
  }
}

/** Properties with a value that is not ignored and known only after up. */
function unknownProperties({ inputs, ignoreChanges, custom }: Registration): string[] {
  if (!custom) return [];
  return Object.keys(inputs).filter((property) => !ignoreChanges.includes(property) && hasUnknown(inputs[property]));
}

/**
 * What others take from an object of Kubernetes is its name, which is known; and from a disk of Google's where it is, which its provider
 * knows before it makes the disk anew.
 */
function isKnownWhole(urn: string, drafts: ReadonlyMap<string, PlanDraft>): boolean {
  const found = drafts.get(urn);
  const type = found?.pair.after.type ?? "";
  if (DISKS.includes(type)) return !found?.fields.some(({ path }) => PLACE.includes(pathText(path)));
  return kindOf(type) !== undefined;
}

function isRebuilt({ pair: { after }, fields }: PlanDraft, rebuilt: ReadonlySet<string>): boolean {
  if (after.type !== IMAGE) return false;
  return rebuilt.has(after.urn) || fields.some(({ path }) => !CREDENTIALS.some((field) => isWithin(path, field)));
}
