import type { Registration } from "../../preview/run/registration";

/**
 * URNs of everything that `pulumi destroy --exclude-protected` keeps: what is protected, and all that it depends on,
 * directly or not. As the engine walks: provider, parent, dependencies, those of properties, `deletedWith`,
 * `replaceWith`; and of a component that is depended on, its children (`getProtectedExcludes` in the CLI's destroy.go,
 * `DependenciesOf` and `TransitiveDependenciesOf` in the engine's dependency_graph.go).
 */
export function keptByDestroy(registrations: readonly Registration[]): Set<string> {
  const byUrn = new Map(registrations.map((resource) => [resource.urn, resource]));
  const kept = new Set<string>();
  const visit = (urn: string) => {
    const resource = byUrn.get(urn);
    if (resource === undefined || kept.has(urn)) return;
    kept.add(urn);
    visit(resource.parent);
    for (const dependency of dependenciesOf(resource)) {
      visit(dependency);
      if (byUrn.get(dependency)?.custom === false)
        for (const child of descendants(dependency, registrations)) visit(child);
    }
  };
  for (const { urn, protect } of registrations) if (protect) visit(urn);
  return kept;
}

/** URNs of everything that a resource waits for on the way up, and that waits for it on the way down. */
export function waitsFor(resource: Registration, registrations: readonly Registration[]): Set<string> {
  const byUrn = new Map(registrations.map((one) => [one.urn, one]));
  const found = new Set<string>();
  const visit = (one: Registration | undefined) => {
    for (const urn of one === undefined ? [] : [providerOf(one), ...one.dependencies]) {
      if (urn === "" || found.has(urn)) continue;
      found.add(urn);
      visit(byUrn.get(urn));
    }
  };
  visit(resource);
  return found;
}

/** URN of an explicit provider; empty for a default provider. */
const providerOf = ({ provider }: Registration) => provider.split("::").slice(0, -1).join("::");

function dependenciesOf(resource: Registration): Set<string> {
  return new Set([
    providerOf(resource),
    ...resource.dependencies,
    ...Object.values(resource.propertyDependencies).flat(),
    resource.deletedWith,
    ...resource.replaceWith,
  ]);
}

function descendants(urn: string, registrations: readonly Registration[]): string[] {
  const children = registrations.filter(({ parent }) => parent === urn).map((child) => child.urn);
  return children.flatMap((child) => [child, ...descendants(child, registrations)]);
}
