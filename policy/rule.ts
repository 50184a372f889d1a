import type { Severity } from "@pulumi/policy";
import type { PolicyConfigJSONSchema } from "@pulumi/policy/schema";
import { record, shown, text } from "./reading/values";
import type { ResourceView, RuleConfig } from "./reading/resource-view";
import { pathOf, type ObjectNode } from "./reading/object-node";
import type { Standard } from "./tables/standards";

/** One thing that a rule found. */
export interface Finding {
  /** Kind, namespace and name: `Deployment shop/web`. */
  readonly object: string;
  /** Where in the object, when a container or volume is not enough: `container main`, `volume sock`. */
  readonly part: string | undefined;
  /** The way to it inside the resource. */
  readonly at: string;
  readonly found: string;
  /** What to do instead, where that is not what the rule says. */
  readonly instead: string | undefined;
  /** Why it may never happen: such a finding is noted, whatever the rule says. */
  readonly doubt?: string | undefined;
}

/** What a rule says about a resource. */
export interface Verdict {
  readonly refused: readonly Finding[];
  /** What the reader has to judge: what is known only after up, cannot be parsed, or is tolerated where it stands. */
  readonly noted: readonly Finding[];
}

/**
 * Says what is found at a place.
 *
 * @param key property of the place.
 * @param instead where that is not what the rule says.
 * @param part the container or volume, where the place itself is none.
 */
export type Tell = (found: string, key?: string, instead?: string, part?: string) => void;

/** Collects what a rule finds. */
export class Findings implements Verdict {
  readonly refused: Finding[] = [];
  readonly noted: Finding[] = [];

  at(resource: ResourceView, node: ObjectNode): { readonly refuse: Tell; readonly note: Tell } {
    const into =
      (list: Finding[]): Tell =>
      (found, key, instead, part) => {
        list.push(new Found(resource, node, found, instead, key, part));
      };
    return { refuse: into(this.refused), note: into(this.noted) };
  }
}

interface RuleBase {
  /** Identifies the rule in reports and in configuration. */
  readonly name: string;
  /** Names that it had before; configuration under them still counts, with a warning. */
  readonly formerNames?: readonly string[];
  /** One sentence: what holds when the rule is obeyed. */
  readonly description: string;
  /** What a violation does as long as nobody configures another level; `disabled` is for what has to be asked for. */
  readonly level: "mandatory" | "advisory" | "disabled";
  readonly severity: Severity;
  /** What public standards say about the same. */
  readonly standards: readonly Standard[];
  /** Where to read more. */
  readonly url: string;
  /** For the table in the documentation: what breaks the rule, and what obeys it though it looks similar. */
  readonly breaks: readonly string[];
  readonly obeys: readonly string[];
  /** What to do instead of what it finds. */
  readonly instead: string;
  /** Settings beside `exceptions`, which every rule has. */
  readonly settings?: Readonly<Record<string, PolicyConfigJSONSchema>>;
}

/** Properties of a resource, as a host hands them out. */
export type Properties = Readonly<Record<string, unknown>>;

/** A rule about one resource at a time. */
export interface ResourceRule extends RuleBase {
  readonly check: (resource: ResourceView, config: RuleConfig) => Verdict;
  /** The properties as the rule wants them, where it can mend them; undefined when there is nothing to mend. */
  readonly remedy?: (type: string, properties: Properties) => Properties | undefined;
}

/** A rule about all resources of a stack together. */
export interface StackRule extends RuleBase {
  readonly checkStack: (resources: readonly ResourceView[], config: RuleConfig) => Verdict;
}

export type Rule = ResourceRule | StackRule;

/** A finding as one line of a report. */
export function sentence({ object, part, at, found, instead }: Finding, rule: Pick<Rule, "instead">): string {
  const where = part === undefined ? object : `${object}, ${part}`;
  return `${where}: ${found}${at === "" ? "" : ` (${at})`}. ${instead ?? rule.instead}`;
}

/**
 * A finding that names its place in the words of Kubernetes, and looks it up when it is told: of a hundred thousand in one resource a
 * few hundred are.
 */
class Found implements Finding {
  constructor(
    private readonly resource: ResourceView,
    private readonly node: ObjectNode,
    readonly found: string,
    readonly instead: string | undefined,
    private readonly key: string | undefined,
    private readonly named: string | undefined,
  ) {}

  get object(): string {
    return objectOf(this.resource, this.node);
  }

  get part(): string | undefined {
    return this.named ?? partOf(this.node);
  }

  get at(): string {
    return shown(pathOf(this.node, this.key));
  }

  get doubt(): string | undefined {
    return this.node.doubt;
  }
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
