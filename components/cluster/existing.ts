import type { Placement } from "../../kubernetes/placement";

/** Nodes as whoever labelled and tainted them names them. */
export interface ExistingPlacement {
  /** Labels that a node must have, all of them. */
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** Taints that do not keep the pods off. */
  readonly tolerations: readonly {
    readonly key: string;
    /** Default: `Equal`. */
    readonly operator?: "Equal" | "Exists" | undefined;
    readonly value?: string | undefined;
    /** Default: every effect. */
    readonly effect?: "NoSchedule" | "PreferNoSchedule" | "NoExecute" | undefined;
  }[];
}

/** Sends a pod to such nodes; anywhere, where nothing is said of them. */
export function existingPlacement({ nodeSelector, tolerations }: ExistingPlacement = ANYWHERE): Placement {
  return {
    ...(Object.keys(nodeSelector).length > 0 && { nodeSelector: { ...nodeSelector } }),
    ...(tolerations.length > 0 && { tolerations: tolerations.map((toleration) => ({ ...toleration })) }),
  };
}

const ANYWHERE: ExistingPlacement = { nodeSelector: {}, tolerations: [] };
