import { nameOf, type Registration } from "../run/registration";

/** An option of a resource that differs, as texts. */
export interface OptionChange {
  readonly option: string;
  readonly before: string;
  readonly after: string;
}

type Option = readonly [name: string, text: (resource: Registration) => string];

/** Options that say what may happen to a resource. What it depends on only orders the work and is left out. */
const OPTIONS: readonly Option[] = [
  ["protect", ({ protect }) => String(protect)],
  ["retainOnDelete", ({ retainOnDelete }) => String(retainOnDelete)],
  ["deleteBeforeReplace", ({ deleteBeforeReplace }) => String(deleteBeforeReplace)],
  ["deletedWith", ({ deletedWith }) => nameOf(deletedWith)],
  ["ignoreChanges", ({ ignoreChanges }) => list(ignoreChanges)],
  ["replaceOnChanges", ({ replaceOnChanges }) => list(replaceOnChanges)],
  ["replaceWith", ({ replaceWith }) => list(replaceWith.map(nameOf))],
  ["additionalSecretOutputs", ({ additionalSecretOutputs }) => list(additionalSecretOutputs)],
  [
    "customTimeouts",
    ({ customTimeouts }) => list(Object.entries(customTimeouts).map(([operation, time]) => `${operation} ${time}`)),
  ],
];

/** Options in which two registrations of a resource differ. */
export function optionChanges(before: Registration, after: Registration): OptionChange[] {
  return OPTIONS.map(([option, text]) => ({ option, before: text(before), after: text(after) })).filter(
    (change) => change.before !== change.after,
  );
}

function list(items: readonly string[]): string {
  return items.length === 0 ? "none" : [...items].sort().join(", ");
}
