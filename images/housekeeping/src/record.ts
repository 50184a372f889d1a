/**
 * What housekeeping has to remember of an agent is kept on the agent itself, as resources that people see on GoCD's agents
 * page (docs/decisions/0040): GoCD has no other place for it, and a memory of this process would not outlive a restart.
 */

/** On an agent that is disabled because it drains, not because a person wanted it. */
export const DRAINING = "draining";

const PREFIX = "housekeeping";
const RESOURCE = "resource.";
const ENVIRONMENT = "environment.";

/** The resources and environments that housekeeping gave an agent. */
export interface Given {
  readonly resources: readonly string[];
  readonly environments: readonly string[];
}

/** True for names that settings may not use, because they are housekeeping's own. */
export function isReserved(resource: string): boolean {
  return resource === DRAINING || isRecord(resource);
}

/** One resource that names everything given: `housekeeping|resource.docker|environment.docker`. */
export function record(given: Given): string {
  const resources = [...given.resources].sort().map((name) => RESOURCE + name);
  const environments = [...given.environments].sort().map((name) => ENVIRONMENT + name);
  return [PREFIX, ...resources, ...environments].join("|");
}

export function isRecord(resource: string): boolean {
  return resource === PREFIX || resource.startsWith(`${PREFIX}|`);
}

/**
 * What the records among an agent's resources say was given, or nothing when there is none: then the agent was never one of
 * ours. There can be two records for a moment, when two versions of this service overlap.
 */
export function given(resources: readonly string[]): Given | undefined {
  const records = resources.filter(isRecord);
  if (records.length === 0) return undefined;
  const parts = records.flatMap((text) => text.split("|"));
  const named = (kind: string): string[] => [
    ...new Set(parts.filter((part) => part.startsWith(kind)).map((part) => part.slice(kind.length))),
  ];
  return { resources: named(RESOURCE), environments: named(ENVIRONMENT) };
}
