import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { secretPlaceholder } from "../run/project";
import { isObject, secret, type WireValue } from "../run/wire";
import { valueChanges, type FieldChange } from "../difference/fields";
import type { Defaults } from "../difference/forecast";

type Texts = Readonly<Record<string, string>>;

/** Settings in which two versions differ. Encrypted values are placeholders in both; {@link encryptedChanges} has them. */
export function settingsChanges(before: Texts, after: Texts): FieldChange[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.flatMap((key) => valueChanges(value(key, before[key]), value(key, after[key]), [key]));
}

/** What Google's default provider takes where a resource says nothing, if both versions have it. */
export function googleDefaults(before: Texts, after: Texts): Defaults {
  const keys = ["project", "region", "zone"] as const;
  const pairs = keys.map((key) => [key, [before[`gcp:${key}`], after[`gcp:${key}`]]] as const);
  return Object.fromEntries(pairs.filter(([, [old, current]]) => old !== undefined && current !== undefined));
}

/**
 * Keys whose encrypted values differ. That says little: the same secret encrypted again is another text, and only the
 * stack's key can tell.
 */
export function encryptedChanges(before: Texts, after: Texts): string[] {
  return Object.keys(after).filter((key) => key in before && before[key] !== after[key]);
}

/** Every encrypted value of a stack's file, by its path. */
export function ciphertexts(file: string): Record<string, string> {
  const content = parse(readFileSync(file, "utf8")) as WireValue;
  return isObject(content) ? Object.fromEntries(encrypted(content["config"] ?? null, "")) : {};
}

function encrypted(node: WireValue, path: string): [string, string][] {
  if (typeof node !== "object" || node === null) return [];
  if (isObject(node) && typeof node["secure"] === "string" && Object.keys(node).length === 1)
    return [[path, node["secure"]]];
  return Object.entries(node).flatMap(([key, child]) => encrypted(child, path === "" ? key : `${path}.${key}`));
}

/** Structured values travel as JSON, and encrypted ones as placeholders, which stand for secrets. */
function value(key: string, text: string | undefined): WireValue | undefined {
  if (text === undefined) return undefined;
  const marked = (plain: WireValue) => (plain === secretPlaceholder(key) ? secret(plain) : plain);
  try {
    return JSON.parse(text, (_, child: WireValue) => marked(child)) as WireValue;
  } catch {
    return marked(text);
  }
}
