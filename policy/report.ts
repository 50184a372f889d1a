import { Exceptions } from "./exceptions";
import type { RuleConfig } from "./reading/resource-view";
import { shown } from "./reading/values";
import { sentence, type Rule, type Verdict } from "./rule";

type Tell = (message: string) => void;

/** Messages of one rule about one resource: a report of a hundred thousand lines is read by nobody. */
const MAX_MESSAGES = 200;

/**
 * What the rules want to be read without refusing anything: a policy has one enforcement level, so the advisory policies
 * `notes` and `stack-notes`, last in the list, say it for all of them.
 */
export class Report {
  private readonly notes = new Map<string, Map<string, readonly string[]>>();
  private readonly exceptions = new Map<string, { readonly of: string; readonly all: Exceptions }>();
  /** What is wrong with the configuration; each is said once. */
  private readonly problems = new Set<string>();
  private readonly told = new Set<string>();

  constructor(private readonly today: () => string = () => new Date().toISOString().slice(0, 10)) {}

  /** Tells what a rule refuses, and keeps for the notes what it does not. */
  judge(rule: Rule, verdict: Verdict, config: RuleConfig, urn: string, tell: Tell): void {
    const granted = this.exceptionsOf(rule, config);
    const kept = new Set(verdict.noted.slice(0, MAX_MESSAGES).map((noted) => `${rule.name}: ${sentence(noted, rule)}`));
    const refused = new Set<string>();
    let left = 0;
    for (const found of verdict.refused) {
      if (refused.size >= MAX_MESSAGES) {
        left += 1;
        continue;
      }
      const said = sentence(found, rule);
      const reason = granted.isEmpty ? undefined : granted.reasonFor(found, said);
      if (found.doubt !== undefined) kept.add(`${rule.name}: ${said} Only noted, because ${found.doubt}.`);
      else if (reason === undefined) refused.add(said);
      else kept.add(`${rule.name} makes an exception: ${said} Reason: ${shown(reason)}`);
    }
    for (const message of refused) tell(message);
    if (left > 0) tell(`There are ${left} more of these in the same resource.`);
    const more = verdict.noted.length - MAX_MESSAGES;
    if (more > 0) kept.add(`${rule.name}: There are ${more} more of these in the same resource.`);
    this.keep(rule.name, urn, [...kept]);
  }

  /** Takes the names that a configuration speaks of; the engine hands on those that no policy has. */
  configured(names: readonly string[], policies: readonly { readonly name: string }[]): void {
    const known = policies.map(({ name }) => name);
    for (const name of names) {
      if (known.includes(name) || name === "all") continue;
      this.problems.add(`The configuration names ${shown(name)}, which is no policy. There are ${known.join(", ")}.`);
    }
  }

  /** Tells what was kept about a resource, and what is wrong with the configuration. */
  tellNotes(urn: string, tell: Tell): void {
    for (const messages of this.notes.get(urn)?.values() ?? []) for (const message of messages) tell(message);
    this.notes.delete(urn);
    for (const problem of this.problems) {
      if (!this.told.has(problem)) tell(problem);
      this.told.add(problem);
    }
  }

  /** Tells at the end which exceptions nothing needed. */
  tellUnused(tell: Tell): void {
    for (const [rule, { all }] of this.exceptions)
      for (const name of all.unused)
        tell(`${rule}: the exception for ${name} covers nothing in this run. Take it out of the configuration.`);
    this.exceptions.clear();
  }

  private exceptionsOf(rule: Rule, config: RuleConfig): Exceptions {
    const given = JSON.stringify(config);
    const known = this.exceptions.get(rule.name);
    if (known !== undefined && known.of === given) return known.all;
    const all = new Exceptions(config, this.today());
    this.exceptions.set(rule.name, { of: given, all });
    for (const problem of all.problems) this.problems.add(`${rule.name}: ${problem}`);
    for (const key of Object.keys(config)) {
      if (KNOWN_KEYS.includes(key) || key in (rule.settings ?? {})) continue;
      const has = ["exceptions", ...Object.keys(rule.settings ?? {})].join(", ");
      this.problems.add(`${rule.name} has no setting ${shown(key)}. It has ${has}.`);
    }
    return all;
  }

  private keep(rule: string, urn: string, messages: readonly string[]): void {
    if (messages.length === 0 && !this.notes.has(urn)) return;
    const ofResource = this.notes.get(urn) ?? new Map<string, readonly string[]>();
    this.notes.set(urn, ofResource.set(rule, messages));
  }
}

/** What every rule takes: its exceptions, and Pulumi's own key. */
const KNOWN_KEYS: readonly string[] = ["exceptions", "enforcementLevel"];
