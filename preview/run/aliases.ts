import type { Alias } from "@pulumi/pulumi/proto/alias_pb";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";

/** Where a resource hangs: what an alias leaves out is taken from here. */
export interface Place {
  readonly stack: string;
  readonly project: string;
  /** Makes a URN of this or another place, as the engine does. */
  readonly urnOf: (stack: string, project: string, parent: string, type: string, name: string) => string;
}

/** URNs that a resource had before, as its option `aliases` tells them, in the program's order. */
export function aliasUrns(request: RegisterResourceRequest, place: Place): string[] {
  const fromSpecs = request.getAliasesList().map((alias) => aliasUrn(alias, request, place));
  return [...new Set([...fromSpecs, ...request.getAliasurnsList()])];
}

function aliasUrn(alias: Alias, request: RegisterResourceRequest, { stack, project, urnOf }: Place): string {
  const spec = alias.getSpec();
  if (spec === undefined) return alias.getUrn();
  const parent = spec.hasNoparent() && spec.getNoparent() ? "" : spec.getParenturn() || request.getParent();
  return urnOf(
    spec.getStack() || stack,
    spec.getProject() || project,
    parent,
    spec.getType() || request.getType(),
    spec.getName() || request.getName(),
  );
}
