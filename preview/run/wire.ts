/** A property value in the form in which program and engine exchange it: JSON with marked secrets and unknowns. */
export type WireValue = null | boolean | number | string | readonly WireValue[] | WireObject;
/** A property map in wire form. */
export interface WireObject {
  readonly [key: string]: WireValue;
}

/** What stands where a value is only known once the stack is up. */
export const UNKNOWN_TEXT = "«known after up»";
/** What stands where a value is secret. */
export const SECRET_TEXT = "«secret»";

// How the protocol marks special values. Written down here, and held against the SDK by a test: who only reads values would wait
// longer for the SDK than for all else.
/** A value that only a provider can give, in wire form. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** The key that tells a special value from a property map; its value says which kind: one of those below, or a file. */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** Marks a value as secret, unless it is marked already. */
export function secret(value: WireValue): WireObject {
  return isSecret(value) ? value : { [SIGNATURE]: SECRET, value };
}

/** True for a map; false for lists, scalars and null. */
export function isObject(value: WireValue | undefined): value is WireObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True for a value that is marked as secret. */
export function isSecret(value: WireValue | undefined): value is WireObject {
  return isObject(value) && value[SIGNATURE] === SECRET;
}

/** The value without the marks of secrets, all the way down. Unknown values stay marked. */
export function unwrapped(value: WireValue): WireValue {
  if (isSecret(value)) return unwrapped(value["value"] ?? null);
  return mapped(value, unwrapped);
}

/** The same, for a property map. */
export function unwrappedMap(map: WireObject): WireObject {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, unwrapped(value)]));
}

/**
 * The value as people may see it: {@link UNKNOWN_TEXT} and {@link SECRET_TEXT} where a value is unknown or secret,
 * a short note in the same quotes for files and references.
 */
export function readable(value: WireValue): WireValue {
  if (value === UNKNOWN) return UNKNOWN_TEXT;
  const kind = isObject(value) ? value[SIGNATURE] : undefined;
  if (isObject(value) && kind !== undefined) return special(kind, value);
  return mapped(value, readable);
}

function special(kind: WireValue, value: WireObject): WireValue {
  if (kind === SECRET) return SECRET_TEXT;
  if (kind === RESOURCE) return `«${textOf(value["urn"])}»`;
  if (kind === OUTPUT) {
    if (value["secret"] === true) return SECRET_TEXT;
    return "value" in value ? readable(value["value"] ?? null) : UNKNOWN_TEXT;
  }
  return `«file ${textOf(value["path"] ?? value["uri"]) || "given in the program"}»`;
}

/** The same, for a property map. */
export function readableMap(map: WireObject): WireObject {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, readable(value)]));
}

/** Every string inside a secret, down to single leaves; what must never be shown. */
export function secretTexts(value: WireValue, inSecret = false): string[] {
  if (typeof value === "string") return inSecret && value !== UNKNOWN ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  if (isSecret(value)) return secretTexts(value["value"] ?? null, true);
  const children = isObject(value) ? Object.values(value) : value;
  return children.flatMap((child) => secretTexts(child, inSecret));
}

function mapped(value: WireValue, change: (child: WireValue) => WireValue): WireValue {
  if (typeof value !== "object" || value === null) return value;
  if (!isObject(value)) return value.map(change);
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, change(child)]));
}

/** The text; an empty one where there is none. */
export function textOf(value: WireValue | undefined): string {
  return typeof value === "string" ? value : "";
}

/** The map; an empty one where there is none. */
export function mapOf(value: WireValue | undefined): WireObject {
  return isObject(value) ? value : {};
}
