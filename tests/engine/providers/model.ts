import type { WireObject, WireValue } from "../../../preview/run/wire";

/** What is wrong with an argument, as `CheckFailure` says it. */
export interface Problem {
  readonly property: string;
  readonly reason: string;
}

/** A resource as its provider knows it. Arguments and properties come without the marks of secrets. */
export interface Resource {
  readonly urn: string;
  readonly name: string;
  readonly type: string;
  readonly inputs: WireObject;
}

/** A resource that exists: its id, and what the provider computed. */
export interface Made {
  readonly id: string;
  readonly outputs: WireObject;
}

/** One resource type: what its arguments must be, what a changed one means, and what comes of it. */
export interface ResourceModel {
  /** Arguments that the provider fills in; they are stored with those of the program. */
  readonly defaults?: (resource: Resource, previous: WireObject) => WireObject;
  /** What the provider refuses before anything is made. Unknown values are no problem yet. */
  readonly check?: (inputs: WireObject, name: string) => readonly Problem[];
  /** Whether a change at this path makes the resource anew, such as `nodeConfig.machineType`; list items have no index. */
  readonly replaces: (path: string, before: WireValue | undefined, after: WireValue | undefined) => boolean;
  readonly deleteBeforeReplace?: boolean;
  /** Properties that are unknown until the resource is made. */
  readonly computed: readonly string[];
  /** Of those, what a change at these paths makes unknown again, although the resource stays. */
  readonly recomputed?: (paths: readonly string[]) => readonly string[];
  /** What a plan shows where the provider adds something inside an argument. `old` is there for an update. */
  readonly planned?: (inputs: WireObject, old: WireObject | undefined) => WireObject;
  readonly create: (resource: Resource) => Promise<Made> | Made;
  /** Default: the arguments change and nothing else. */
  readonly update?: (id: string, resource: Resource, old: WireObject) => Promise<WireObject> | WireObject;
  /** What there is; undefined when it is gone. Properties are empty for an import. Default: what was made is still there. */
  readonly read?: (id: string, properties: WireObject, urn: string) => WireObject | undefined;
  readonly delete?: (id: string, urn: string) => Promise<void> | void;
}

/** A provider: its resources by type token, its functions by token. */
export interface ProviderModel {
  readonly resources: Readonly<Record<string, ResourceModel>>;
  readonly functions?: Readonly<Record<string, (args: WireObject) => WireObject>>;
  /** Whether a changed argument of the provider makes it anew, and everything of its with it. Default: none does. */
  readonly replacesProvider?: (argument: string) => boolean;
  /** What the provider asks for before any operation, such as a daemon; it throws what the real one says. */
  readonly configure?: (config: WireObject) => void;
}
