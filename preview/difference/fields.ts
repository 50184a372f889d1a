import { isDeepStrictEqual } from "node:util";
import {
  isObject,
  isSecret,
  readable,
  SECRET_TEXT,
  SIGNATURE,
  UNKNOWN,
  unwrapped,
  type WireObject,
  type WireValue,
} from "../run/wire";
import type { Path } from "./path";

/** One field that differs. Values are fit to be shown: secrets and unknown values are placeholders. */
export interface FieldChange {
  readonly path: Path;
  /** Absent when the field was not there. */
  readonly before?: WireValue;
  /** Absent when the field is gone. */
  readonly after?: WireValue;
}

/** What stands for a secret whose value differs; neither value is ever shown. */
const SECRET_CHANGED = "«secret, changed»";
/** What stands for a value that was no secret and has become one: by then it must not be shown either. */
const NO_SECRET = "«not secret»";
/** What stands for a list whose elements are the same in another order. */
const ORDER = "order: ";

/** These keys distinguish the elements of a list, if each has one and no two have the same. */
const ELEMENT_KEYS = [
  "name",
  "message",
  "mountPath",
  "key",
  "id",
  "rangeName",
  "containerPort",
  "port",
  "metadata.name",
];

/** Every field in which two property maps differ, in the order of their names. */
export function fieldChanges(before: WireObject, after: WireObject): FieldChange[] {
  return mapChanges(before, after, []);
}

/** The same for two values of any kind; either may be absent. */
export function valueChanges(before: WireValue | undefined, after: WireValue | undefined, path: Path): FieldChange[] {
  if (before === undefined && after === undefined) return [];
  if (before === undefined) return [{ path, after: readable(after ?? null) }];
  if (after === undefined) return [{ path, before: readable(before) }];
  if (isSecret(before) || isSecret(after)) return secretChanges(before, after, path);
  if (isPlainObject(before) && isPlainObject(after)) return mapChanges(before, after, path);
  if (Array.isArray(before) && Array.isArray(after)) return listChanges(before, after, path);
  if (isDeepStrictEqual(before, after)) return [];
  return documentChanges(before, after, path) ?? [{ path, before: readable(before), after: readable(after) }];
}

/** True when a value, or something in it, is known only after up. */
export function hasUnknown(value: WireValue | undefined): boolean {
  if (value === UNKNOWN) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(hasUnknown);
}

function mapChanges(before: WireObject, after: WireObject, path: Path): FieldChange[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.flatMap((key) => valueChanges(own(before, key), own(after, key), [...path, key]));
}

/** Keys come from YAML and JSON: one may be called `constructor`. */
function own(map: WireObject, key: string): WireValue | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

function listChanges(before: readonly WireValue[], after: readonly WireValue[], path: Path): FieldChange[] {
  const key = ELEMENT_KEYS.find((candidate) => distinguishes(candidate, before) && distinguishes(candidate, after));
  if (key === undefined) return positionChanges(before, after, path);
  const name = (element: WireValue) => text(elementName(key, element));
  const [olds, news] = [new Map(before.map((e) => [name(e), e])), new Map(after.map((e) => [name(e), e]))];
  const names = [...new Set([...news.keys(), ...olds.keys()])];
  const changes = names.flatMap((element) =>
    valueChanges(olds.get(element), news.get(element), [...path, { element }]),
  );
  const [order, newOrder] = [[...olds.keys()].filter((n) => news.has(n)), [...news.keys()].filter((n) => olds.has(n))];
  if (isDeepStrictEqual(order, newOrder)) return changes;
  return [...changes, { path, before: ORDER + order.join(", "), after: ORDER + newOrder.join(", ") }];
}

function distinguishes(key: string, list: readonly WireValue[]): boolean {
  const names = list.map((element) => elementName(key, element));
  const usable = names.every((name) => (typeof name === "string" && name !== UNKNOWN) || typeof name === "number");
  return usable && new Set(names.map(text)).size === names.length;
}

/** Names are texts or numbers: {@link distinguishes} takes no others. */
function text(name: WireValue | undefined): string {
  return typeof name === "string" || typeof name === "number" ? String(name) : "";
}

function elementName(key: string, element: WireValue): WireValue | undefined {
  return key
    .split(".")
    .reduce<WireValue | undefined>((inner, part) => (isPlainObject(inner) ? own(inner, part) : undefined), element);
}

/** Lists of plain values are read as a whole; in others each place is compared with the same place. */
function positionChanges(before: readonly WireValue[], after: readonly WireValue[], path: Path): FieldChange[] {
  const plain = [...before, ...after].every((element) => typeof element !== "object" || element === null);
  if (plain) {
    return isDeepStrictEqual(before, after) ? [] : [{ path, before: readable(before), after: readable(after) }];
  }
  // What is alike at both ends has only moved.
  const same = (a: WireValue | undefined, b: WireValue | undefined) => isDeepStrictEqual(a, b);
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && same(before[start], after[start])) start += 1;
  let end = 0;
  while (end < shorter - start && same(before.at(-1 - end), after.at(-1 - end))) end += 1;
  const [olds, news] = [before.slice(start, before.length - end), after.slice(start, after.length - end)];
  return Array.from({ length: Math.max(olds.length, news.length) }, (_, place) =>
    valueChanges(olds[place], news[place], [...path, { element: String(start + place) }]),
  ).flat();
}

/** JSON inside a string (`daemon.json`) is compared as what it says; undefined when the strings are no such documents. */
function documentChanges(before: WireValue, after: WireValue, path: Path): FieldChange[] | undefined {
  const [old, current] = [document(before), document(after)];
  if (old === undefined || current === undefined) return undefined;
  const changes = valueChanges(old, current, path);
  // Same content, other spelling: that still is a change to whoever stores the text.
  return changes.length === 0 ? undefined : changes;
}

function document(text: WireValue): WireValue | undefined {
  if (typeof text !== "string" || !/^\s*[[{]/.test(text)) return undefined;
  try {
    const value = JSON.parse(text) as WireValue;
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Compares secrets without showing them. What only a provider knows is unknown on both sides, and nothing is said of it. */
function secretChanges(before: WireValue, after: WireValue, path: Path): FieldChange[] {
  if (!isSecret(before))
    return [{ path, before: hasUnknown(before) ? readable(UNKNOWN) : NO_SECRET, after: SECRET_TEXT }];
  if (!isSecret(after))
    return [{ path, before: SECRET_TEXT, after: hasUnknown(after) ? readable(UNKNOWN) : NO_SECRET }];
  if (!differ(unwrapped(before), unwrapped(after))) return [];
  return [{ path, before: SECRET_TEXT, after: SECRET_CHANGED }];
}

/** True when two values differ in something that is known of both. */
function differ(before: WireValue | undefined, after: WireValue | undefined): boolean {
  if (before === UNKNOWN || after === UNKNOWN) return false;
  if (Array.isArray(before) && Array.isArray(after)) {
    const [old, current]: (readonly WireValue[])[] = [before, after];
    return old?.length !== current?.length || old?.some((element, place) => differ(element, current?.[place])) === true;
  }
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.some((key) => differ(own(before, key), own(after, key)));
  }
  return before !== after;
}

/** A map, as against one that stands for a secret, a file or a reference. */
function isPlainObject(value: WireValue | undefined): value is WireObject {
  return isObject(value) && !(SIGNATURE in value);
}
