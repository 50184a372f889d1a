import { UNKNOWN, type WireObject } from "../../../preview/run/wire";
import { madeValues } from "../../support/resolved-providers";
import type { Problem, ProviderModel, ResourceModel } from "./model";

// As in hashicorp/terraform-provider-random: internal/provider/resource_password.go and resource_bytes.go. Every argument makes a new value.

const LEAST = ["minLower", "minUpper", "minNumeric", "minSpecial"];

const model = (computed: readonly string[], check: (inputs: WireObject) => readonly Problem[]): ResourceModel => ({
  replaces: () => true,
  computed,
  check: (inputs) => (inputs["length"] === UNKNOWN ? [] : check(inputs)),
  create: (resource) => madeValues(resource, resource.inputs),
});

const atLeast = (least: number, inputs: WireObject): readonly Problem[] =>
  Number(inputs["length"]) >= least
    ? []
    : [
        {
          property: "length",
          reason: `Attribute length value must be at least ${least}, got: ${Number(inputs["length"])}`,
        },
      ];

/** `random`: the two types whose results are secret. */
export const random: ProviderModel = {
  resources: {
    "random:index/randomPassword:RandomPassword": model(["result", "bcryptHash"], (inputs) =>
      atLeast(
        Math.max(
          1,
          LEAST.map((key) => Number(inputs[key] ?? 0)).reduce((sum, one) => sum + one, 0),
        ),
        inputs,
      ),
    ),
    "random:index/randomBytes:RandomBytes": model(["hex", "base64"], (inputs) => atLeast(1, inputs)),
  },
};
