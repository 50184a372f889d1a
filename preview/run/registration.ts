import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import type { WireObject } from "./wire";

/** One resource as the program registers it with the engine. Lists that have no order are sorted. */
export interface Registration {
  readonly urn: string;
  /** Type token: `gcp:compute/disk:Disk`, `kubernetes:apps/v1:StatefulSet`, `shop:pools:Pool`. */
  readonly type: string;
  readonly name: string;
  /** URN of the parent; empty for the stack itself. */
  readonly parent: string;
  /** False for components, which exist in Pulumi's state only. */
  readonly custom: boolean;
  /** URNs that it had before. Those that it inherits from a parent's aliases are not among them. */
  readonly aliases: readonly string[];
  /** Properties in wire form: secrets and unknown values are marked. */
  readonly inputs: WireObject;
  /** URNs of everything it depends on. */
  readonly dependencies: readonly string[];
  /** For each property, URNs of the resources that its value came from. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  /** `<URN>::<id>` of an explicit provider; empty for a default provider. */
  readonly provider: string;
  /** Of components: `<URN>::<id>` of the provider that children get, by package. */
  readonly providers: Readonly<Record<string, string>>;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly deletedWith: string;
  readonly replaceWith: readonly string[];
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  readonly additionalSecretOutputs: readonly string[];
  readonly deleteBeforeReplace: boolean;
  /** Durations such as `30m`; only those that are set. */
  readonly customTimeouts: Readonly<Partial<Record<"create" | "update" | "delete", string>>>;
  /** Version of the provider plugin that the package asks for. */
  readonly version: string;
}

/** Type token of the stack itself, the root of the tree. */
export const STACK_TYPE = "pulumi:pulumi:Stack";

/** What the engine, not the program, decides about a resource. */
export interface Decided {
  readonly urn: string;
  readonly inputs: WireObject;
  readonly aliases: readonly string[];
}

/** What the program asks for, as plain data. */
export function registration(request: RegisterResourceRequest, { urn, inputs, aliases }: Decided): Registration {
  const timeouts = request.getCustomtimeouts()?.toObject();
  const customTimeouts = {
    create: timeouts?.create ?? "",
    update: timeouts?.update ?? "",
    delete: timeouts?.pb_delete ?? "",
  };
  return {
    urn,
    type: request.getType(),
    name: request.getName(),
    parent: request.getParent(),
    custom: request.getCustom(),
    aliases,
    inputs,
    dependencies: request.getDependenciesList().sort(),
    propertyDependencies: Object.fromEntries(
      sortedEntries(request.getPropertydependenciesMap().entries()).map(([key, value]) => [
        key,
        value.getUrnsList().sort(),
      ]),
    ),
    provider: request.getProvider(),
    providers: Object.fromEntries(sortedEntries(request.getProvidersMap().entries())),
    protect: request.getProtect() ?? false,
    retainOnDelete: request.getRetainondelete() ?? false,
    deletedWith: request.getDeletedwith(),
    replaceWith: request.getReplaceWithList().sort(),
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    deleteBeforeReplace: request.getDeletebeforereplace(),
    customTimeouts: Object.fromEntries(Object.entries(customTimeouts).filter(([, value]) => value !== "")),
    version: request.getVersion(),
  };
}

/** The URN that the engine gives: types of all component ancestors but the stack, then the own type and name. */
export function urnOf(stack: string, project: string, parent: string, type: string, name: string): string {
  const ancestors = parent === "" ? "" : typePath(parent);
  const path = ancestors === "" || ancestors === STACK_TYPE ? type : `${ancestors}$${type}`;
  return `urn:pulumi:${stack}::${project}::${path}::${name}`;
}

/** True for an object of the Kubernetes API, as against the package's provider, charts and other components. */
export function isKubernetesObject({
  custom,
  type,
  inputs,
}: Pick<Registration, "custom" | "type" | "inputs">): boolean {
  return (
    custom &&
    type.startsWith("kubernetes:") &&
    typeof inputs["apiVersion"] === "string" &&
    typeof inputs["kind"] === "string"
  );
}

/** URN of the provider that a resource names; empty for the default one. */
export function providerUrn({ provider }: Pick<Registration, "provider">): string {
  return provider.split("::").slice(0, -1).join("::");
}

/** Last part of a URN. */
export function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? "";
}

function typePath(urn: string): string {
  return urn.split("::")[2] ?? "";
}

function sortedEntries<T>(entries: Iterable<[string, T]>): [string, T][] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
}
