import type { z } from "zod";
import { choice, labelKey, labelValue, list, mapOf, mapWith, type ReadonlyDeep } from "./values";

const toleration = mapWith({
  key: labelKey,
  operator: choice("Equal", "Exists").optional(),
  value: labelValue.optional(),
  effect: choice("NoSchedule", "PreferNoSchedule", "NoExecute").optional(),
}).refine(({ operator, value }) => operator !== "Exists" || value === undefined, {
  path: ["value"],
  error: "nothing where operator is Exists, which goes past every value",
});

/** Nodes that somebody else labels and taints, in Kubernetes' own terms, for these pods. */
export const placement = (pods: string) =>
  mapWith({
    nodeSelector: mapOf(
      labelKey,
      labelValue.describe(`label of the nodes that ${pods} go to, such as cloud.google.com/gke-nodepool: NAME`),
      "a map of labels",
    ).default({}),
    tolerations: list(toleration, "a list of tolerations, each with key, operator, value, effect")
      .default([])
      .describe(`taints that do not keep ${pods} off`),
  }).optional();

/** Which nodes these are. */
export type Placement = ReadonlyDeep<NonNullable<z.output<ReturnType<typeof placement>>>>;
