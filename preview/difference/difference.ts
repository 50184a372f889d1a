import { providerUrn, STACK_TYPE, type Registration } from "../run/registration";
import type { Run } from "../run/run";
import { deletion, deletedSet, type Deletion, type DeletedSet } from "./deletion";
import { hasUnknown, valueChanges, type FieldChange } from "./fields";
import { forecast, type Cause, type ResourcePlan, type UnknownValueChange, type ExternalChanges } from "./forecast";
import { match, type Matching } from "./match";
import { optionChanges, type OptionChange } from "./options";
import { rollouts, type Rollout } from "./rollout";
import { applies, kindOf, rulesOf } from "./rules/rules";
import type { TypeRules } from "./rules/rule";

/** What the two versions are called. */
export interface Versions {
  readonly stack: string;
  /** What the user asked for: a branch, a tag, a commit. */
  readonly ref: string;
  /** The commit that it is, shortened. */
  readonly commit: string;
}

/** A resource by what people call it. */
export interface Named {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** True for a component, which exists in Pulumi's state only. */
  readonly component: boolean;
  readonly protect: boolean;
}

/** A resource that a version does not have any more. */
export type Removal = Named & Deletion;

/** A resource that differs in something, or is replaced because another is. */
export interface Change extends Named {
  /** URN in the base, where an alias says that it is the same resource. */
  readonly movedFrom?: string;
  readonly fields: readonly FieldChange[];
  readonly options: readonly OptionChange[];
  readonly unknownValues: readonly UnknownValueChange[];
  /** Set when the resource is replaced. */
  readonly replacement?: Deletion & { readonly causes: readonly Cause[] };
  /** Changes that nobody makes, neither in place nor by replacement. */
  readonly refused: readonly string[];
  /** What else follows from a change in place. */
  readonly effects: readonly string[];
  readonly rollouts: readonly Rollout[];
}

/** What differs between two versions of a program. No secret is in it. */
export interface Difference {
  readonly added: readonly Named[];
  readonly removed: readonly Removal[];
  readonly changed: readonly Change[];
  readonly outputs: readonly FieldChange[];
  /** Keys of the stack's configuration. */
  readonly settings: readonly FieldChange[];
  /** What the lists do not say by themselves. */
  readonly notes: readonly string[];
}

/** Numbers of a difference. */
export interface Counts {
  readonly added: number;
  readonly removed: number;
  /** In place, or in Pulumi's state alone. */
  readonly changed: number;
  readonly replaced: number;
  /** Replacements, removals and changes that will be refused. */
  readonly refused: number;
  /** Pods that restart or stop, as far as pods have names. */
  readonly restarts: number;
}

/** What a version registers, as far as it can be compared. */
export type Side = Pick<Run, "registrations" | "outputs">;

/** What no registration shows. */
export interface DifferenceInput extends Partial<ExternalChanges> {
  readonly settings?: readonly FieldChange[];
  readonly notes?: readonly string[];
}

/** Compares what two versions of a program register. */
export function difference(base: Side, current: Side, beside: DifferenceInput = {}): Difference {
  const { rebuilt = new Set<string>(), defaults = {}, adaptRules, settings = [], notes = [] } = beside;
  const matching = match(base.registrations, current.registrations);
  const plans = forecast(matching.pairs, { rebuilt, defaults, adaptRules });
  const providers = new Map(base.registrations.map((resource) => [resource.urn, resource]));
  const replaced = plans.filter(({ causes }) => causes.length > 0).map(({ pair }) => pair.before);
  const deleted = deletedSet([...matching.removed, ...replaced]);
  const changes = plans.map((plan) => ({ plan, entry: change(plan, rebuilt, deleted) }));
  const changed = changes.map(({ entry }) => entry).filter(saysSomething);
  const silent = changes.filter(({ entry }) => !saysSomething(entry)).map(({ plan }) => plan);
  const isAnything = matching.added.length + matching.removed.length + changed.length > 0;
  return {
    added: matching.added.map(named),
    removed: matching.removed.map((resource) =>
      removal(resource, rulesOf(resource, providers.get(providerUrn(resource)), adaptRules), deleted),
    ),
    changed,
    outputs: valueChanges(base.outputs, current.outputs, []),
    settings,
    notes: [...renames(matching), ...plugins(matching), ...(isAnything ? hiddenContent(silent) : []), ...notes],
  };
}

/**
 * Content that is known only after up, of the same sources before and after, may still be other content: what the program puts
 * together of them, such as a list of agents, is not seen.
 */
