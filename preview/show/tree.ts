import { STACK_TYPE, type Registration } from "../run/registration";

/** Resources of one type under one parent that are alike to a reader. */
export interface Group {
  readonly type: string;
  readonly names: readonly string[];
  readonly protect: boolean;
}

/** A component, or the stack itself, with what is in it. */
export interface Branch {
  readonly name: string;
  readonly type: string;
  readonly protect: boolean;
  readonly groups: readonly Group[];
  readonly branches: readonly Branch[];
}

/** The resources as a tree in which many of a kind are one entry. Sorted by type, names in natural order. */
export function tree(registrations: readonly Registration[]): Branch {
  const children = new Map<string, Registration[]>();
  for (const resource of registrations) append(children, resource.parent, resource);
  const root = registrations.find(({ type }) => type === STACK_TYPE);
  if (root === undefined) return { name: "", type: STACK_TYPE, protect: false, groups: [], branches: [] };
  return branch(root, children);
}

/**
 * A type token as people say it: `gcp:compute/disk:Disk` is a `gcp compute Disk`, `kubernetes:apps/v1:StatefulSet` a
 * `kubernetes StatefulSet`, since Kubernetes' own kinds are known without their group.
 */
export function displayType(type: string): string {
  const [pkg = "", module = "", name = ""] = type.split(":");
  if (pkg === "pulumi" && module === "providers") return `provider ${name}`;
  const [area = ""] = module.split("/");
  const known = pkg === "kubernetes" && (!area.includes(".") || area.endsWith(".k8s.io"));
  const shown = known || area === "index" || area === "" || pkg.startsWith(area) ? [] : [area];
  return [pkg, ...shown, name].join(" ");
}

/** Numbers inside names count as numbers: `docker-2` before `docker-10`. The same in every locale. */
export function naturalCompare(a: string, b: string): number {
  return ORDER.compare(a, b);
}

const ORDER = new Intl.Collator("en", { numeric: true });

function branch(resource: Registration, children: ReadonlyMap<string, readonly Registration[]>): Branch {
  const own = children.get(resource.urn) ?? [];
  const parents = own.filter((child) => children.has(child.urn) || !child.custom);
  return {
    name: resource.name,
    type: resource.type,
    protect: resource.protect,
    groups: groups(own.filter((child) => !parents.includes(child))),
    branches: parents
      .map((child) => branch(child, children))
      .sort((a, b) => naturalCompare(a.type, b.type) || naturalCompare(a.name, b.name)),
  };
}

function groups(resources: readonly Registration[]): Group[] {
  const byKind = new Map<string, Registration[]>();
  for (const resource of resources) append(byKind, `${resource.type} ${String(resource.protect)}`, resource);
  return [...byKind.values()]
    .map(([first, ...rest]) => ({
      type: first?.type ?? "",
      protect: first?.protect ?? false,
      names: [first, ...rest].map((resource) => resource?.name ?? "").sort(naturalCompare),
    }))
    .sort((a, b) => naturalCompare(displayType(a.type), displayType(b.type)) || Number(a.protect) - Number(b.protect));
}

function append(lists: Map<string, Registration[]>, key: string, resource: Registration): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [resource]);
  else list.push(resource);
}
