// Tells in what an answer differs from the contract.
import { filled, sessionOf, type Given, type Names } from "./ask";
import { AnyOrder, Containing, HEADERS, type Answer, type Expected, type Line } from "./format";

export interface Difference {
  /** What of the answer: `status`, a header's name, `body`, or a path into the body. */
  readonly what: string;
  readonly wanted: string;
  readonly found: string;
}

const show = (value: unknown): string => {
  if (value === undefined) return "nothing";
  if (value instanceof RegExp) return String(value);
  if (value instanceof AnyOrder) return `in any order ${show(value.entries)}`;
  if (value instanceof Containing) return `among others ${show(value.entries)}`;
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  if (typeof value === "object" && value !== null)
    return `{${Object.entries(value)
      .map(([key, entry]) => `${key}: ${show(entry)}`)
      .join(", ")}}`;
  return JSON.stringify(value);
};

const matchesText = (found: string | undefined, wanted: string | RegExp | null | undefined, names: Names): boolean => {
  if (wanted === null || wanted === undefined) return found === undefined;
  if (found === undefined) return false;
  return typeof wanted === "string" ? found === filled(wanted, names) : wanted.test(found);
};

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Each entry that is wanted takes one that was found; what is left over on either side differs. */
function inAnyOrder(found: readonly unknown[], wanted: AnyOrder, names: Names, what: string): readonly Difference[] {
  const left = [...found];
  const missing = wanted.entries.filter((entry) => {
    const at = left.findIndex((one) => differencesIn(one, entry, names, "").length === 0);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return missing.length + left.length === 0 ? [] : [{ what, wanted: show(missing), found: show(left) }];
}

function containing(found: readonly unknown[], wanted: Containing, names: Names, what: string): readonly Difference[] {
  let from = 0;
  for (const entry of wanted.entries) {
    const at = found.findIndex((one, index) => index >= from && differencesIn(one, entry, names, "").length === 0);
    if (at < 0) return [{ what, wanted: show(entry), found: show(found) }];
    from = at + 1;
  }
  return [];
}

/** Every place where a value of the body is not what is wanted. */
function differencesIn(found: unknown, wanted: Expected, names: Names, what: string): readonly Difference[] {
  const differs = [{ what, wanted: show(wanted), found: show(found) }];
  if (wanted instanceof RegExp) return typeof found === "string" && wanted.test(found) ? [] : differs;
  if (wanted instanceof AnyOrder || wanted instanceof Containing) {
    if (!Array.isArray(found)) return differs;
    return wanted instanceof AnyOrder ? inAnyOrder(found, wanted, names, what) : containing(found, wanted, names, what);
  }
  if (Array.isArray(wanted)) {
    if (!Array.isArray(found) || found.length !== wanted.length) return differs;
    return wanted.flatMap((entry: Expected, index) => differencesIn(found[index], entry, names, `${what}[${index}]`));
  }
  if (isPlain(wanted)) {
    if (!isPlain(found)) return differs;
    return [...new Set([...Object.keys(wanted), ...Object.keys(found)])].flatMap((key) => {
      const entry = (wanted as Readonly<Record<string, Expected>>)[key];
      if (entry === undefined) return [{ what: `${what}.${key}`, wanted: "nothing", found: show(found[key]) }];
      return differencesIn(found[key], entry, names, `${what}.${key}`);
    });
  }
  return found === (typeof wanted === "string" ? filled(wanted, names) : wanted) ? [] : differs;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A pattern and plain text are held against the body as it came, everything else against what its JSON says. */
function differencesInBody(text: string, answer: Answer, names: Names): readonly Difference[] {
  if (answer.body === undefined) return [];
  const asText = typeof answer.body === "string" || answer.body instanceof RegExp;
  return differencesIn(asText ? text : parsed(text), answer.body, names, "body");
}

function differenceInSession(wanted: boolean | undefined, given: Given): readonly Difference[] {
  const found = sessionOf(given) !== undefined;
  if (wanted === undefined || wanted === found) return [];
  return [{ what: "session cookie", wanted: wanted ? "a new one" : "none", found: found ? "a new one" : "none" }];
}

const contentType = (line: Line): string | RegExp | null => {
  if (line.answer.type !== undefined) return line.answer.type;
  return line.version === undefined
    ? "application/json;charset=utf-8"
    : `application/vnd.go.cd.v${line.version}+json;charset=utf-8`;
};

/** In what the server's answer to a line differs from the one that the contract names. */
export function differences(line: Line, given: Given, names: Names): readonly Difference[] {
  const header = (name: string, wanted: string | RegExp | null | undefined): readonly Difference[] => {
    const found = given.headers[name]?.toString();
    if (matchesText(found, wanted, names)) return [];
    return [{ what: name, wanted: show(wanted ?? undefined), found: show(found) }];
  };
  return [
    ...(given.status === line.answer.status
      ? []
      : [{ what: "status", wanted: String(line.answer.status), found: String(given.status) }]),
    ...header("content-type", contentType(line)),
    ...differenceInSession(line.answer.session, given),
    ...HEADERS.flatMap((name) => header(name, line.answer.headers?.[name])),
    ...differencesInBody(given.text, line.answer, names),
  ];
}
