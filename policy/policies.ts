import type { Policies, PolicyConfigSchema } from "@pulumi/policy";
import { withFormer, type FormerConfigs } from "./former-names";
import { textsOf } from "./reading/assets";
import { rawProperties, shown } from "./reading/values";
import { walk, type ResourceIndex } from "./reading/walk";
import type { RuleConfig, ResourceView } from "./reading/resource-view";
import {
  excepted,
  exceptions,
  EXCEPTIONS_SCHEMA,
  sentence,
  type Finding,
  type ResourceRule,
  type Rule,
  type StackRule,
  type Verdict,
} from "./rule";
import { certificatesNotExpiring } from "./rules/certificates-not-expiring";
import { disksProtected } from "./rules/disks-protected";
import { imagesByDigest } from "./rules/images-by-digest";
import { imagesPinned } from "./rules/images-pinned";
import { noClaimsOnNodeVolumes } from "./rules/no-claims-on-node-volumes";
import { noHostNamespaces } from "./rules/no-host-namespaces";
import { noHostPaths } from "./rules/no-host-paths";
import { noNodeDaemons } from "./rules/no-node-daemons";
import { noPrivilegedContainers } from "./rules/no-privileged-containers";
import { noRuntimeSockets } from "./rules/no-runtime-sockets";
import { nothingPublic } from "./rules/nothing-public";
import { wellFormedPods } from "./rules/well-formed-pods";

/** Every rule, the weightiest first. */
export const RULES: readonly Rule[] = [
  noRuntimeSockets,
  noPrivilegedContainers,
  noHostNamespaces,
  noNodeDaemons,
  noHostPaths,
  noClaimsOnNodeVolumes,
  imagesPinned,
  imagesByDigest,
  disksProtected,
  nothingPublic,
  certificatesNotExpiring,
  wellFormedPods,
];

/** What a host hands to a rule; both of the engine's interfaces fit. */
interface PolicyArgs {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly props: object;
  readonly opts?: { readonly protect?: boolean };
  readonly provider?: { readonly props: object };
}

/** A resource as rules see it; what is inside is looked for when the first rule asks. */
export function viewOf({ urn, type, name, props, opts, provider }: PolicyArgs): ResourceView {
  let index: ResourceIndex | undefined;
  const settle = async () => {
    index = walk(type, props, await textsOf(index?.assets ?? []));
  };
  return {
    urn,
    type,
    name,
    protect: opts?.protect === true,
    defaultNamespace: provider && rawProperties(provider.props)["namespace"],
    get index() {
      return (index ??= walk(type, props));
    },
    settle,
  };
}

/**
 * Hands the rules one view for the copies of a resource that the host makes for each of them: to look through it once
 * instead of eleven times is most of what the pack costs. A rule that comes a second time has a new look, so what one
 * rule sees is never older than what the rule before it saw.
 */
class ResourceViews {
  private readonly known = new Map<string, { readonly view: ResourceView; readonly seenBy: Set<string> }>();

  for(rule: string, given: PolicyArgs): ResourceView {
    const known = this.known.get(given.urn);
    if (known?.view.type === given.type && !known.seenBy.has(rule)) {
      known.seenBy.add(rule);
      return known.view;
    }
    const view = viewOf(given);
    this.known.set(given.urn, { view, seenBy: new Set([rule]) });
    return view;
  }

  /** Ends the look at a resource, after the last policy. */
  forget(urn: string): void {
    this.known.delete(urn);
  }
}

/**
 * What the mandatory rules want to be read without refusing anything, by resource: a policy has one enforcement level,
 * so the policy `notes`, last in the list and advisory, says it for all of them.
 */
type Notes = Map<string, Map<string, readonly string[]>>;

