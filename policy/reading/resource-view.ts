import type { ResourceIndex } from "./walk";

/** A resource as the rules see it: plain values, every object inside it already found. */
export interface ResourceView {
  readonly urn: string;
  /** Pulumi's type token, such as `kubernetes:apps/v1:Deployment`. */
  readonly type: string;
  /** Pulumi's name of the resource. */
  readonly name: string;
  readonly protect: boolean;
  /** Where the resource's provider puts an object that names no namespace; undefined if the provider does not say. */
  readonly defaultNamespace: unknown;
  readonly index: ResourceIndex;
  /** Waits for the text of its assets, which the index then holds. */
  readonly settle: () => Promise<void>;
}

/** Configuration of one rule, as it comes from a policy configuration file. */
export type RuleConfig = Readonly<Record<string, unknown>>;
