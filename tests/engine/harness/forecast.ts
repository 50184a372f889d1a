import { type Difference, isRefused, type Named } from "../../../preview/difference/difference";

/** What happens to a resource. */
type Operation = "create" | "delete" | "replace" | "update" | "same";

/** Operations by URN; a resource that stays as it is may be missing. */
type Operations = ReadonlyMap<string, Operation>;

/** A forecast, with the resources whose content may change or not. */
interface Forecast {
  readonly operations: Operations;
  /** `KIND NAME` of each. */
  readonly open: ReadonlySet<string>;
  /**
   * URNs of what would be replaced because something else is, which is refused: `up` ends before them. The engine, too, plans them as if
   * that were made anew, or as if it stayed, by whether their arguments are known already.
   */
  readonly never: ReadonlySet<string>;
  /** Whether protection ends the plan. */
  readonly isStopped: boolean;
}

interface Plan {
  readonly steps?: readonly { readonly op: string; readonly urn: string }[];
  /** Operations, and how many resources have each. */
  readonly changeSummary?: Readonly<Record<string, number>>;
}

/** The steps of a replacement, and what they come to. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  same: "same",
  create: "create",
  update: "update",
  delete: "delete",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
};

/** What the engine says that it would do, in the output of `pulumi preview --json`; what it only reads is left out. */
export function enginePlan(json: string): Operations {
  const { steps = [] } = JSON.parse(json) as Plan;
  return new Map(
    steps
      .filter(({ op, urn }) => isCompared(urn) && !op.startsWith("read"))
      .map(({ op, urn }): [string, Operation] => [urn, operation(op, urn)]),
  );
}

/** How many resources the engine came to, in the same output, those included that stay as they are. */
export function resourcesIn(json: string): number {
  const { changeSummary = {} } = JSON.parse(json) as Plan;
  return Object.values(changeSummary).reduce((sum, count) => sum + count, 0);
}

const OPEN = "content that is known only after up may change too: ";

/** What the forecast of `npm run preview -- --against` says. */
export function forecastPlan({ added, removed, changed, notes }: Difference): Forecast {
  const all = (list: readonly Named[], what: Operation) => list.map(({ urn }): [string, Operation] => [urn, what]);
  const operations = [
    ...all(added, "create"),
    ...all(removed, "delete"),
    ...all(
      changed.filter(({ replacement }) => replacement !== undefined),
      "replace",
    ),
    ...all(
      changed.filter(({ replacement }) => replacement === undefined),
      "update",
    ),
  ].filter(([urn]) => isCompared(urn));
  const open = notes.filter((note) => note.startsWith(OPEN)).flatMap((note) => note.slice(OPEN.length).split(", "));
  const refused = new Set(changed.filter(isRefused).map(({ urn }) => urn));
  const never = changed
    .filter(({ replacement }) => replacement?.causes.some(({ from }) => from !== undefined && refused.has(from)))
    .map(({ urn }) => urn);
  const isStopped = [...removed, ...changed].some((entry) => isRefused(entry) && entry.protect);
  return { operations: new Map(operations), open: new Set(open), never: new Set(never), isStopped };
}

/** Where the two do not agree, in one line for each resource. */
export function disagreements(
  { operations, open, never }: Omit<Forecast, "isStopped">,
  engine: Operations,
): readonly string[] {
  return [...new Set([...operations.keys(), ...engine.keys()])]
    .filter((urn) => !never.has(urn))
    .map((urn) => ({ name: nameOf(urn), said: operations.get(urn) ?? "same", done: engine.get(urn) ?? "same" }))
    .filter(({ name, said, done }) => said !== done && !(said === "same" && done === "update" && open.has(name)))
    .map(({ name, said, done }) => `${name}: forecast ${said}, engine ${done}`)
    .sort();
}

function operation(op: string, urn: string): Operation {
  const known = OPERATIONS[op];
  if (known === undefined) throw new Error(`the engine plans to ${op} ${urn}: this comparison must learn what that is`);
  return known;
}

/** The stack itself and the providers that Pulumi adds are no resources of the program. */
const isCompared = (urn: string) => !/::pulumi:pulumi:Stack::|::pulumi:providers:\w+::default/.test(urn);

/** `KIND NAME` of a URN, as the forecast calls a resource. */
function nameOf(urn: string): string {
  const [, , types = "", name = ""] = urn.split("::");
  return `${types.slice(types.lastIndexOf(":") + 1)} ${name}`;
}