function hiddenContent(plans: readonly ResourcePlan[]): string[] {
  const names = plans
    .map(({ pair }) => pair)
    .filter(({ before, after }) => [before, after].every(holdsUnknownContent))
    .map(({ after }) => `${kindOf(after.type)?.split("/").at(-1) ?? ""} ${after.name}`)
    .sort();
  return names.length === 0 ? [] : [`content that is known only after up may change too: ${names.join(", ")}`];
}

function holdsUnknownContent({ type, inputs }: Registration): boolean {
  const content = ["core/Secret", "core/ConfigMap"].includes(kindOf(type) ?? "") ? ["data", "stringData"] : [];
  return content.some((property) => hasUnknown(inputs[property]));
}

/** True when two versions are the same, as far as can be seen. */
export function isEmpty({ added, removed, changed, outputs, settings, notes }: Difference): boolean {
  return [added, removed, changed, outputs, settings, notes].every((list) => list.length === 0);
}

/** Counts. Components count as the engine counts them: as resources. */
export function counts({ added, removed, changed }: Difference): Counts {
  const replaced = changed.filter(({ replacement }) => replacement !== undefined);
  const stopped = changed.flatMap(({ rollouts: all }) => all.filter(({ kind }) => kind !== "add" && kind !== "wait"));
  return {
    added: added.length,
    removed: removed.length,
    changed: changed.length - replaced.length,
    replaced: replaced.length,
    refused: [...removed, ...changed].filter(isRefused).length,
    restarts: stopped.flatMap(({ pods }) => pods).length,
  };
}

/** True when something of it will be refused. */
export function isRefused(entry: Removal | Change): boolean {
  return entry.refused.length > 0 || ("replacement" in entry && entry.replacement.refused.length > 0);
}

function named({ urn, type, name, custom, protect }: Registration): Named {
  return { urn, type, name, component: !custom, protect };
}

function removal(resource: Registration, rules: TypeRules, deleted: DeletedSet): Removal {
  return { ...named(resource), ...deletion(resource, { rules, protect: resource.protect, deleted }) };
}

function change(plan: ResourcePlan, rebuilt: ReadonlySet<string>, deleted: DeletedSet): Change {
  const { pair, rules, fields, unknownValues, causes } = plan;
  const { before, after } = pair;
  const replaced = causes.length > 0;
  const inPlace = replaced ? [] : fields;
  const matching = <T extends { readonly field: string }>(list: readonly T[] = []) =>
    list.filter((rule) => inPlace.some((field) => applies(rule, field)));
  // The engine asks for both: a resource may be unprotected and replaced in one go.
  const protect = before.protect && after.protect;
  const end = replaced ? deletion(before, { rules, protect, deleted, successor: after }) : undefined;
  return {
    ...named(after),
    ...(before.urn !== after.urn && { movedFrom: before.urn }),
    fields,
    options: optionChanges(before, after),
    unknownValues,
    ...(end && { replacement: { ...end, causes } }),
    refused: [...new Set(matching(rules.refuses).map(({ because }) => because))],
    effects: [
      ...(rebuilt.has(after.urn) ? ["its files differ: it is built and pushed again, and has another digest"] : []),
      ...new Set(matching(rules.follows).map(({ effect }) => effect)),
    ],
    rollouts: rollouts(plan),
  };
}

function saysSomething(entry: Change): boolean {
  const { movedFrom, fields, options, unknownValues, replacement, effects } = entry;
  return (
    movedFrom !== undefined ||
    replacement !== undefined ||
    fields.length + options.length + unknownValues.length + effects.length > 0
  );
}

/** Pulumi knows resources by their names: another name is another resource. */
function renames({ added, removed }: Matching): string[] {
  const components = (list: readonly Registration[]) =>
    list.filter(({ custom, type }) => !custom && type !== STACK_TYPE);
  return components(removed).flatMap((old) => {
    const candidates = components(added).filter(({ type, parent }) => type === old.type && parent === old.parent);
    if (candidates.length === 0) return [];
    const kind = old.type.split(":").at(-1) ?? "";
    const names = candidates.map(({ name }) => name).join(" or ");
    return [
      `${kind} ${old.name} is removed and ${names} is added. If that is a renaming, it is both to Pulumi: nothing of the old passes to the new, and what the old keeps stays behind under its old name`,
    ];
  });
}

/** A package's version stands in each of its resources; one line is enough. */
function plugins({ pairs }: Matching): string[] {
  const lines = pairs
    .filter(({ before, after }) => before.version !== after.version && before.version !== "" && after.version !== "")
    .map(({ before, after }) => `${packageOf(after.type)}: plugin ${before.version} → ${after.version}`);
  return [...new Set(lines)].sort();
}

function packageOf(type: string): string {
  const [first = "", , last = ""] = type.split(":");
  return first === "pulumi" ? last : first;
}
