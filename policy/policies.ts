import type { Policies, PolicyConfigSchema, ResourceValidationPolicy } from "@pulumi/policy";
import { RULES } from "./all-rules";
import { EXCEPTIONS_SCHEMA } from "./exceptions";
import { withFormer, type FormerConfigs } from "./former-names";
import type { RuleConfig } from "./reading/resource-view";
import { ResourceViews, StackViews, settled, viewOf, type PolicyArgs } from "./reading/view";
import { Report } from "./report";
import type { ResourceRule, Rule, StackRule } from "./rule";
import { FRAMEWORKS } from "./tables/standards";

interface ResourceArgs extends PolicyArgs {
  readonly getConfig: () => object;
}
interface StackArgs {
  readonly resources: readonly PolicyArgs[];
  readonly getConfig: () => object;
}
type Tell = (message: string) => void;

/**
 * The policies, in the order in which they must run. Making them starts nothing; `index.ts` serves them.
 * @param former what is configured under former names.
 * @param report what the notes are told from; by default one of their own.
 */
export function makePolicies(
  all: readonly Rule[] = RULES,
  former: FormerConfigs = new Map(),
  report: Report = new Report(),
): Policies {
  learnKeys(all);
  const views = new ResourceViews();
  const stackViews = new StackViews();
  const configOf = (rule: Rule, args: ResourceArgs | StackArgs) =>
    withFormer(rule, args.getConfig() as RuleConfig, former);
  const resourcePolicy = (rule: ResourceRule) => ({
    ...described(rule),
    ...remediation(rule),
    validateResource: (args: ResourceArgs, tell: Tell) => {
      const view = views.for(rule.name, args);
      const config = configOf(rule, args);
      return settled([view], () => {
        report.judge(rule, rule.check(view, config), config, args.urn, tell);
      });
    },
  });
  const stackPolicy = (rule: StackRule) => ({
    ...described(rule),
    validateStack: (args: StackArgs, tell: Tell) => {
      const resources = stackViews.for(rule.name, args.resources);
      const config = configOf(rule, args);
      return settled(resources, () => {
        report.judge(rule, rule.checkStack(resources, config), config, "", tell);
      });
    },
  });
  return [
    ...all.filter((rule) => "check" in rule).map(resourcePolicy),
    ...all.filter((rule) => "checkStack" in rule).map(stackPolicy),
    {
      ...NOTES,
      name: NOTE_POLICIES[0],
      description:
        "What could not be checked, is tolerated where it stands, or passes by an exception, with its reason.",
      validateResource: (args, tell) => {
        report.tellNotes(args.urn, alone(tell));
        views.forget(args.urn);
      },
    },
    {
      ...NOTES,
      name: NOTE_POLICIES[1],
      description: "The same for rules that look at the whole stack, and exceptions that nothing needs.",
      validateStack: (_args, tell) => {
        stackViews.forget();
        report.tellNotes("", alone(tell));
        report.tellUnused(alone(tell));
      },
    },
  ];
}

/** Lets every rule ask once for the properties that it looks for, so that the first resource is looked through like all others. */
function learnKeys(all: readonly Rule[]): void {
  const nothing = viewOf({ urn: "", type: "", name: "", props: {} });
  for (const rule of all) {
    if ("check" in rule) rule.check(nothing, {});
    else rule.checkStack([nothing], {});
  }
}

/** What tells the notes of the rules, about resources and about the stack; no rules themselves. */
export const NOTE_POLICIES = ["notes", "stack-notes"] as const;

const NOTES = { enforcementLevel: "advisory", severity: "low" } as const;

/** The policies of this pack, for a host that runs in this process. */
export const policies: Policies = makePolicies();

/** A policy's description, in Pulumi's words. It can name one framework; the others are tags. */
function described(rule: Rule) {
  const configSchema: PolicyConfigSchema = { properties: { ...rule.settings, exceptions: EXCEPTIONS_SCHEMA } };
  const { name, description, severity, url, standards } = rule;
  const [first] = standards;
  return {
    name,
    description,
    severity,
    url,
    enforcementLevel: rule.level,
    remediationSteps: rule.instead,
    configSchema,
    tags: standards.map(({ framework, reference }) => `${framework} ${reference}`),
    ...(first !== undefined && { framework: { ...FRAMEWORKS[first.framework], reference: first.reference } }),
  };
}

/** What Pulumi runs before the rules when the level is `remediate`. */
function remediation({ remedy }: ResourceRule): Pick<ResourceValidationPolicy, "remediateResource"> {
  return remedy === undefined
    ? {}
    : { remediateResource: ({ type, props }) => remedy(type, props) as Record<string, unknown> | undefined };
}

/**
 * Tells a note without its policy's description. Given a text the host puts the description before it, each time; given an object,
 * which its types leave out, it does not (makeReportViolationFun of @pulumi/policy 1.21).
 */
function alone(tell: Tell): Tell {
  const tellAlone = tell as unknown as (violation: { readonly message: string }) => void;
  return (message) => {
    tellAlone({ message });
  };
}
