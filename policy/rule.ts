import type { PolicyConfigJSONSchema } from "@pulumi/policy/schema";
import { list, record, shown, text } from "./reading/values";
import type { ResourceView, RuleConfig } from "./reading/resource-view";
import { pathOf, type ObjectNode } from "./reading/object-node";

/** One thing that a rule found. */
export interface Finding {
  /** Kind, namespace and name: `Deployment shop/web`. */
  readonly object: string;
  /** Where in the object, when a container or volume is not enough: `container main`, `volume sock`. */
  readonly part: string | undefined;
  /** The way to it inside the resource. */
  readonly at: string;
  readonly found: string;
  /** What to do instead. */
  readonly instead: string;
  /** Why it may never happen: such a finding is noted, whatever the rule says. */
  readonly doubt?: string | undefined;
}

/** What a rule says about a resource. */
export interface Verdict {
  readonly refused: readonly Finding[];
  /** What the reader has to judge: what is known only after up, cannot be parsed, or is tolerated where it stands. */
  readonly noted: readonly Finding[];
}

/** Collects what a rule finds. */
export class Findings implements Verdict {
  readonly refused: Finding[] = [];
  readonly noted: Finding[] = [];
}

interface RuleBase {
  /** Identifies the rule in reports and in configuration. */
  readonly name: string;
  /** Names that it had before; configuration under them still counts, with a warning. */
  readonly formerNames?: readonly string[];
  /** One sentence: what holds when the rule is obeyed. */
  readonly description: string;
  readonly level: "mandatory" | "advisory";
  readonly severity: "low" | "medium" | "high" | "critical";
  /** For the table in the documentation: what breaks the rule, and what obeys it though it looks similar. */
  readonly breaks: readonly string[];
  readonly obeys: readonly string[];
  /** What to do instead, for the documentation. */
  readonly instead: string;
  /** Settings beside `exceptions`, which every rule has. */
  readonly settings?: Readonly<Record<string, PolicyConfigJSONSchema>>;
}

/** A rule about one resource at a time. */
export interface ResourceRule extends RuleBase {
  readonly check: (resource: ResourceView, config: RuleConfig) => Verdict;
}

/** A rule about all resources of a stack together. */
export interface StackRule extends RuleBase {
  readonly checkStack: (resources: readonly ResourceView[], config: RuleConfig) => Verdict;
}

export type Rule = ResourceRule | StackRule;

/** An exception that configuration makes: what it covers, and why. */
export interface Exception {
  /** Object as messages name it; `*` stands for any characters. */
  readonly object: string;
  /** Narrows the exception to findings whose text matches; `*` stands for any characters. */
  readonly found: string;
  readonly reason: string;
}

/** The shape of `exceptions` in configuration. */
export const EXCEPTIONS_SCHEMA: PolicyConfigJSONSchema = {
  type: "array",
  description: "What this rule lets pass, each entry with the reason, which the report repeats",
  items: {
    type: "object",
    additionalProperties: false,
    required: ["object", "reason"],
    properties: {
      object: {
        type: "string",
        minLength: 3,
        description: "the object as messages name it, such as `DaemonSet logging/fluent-bit`; * stands for anything",
      },
      found: { type: "string", minLength: 1, description: "only findings whose text matches; * stands for anything" },
      reason: { type: "string", minLength: 10, description: "why this may pass" },
    },
  },
};

/** The exceptions in a rule's configuration; an entry without an object or a reason is none. */
export function exceptions(config: RuleConfig): readonly Exception[] {
  return list(config["exceptions"]).flatMap((entry) => {
    const { object, found, reason } = record(entry);
    const why = text(reason)?.trim() ?? "";
    const which = text(object) ?? "";
    return which.replace(/[*\s/]/g, "") === "" || why.length < 10
      ? []
      : [{ object: which, found: text(found) ?? "*", reason: why }];
  });
}

/** The exception that covers a finding, if there is one. */
export function excepted(finding: Finding, all: readonly Exception[]): Exception | undefined {
  return all.find(({ object, found }) => matches(object, finding.object) && matches(found, finding.found));
}

function matches(pattern: string, value: string): boolean {
  const source = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/\*+/g, ".*");
  return new RegExp(`^${source}$`, "s").test(value);
}

/** A finding as one line of a report. */
export function sentence({ object, part, at, found, instead }: Finding): string {
  const where = part === undefined ? object : `${object}, ${part}`;
  return `${where}: ${found}${at === "" ? "" : ` (${at})`}. ${instead}`;
}

/** Names the place of a finding in the words of Kubernetes. */
export function finding(
  resource: ResourceView,
  node: ObjectNode,
  found: string,
  instead: string,
  key?: string,
): Finding {
  return {
    object: objectOf(resource, node),
    part: partOf(node),
    at: shown(pathOf(node, key)),
    found,
    instead,
    doubt: node.doubt,
  };
}

/** The kind that an object says; while it says none, the one of the resource's type. */
export function kindOf(resource: ResourceView, object: ObjectNode["value"]): string {
  return text(object["kind"]) ?? resource.type.slice(resource.type.lastIndexOf(":") + 1);
}

/** Kind, namespace and name of the Kubernetes object that holds a node; of the resource if it is none. */
function objectOf(resource: ResourceView, node: ObjectNode): string {
  const { owner } = node;
  const metadata = record(owner.value["metadata"]);
  const isRoot = owner.parent === undefined;
  const kind = kindOf(resource, owner.value);
  const name =
    text(metadata["name"]) ?? (isRoot ? resource.name : (text(metadata["generateName"]) ?? "without a name"));
  const namespace = text(metadata["namespace"]) ?? "";
  const inside = isRoot || owner.key === "items" ? "" : ` in ${resource.name}`;
  return shown(`${kind} ${namespace === "" ? "" : `${namespace}/`}${name}${inside}`);
}

/** `container x` or `volume y`, from the nearest named member of a list. */
function partOf(node: ObjectNode): string | undefined {
  for (let at = node; at.parent !== undefined; at = at.parent) {
    if (at.index === undefined) continue;
    const name = text(at.value["name"]);
    const part = name === undefined ? undefined : shown(name);
    if (/containers$/i.test(at.key)) return `container ${part ?? at.index}`;
    if (/volumes$/i.test(at.key)) return `volume ${part ?? at.index}`;
    if (/^volumeClaimTemplates$/.test(at.key)) {
      return `claim template ${shown(text(record(at.value["metadata"])["name"]) ?? String(at.index))}`;
    }
  }
  return undefined;
}
