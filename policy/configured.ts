import type { EnforcementLevel, Policies, PolicyPackConfig } from "@pulumi/policy";
import { isRecord } from "./reading/values";

type Run = (args: object, tell: unknown) => unknown;

/**
 * Policies with a configuration in them, for a program that runs them itself or puts them into a pack of its own; where
 * Pulumi starts a pack, it hands out the configuration itself.
 */
export function configured(all: Policies, config: PolicyPackConfig): Policies {
  return all.map((policy) => {
    const given = config[policy.name] ?? {};
    const { enforcementLevel = levelIn(config["all"]) ?? policy.enforcementLevel, ...properties } =
      typeof given === "string" ? { enforcementLevel: given } : given;
    const getConfig = () => properties;
    const withConfig = Object.entries(policy).map(([key, value]: [string, unknown]) => [
      key,
      typeof value === "function"
        ? (args: object, tell: unknown) => (value as Run)({ ...args, getConfig }, tell)
        : value,
    ]);
    return { ...Object.fromEntries(withConfig), enforcementLevel } as Policies[number];
  });
}

function levelIn(config: PolicyPackConfig[string] | undefined): EnforcementLevel | undefined {
  return isRecord(config) ? config.enforcementLevel : config;
}
