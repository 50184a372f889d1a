import type { PolicyConfigJSONSchema } from "@pulumi/policy/schema";
import type { RuleConfig } from "./reading/resource-view";
import { list, record, shown, text } from "./reading/values";
import type { Finding } from "./rule";

/** An exception that configuration makes: what it covers, why, and how long. */
interface Exception {
  /** Object as messages name it. */
  readonly object: string;
  /** Narrows the exception to findings that say this. */
  readonly found: string;
  readonly reason: string;
  /** Its last day, in UTC. */
  readonly until: string;
}

const MIN_REASON = 10;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The shape of `exceptions` in configuration. */
export const EXCEPTIONS_SCHEMA: PolicyConfigJSONSchema = {
  type: "array",
  description: "What this rule lets pass, each entry with the reason, which the report repeats, and its last day",
  items: {
    type: "object",
    additionalProperties: false,
    required: ["object", "reason", "until"],
    properties: {
      object: {
        type: "string",
        minLength: 3,
        pattern: "^[^*]*$",
        description: "the object as messages name it, such as `DaemonSet logging/fluent-bit`, without *",
      },
      found: {
        type: "string",
        minLength: 1,
        pattern: "^[^*]*$",
        description: "only findings that say this, such as a path, without *",
      },
      reason: { type: "string", minLength: MIN_REASON, description: "why this may pass" },
      until: { type: "string", pattern: DAY.source, description: "the last day, such as 2027-06-30" },
    },
  },
};

/** The exceptions of one rule in one run: which count, what is wrong with the others, and which are of no use. */
export class Exceptions {
  private readonly granted: readonly Exception[];
  private readonly used = new Set<Exception>();
  /** Why an entry does not count; each names the entry. */
  readonly problems: readonly string[];

  constructor(config: RuleConfig, today: string) {
    const entries = list(config["exceptions"]).map((entry) => ({ entry, problem: problemOf(entry, today) }));
    this.granted = entries.flatMap(({ entry, problem }) => (problem === undefined ? [exceptionOf(entry)] : []));
    this.problems = entries.flatMap(({ entry, problem }) =>
      problem === undefined ? [] : [`the exception for ${nameOf(entry)} does not count: ${problem}`],
    );
  }

  /** Whether nothing can pass by an exception. */
  get isEmpty(): boolean {
    return this.granted.length === 0;
  }

  /** The reason why a finding may pass, if there is one. */
  reasonFor(finding: Finding, said: string): string | undefined {
    const exception = this.granted.find(({ object, found }) => object === finding.object && said.includes(found));
    if (exception !== undefined) this.used.add(exception);
    return exception?.reason;
  }

  /** The entries that nothing needed. */
  get unused(): readonly string[] {
    return this.granted.filter((each) => !this.used.has(each)).map(nameOf);
  }
}

function exceptionOf(entry: unknown): Exception {
  const { object, found, reason, until } = record(entry);
  return { object: text(object) ?? "", found: text(found) ?? "", reason: text(reason) ?? "", until: text(until) ?? "" };
}

function nameOf(entry: unknown): string {
  const { object, found } = exceptionOf(entry);
  return [object === "" ? "no object" : object, found]
    .filter((part) => part !== "")
    .map(shown)
    .join(", ");
}

function problemOf(entry: unknown, today: string): string | undefined {
  const { object, found, reason, until } = exceptionOf(entry);
  if (object.trim() === "") return "it names no object. Name it as the message does.";
  if (`${object}${found}`.includes("*")) return "it has a *. Name each object, and each finding, in full.";
  if (reason.trim().length < MIN_REASON) return `its reason has fewer than ${MIN_REASON} characters. Say why.`;
  if (!DAY.test(until) || Number.isNaN(Date.parse(until))) return "it has no last day. Add until: YYYY-MM-DD.";
  if (until < today) return `it ended on ${until}. Mend the object, or decide anew.`;
  return undefined;
}
