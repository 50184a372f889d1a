// How a policy looks at a resource's properties without ever throwing.
//
// The policy host hands out a proxy that throws when an unknown property is read, and then turns the whole rule into
// advice. A descriptor passes the proxy by: what it shows is the raw value, in which an unknown is one of seven marks of
// Pulumi's wire protocol. So a rule sees what is known beside what is not.

/** The mark of a text that is known only after up. */
export const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The marks that stand for "known after up" on Pulumi's wire. */
const UNKNOWN_MARKS: ReadonlySet<unknown> = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // boolean
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // number
  UNKNOWN_TEXT, // string
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // list
  "030794c1-ac77-496b-92df-f27374a8bd58", // asset
  "e48ece36-62e2-4504-bad9-02848725956a", // archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // object
]);

/** Length of every mark; most texts have another, and comparing that is quicker than looking them up. */
const MARK_LENGTH = 36;

/** Whether a value is known only after the update. */
export function isUnknown(value: unknown): boolean {
  return typeof value === "string" && value.length === MARK_LENGTH && UNKNOWN_MARKS.has(value);
}

/** Whether a value is an object with properties (no list, no null). */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object's own data properties as they are, past a proxy that throws on unknowns; accessors are never called. */
export function rawProperties(value: object): Record<string, unknown> {
  // Without a prototype, so that a property called __proto__ is one like any other.
  const properties = Object.create(null) as Record<string, unknown>;
  for (const key of Object.keys(value)) properties[key] = Object.getOwnPropertyDescriptor(value, key)?.value;
  return properties;
}

/** The value as text if it is known text, else undefined. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && !isUnknown(value) ? value : undefined;
}

/** Whether a value is one of these texts. */
export function isOneOf(texts: readonly string[], value: unknown): value is string {
  return typeof value === "string" && texts.includes(value);
}

/** The members of a list; anything else has none. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** The object, or one without properties. */
export function record(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

/** Whether a switch is on, in any of the spellings that YAML and templates turn into "on". */
export function isOn(value: unknown): boolean {
  if (typeof value === "string") return /^\s*(true|yes|on|1|y|t)\s*$/i.test(value);
  return value === true || value === 1;
}

/** A value of any shape as text; an object that has no text of its own is told by its shape. */
export function spelled(value: unknown): string {
  return typeof value === "object" && value !== null ? (Array.isArray(value) ? "a list" : "an object") : String(value);
}

/** What may be quoted in a message: one line of printable characters, of bounded length. */
export function shown(value: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what must not reach a terminal
  const line = value.slice(0, 161).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/g, "?");
  return line.length > 160 ? `${line.slice(0, 157)}…` : line;
}
