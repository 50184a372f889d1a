import { nameOf, STACK_TYPE, urnOf, type Registration } from "../run/registration";

/** A resource of the base and what has become of it. */
export interface Pair {
  readonly before: Registration;
  readonly after: Registration;
}

/** Which resource is which, as the engine finds it: by URN, then by aliases, its own and those that it inherits from its parents. */
export interface Matching {
  readonly pairs: readonly Pair[];
  readonly added: readonly Registration[];
  readonly removed: readonly Registration[];
}

/** Finds the same resources in two lists of registrations. */
export function match(before: readonly Registration[], after: readonly Registration[]): Matching {
  const olds = new Map(before.map((resource) => [resource.urn, resource]));
  const matched = new Map<string, Registration>();
  const found: Pair[] = [];
  const added: Registration[] = [];
  for (const resource of parentsFirst(after)) {
    const old = [resource.urn, ...formerUrns(resource, matched)].map((urn) => olds.get(urn)).find(isGiven);
    if (old === undefined) {
      added.push(resource);
      continue;
    }
    olds.delete(old.urn);
    matched.set(resource.urn, old);
    found.push({ before: old, after: resource });
  }
  const byUrn = (a: Registration, b: Registration) => (a.urn < b.urn ? -1 : 1);
  return {
    pairs: found.sort((a, b) => byUrn(a.after, b.after)),
    added: added.sort(byUrn),
    removed: [...olds.values()].sort(byUrn),
  };
}

/** Own aliases first, then the places that it had while its parent was what the parent's match was. */
function formerUrns(resource: Registration, matched: ReadonlyMap<string, Registration>): string[] {
  const formerParent = matched.get(resource.parent);
  if (formerParent === undefined || formerParent.urn === resource.parent) return [...resource.aliases];
  const [stack = "", project = ""] = resource.urn.replace(/^urn:pulumi:/, "").split("::");
  const parentName = nameOf(resource.parent);
  // A child is often named after its parent; Pulumi renames such a child with it.
  const names = resource.name.startsWith(parentName)
    ? [formerParent.name + resource.name.slice(parentName.length), resource.name]
    : [resource.name];
  const types = [resource.type, ...resource.aliases.map((urn) => urn.split("::")[2]?.split("$").at(-1) ?? "")];
  const inherited = types.flatMap((type) => names.map((name) => urnOf(stack, project, formerParent.urn, type, name)));
  return [...resource.aliases, ...inherited];
}

/** The engine sees a parent before its children. */
function parentsFirst(resources: readonly Registration[]): Registration[] {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const depth = (resource: Registration): number => {
    const parent = byUrn.get(resource.parent);
    return parent === undefined || resource.type === STACK_TYPE ? 0 : 1 + depth(parent);
  };
  const depths = new Map(resources.map((resource) => [resource.urn, depth(resource)]));
  return [...resources].sort((a, b) => (depths.get(a.urn) ?? 0) - (depths.get(b.urn) ?? 0));
}

function isGiven<T>(value: T | undefined): value is T {
  return value !== undefined;
}
