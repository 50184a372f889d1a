import { isRecord, list, record, text } from "./values";

type Value = Readonly<Record<string, unknown>>;

/** Steps of a path that are followed; a longer one leads nowhere. */
const MAX_STEPS = 64;
const STEP = /\[([^\]]*)\]|"([^"]*)"|((?:\\.|[^.[\]\\"])+)/g;

/** A value at a path of dots and brackets: `spec.volumes[name: x].hostPath.path`, `agent.volumes[0].hostPath`. */
export function objectAt(path: string, value: unknown): Value {
  const steps = [...path.slice(0, 2048).matchAll(STEP)].slice(0, MAX_STEPS);
  return record(
    steps.reduceRight<unknown>((inner, [, bracket, quoted, plain]) => {
      if (bracket === undefined) return { [quoted ?? (plain ?? "").replace(/\\(.)/g, "$1")]: inner };
      const [, key, name = ""] = /^\s*(\w+)\s*[:=]\s*"?([^"]*)"?\s*$/.exec(bracket) ?? [];
      if (/^['"]/.test(bracket)) return { [bracket.replace(/^['"]|['"]$/g, "")]: inner };
      return [key === undefined || name === "*" || !isRecord(inner) ? inner : { [key]: name, ...inner }];
    }, value),
  );
}

/** A value at a JSON pointer: `/spec/hostPID` makes `{spec: {hostPID: …}}`. */
function objectAtPointer(pointer: string, value: unknown): Value {
  const steps = pointer.split("/").slice(1, MAX_STEPS);
  return steps.reduceRight<unknown>(
    (inner, step) => (/^(\d+|-)$/.test(step) ? [inner] : { [step.replaceAll("~1", "/").replaceAll("~0", "~")]: inner }),
    value,
  ) as Value;
}

/** Properties of a chart that give its values as pairs of path and value. */
const PAIRS: ReadonlySet<string> = new Set([
  ...["set", "sets", "setString", "setStrings", "setSensitive", "setSensitives", "setList", "setLists"],
  ...["parameters", "fileParameters"],
]);

/** What an object puts into another in a roundabout way, in its place. */
export interface Assigned {
  readonly object: Value;
  /** The property that it replaces; undefined when the rest of the object counts as it is. */
  readonly instead?: string;
  readonly isValues: boolean;
}

/** What an object assigns: a JSON patch (RFC 6902), a mutation of Gatekeeper, a value of a chart given by its path. */
export function assignedBy(value: Value, key: string, parent: Value | undefined): Assigned | undefined {
  const { op, path, location, name } = value;
  if ((op === "add" || op === "replace") && typeof path === "string" && path.startsWith("/"))
    return { object: objectAtPointer(path, value["value"]), instead: "value", isValues: false };
  if (typeof location === "string") {
    const { assign, values } = record(value["parameters"]);
    const given = isRecord(assign) ? assign["value"] : record(values)["fromList"];
    if (given !== undefined) return { object: objectAt(location, given), instead: "parameters", isValues: false };
  }
  if (PAIRS.has(key) && typeof name === "string" && /[.[]/.test(name)) {
    const given = "value" in value ? value["value"] : value["values"];
    return { object: objectAt(name, given), instead: "value", isValues: true };
  }
  // The operator of k3s and others take a map of paths.
  if ((key === "set" || key === "setString") && parent !== undefined && ("chart" in parent || "chartContent" in parent))
    return { object: merged(value), isValues: true };
  return undefined;
}

function merged(value: Value): Value {
  return { set: Object.entries(value).map(([path, each]) => objectAt(path, each)) };
}

/** The values that parameters have, by name, where objects declare them; the first that has one counts. */
export function parametersAmong(objects: Iterable<{ readonly value: Value }>): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const { value } of objects) {
    const name = text(value["name"]);
    const given = text(value["value"]) ?? text(value["default"]) ?? text(list(value["enum"])[0]);
    if (name !== undefined && given !== undefined && !parameters.has(name)) parameters.set(name, given);
  }
  return parameters;
}