/** The policies, in the order in which they must run. Making them starts nothing; `index.ts` serves them. */
export function makePolicies(all: readonly Rule[] = RULES, former: FormerConfigs = new Map()): Policies {
  const resourceNotes: Notes = new Map();
  const stackNotes: Notes = new Map();
  const views = new ResourceViews();
  const resourceRules = all.filter((rule): rule is ResourceRule => "check" in rule);
  const stackRules = all.filter((rule): rule is StackRule => "checkStack" in rule);
  return [
    ...resourceRules.map((rule) => ({
      ...asPolicy(rule),
      validateResource: (
        args: PolicyArgs & { readonly getConfig: () => object },
        report: (message: string) => void,
      ) => {
        const config = withFormer(rule, args.getConfig() as RuleConfig, former);
        const view = views.for(rule.name, args);
        return settled([view], () => {
          apply(rule, rule.check(view, config), config, args.urn, resourceNotes, report);
        });
      },
    })),
    ...stackRules.map((rule) => ({
      ...asPolicy(rule),
      validateStack: (
        args: { readonly resources: readonly PolicyArgs[]; readonly getConfig: () => object },
        report: (message: string) => void,
      ) => {
        const config = withFormer(rule, args.getConfig() as RuleConfig, former);
        const all = args.resources.map(viewOf);
        return settled(all, () => {
          apply(rule, rule.checkStack(all, config), config, "", stackNotes, report);
        });
      },
    })),
    {
      name: "notes",
      description:
        "What could not be checked, is tolerated where it stands, or passes by an exception, with its reason.",
      enforcementLevel: "advisory",
      severity: "low",
      validateResource: (args, report) => {
        reportNotes(resourceNotes, args.urn, report);
        views.forget(args.urn);
      },
    },
    {
      name: "stack-notes",
      description: "The same for rules that look at the whole stack.",
      enforcementLevel: "advisory",
      severity: "low",
      validateStack: (_args, report) => {
        reportNotes(stackNotes, "", report);
      },
    },
  ];
}

/** Waits for what resources hand out by promises, if there is anything, before they are judged. */
function settled(views: readonly ResourceView[], judge: () => void): Promise<void> | undefined {
  const waiting = views.filter(({ index }) => index.assets.length > 0);
  if (waiting.length > 0) return Promise.all(waiting.map((view) => view.settle())).then(judge);
  judge();
  return undefined;
}

/** The policies of this pack, for a host that runs in this process. */
export const policies: Policies = makePolicies();

function asPolicy(rule: Rule) {
  const configSchema: PolicyConfigSchema = { properties: { ...rule.settings, exceptions: EXCEPTIONS_SCHEMA } };
  const { name, description, severity } = rule;
  return { name, description, severity, enforcementLevel: rule.level, remediationSteps: rule.instead, configSchema };
}

/** Reports what a rule refuses, and keeps for the notes what it does not. */
function apply(
  rule: Rule,
  verdict: Verdict,
  config: RuleConfig,
  urn: string,
  notes: Notes,
  report: (message: string) => void,
): void {
  const granted = exceptions(config);
  const kept: string[] = verdict.noted.map((noted) => `${rule.name}: ${sentence(noted)}`);
  for (const refused of distinct(verdict.refused)) {
    if (refused.doubt !== undefined) {
      kept.push(`${rule.name}: ${sentence(refused)} Only noted, because ${refused.doubt}.`);
      continue;
    }
    const exception = excepted(refused, granted);
    if (exception === undefined) report(sentence(refused));
    else kept.push(`${rule.name} makes an exception: ${sentence(refused)} Reason: ${shown(exception.reason)}`);
  }
  if (kept.length === 0 && !notes.has(urn)) return;
  const ofResource = notes.get(urn) ?? new Map<string, readonly string[]>();
  notes.set(urn, ofResource.set(rule.name, kept));
}

/**
 * Reports the notes on a resource. Given a text the host puts the policy's description before it, each time; given an object, which
 * its types leave out, it does not (makeReportViolationFun of @pulumi/policy 1.21).
 */
function reportNotes(notes: Notes, urn: string, report: (message: string) => void): void {
  const reportAlone = report as unknown as (violation: { readonly message: string }) => void;
  for (const messages of notes.get(urn)?.values() ?? [])
    for (const message of new Set(messages)) reportAlone({ message });
  notes.delete(urn);
}

/** A thing that is found by two ways is said once. */
function distinct(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.map((finding) => [sentence(finding), finding])).values()];
}
