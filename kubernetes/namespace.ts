import type * as pulumi from "@pulumi/pulumi";

/** A namespace, and what must be in force there before a pod starts and as long as one runs. */
export interface GuardedNamespace {
  readonly name: pulumi.Output<string>;
  /**
   * Network policies, admission policies, and what lets pods act outside the cluster. Whatever makes pods depends on them; not by a value, because Pulumi replaces
   * whatever has a value of something that it must delete before it can be made anew.
   */
  readonly guards: readonly pulumi.Resource[];
}
