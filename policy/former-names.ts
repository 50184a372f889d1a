import type { Policies } from "@pulumi/policy";
import type { PolicyConfigJSONSchema } from "@pulumi/policy/schema";
import type { RuleConfig } from "./reading/resource-view";
import { EXCEPTIONS_SCHEMA } from "./exceptions";
import { list, record } from "./reading/values";
import type { Rule } from "./rule";

/** The type of the resource that stands for a stack, which the engine registers before every other. */
const STACK_TYPE = "pulumi:pulumi:Stack";

/** Configuration that somebody gave under a rule's former name, by the name that the rule has now. */
export type FormerConfigs = Map<string, RuleConfig>;

/**
 * A policy for each name that a rule had before. The engine hands configuration out by name, so only a policy of that
 * name can see it. It is asked about the stack's own resource alone, which costs nothing for all others.
 */
export function formerNamePolicies(all: readonly Rule[], given: FormerConfigs): Policies {
  return all.flatMap((rule) =>
    (rule.formerNames ?? []).map((name) => ({
      name,
      description: `The former name of ${rule.name}.`,
      enforcementLevel: "advisory" as const,
      severity: "low" as const,
      configSchema: { properties: { ...withoutDefaults(rule.settings ?? {}), exceptions: EXCEPTIONS_SCHEMA } },
      validateResource: ofStack((args, report) => {
        const config = args.getConfig() as RuleConfig;
        given.delete(rule.name);
        if (Object.keys(config).length === 0) return;
        given.set(rule.name, config);
        report(`The rule ${name} is called ${rule.name} now. Rename it in the policy configuration.`);
      }),
    })),
  );
}

/** A rule's configuration with what was given under its former name, where the new name leaves the default. */
export function withFormer(rule: Rule, config: RuleConfig, given: FormerConfigs): RuleConfig {
  const former = given.get(rule.name);
  if (former === undefined) return config;
  const own = Object.entries(config).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(record(rule.settings?.[key])["default"]),
  );
  const exceptions = [...list(config["exceptions"]), ...list(former["exceptions"])];
  return { ...config, ...former, ...Object.fromEntries(own), exceptions };
}

/** What the engine fills in would look as if somebody had given it. */
function withoutDefaults(settings: Readonly<Record<string, PolicyConfigJSONSchema>>) {
  const others = (schema: PolicyConfigJSONSchema) => Object.entries(schema).filter(([key]) => key !== "default");
  return Object.fromEntries(Object.entries(settings).map(([key, schema]) => [key, Object.fromEntries(others(schema))]));
}

type Validate = (args: { readonly getConfig: () => object }, report: (message: string) => void) => void;

/** Marks a function for resources of the stack's type, as `validateResourceOfType` does for types that have a class. */
function ofStack(validate: Validate): Validate {
  return Object.assign(validate, { __pulumiType: STACK_TYPE });
}
