import { isObject, UNKNOWN, type WireObject, type WireValue } from "../../../preview/run/wire";

/** A difference of two arguments: where, and whether something was there before and is there after. */
export interface Difference {
  /** As Pulumi writes it: `spec.ports[0].name`, `labels["gocd-stack"]`. */
  readonly path: string;
  readonly kind: "add" | "delete" | "update";
  readonly before: WireValue | undefined;
  readonly after: WireValue | undefined;
}

const PLAIN = /^[A-Za-z_$][\w$]*$/;

/** Where two property maps differ, down to single leaves. An unknown value differs from every known one. */
export function differences(old: WireObject, now: WireObject, path = ""): readonly Difference[] {
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].sort().flatMap((key) => {
    const at = PLAIN.test(key) ? (path === "" ? key : `${path}.${key}`) : `${path}["${key}"]`;
    return compared(old[key], now[key], at);
  });
}

function compared(old: WireValue | undefined, now: WireValue | undefined, path: string): readonly Difference[] {
  const values = { path, before: old, after: now };
  if (old === undefined || old === null) return now === undefined || now === null ? [] : [{ ...values, kind: "add" }];
  if (now === undefined || now === null) return [{ ...values, kind: "delete" }];
  if (isObject(old) && isObject(now)) return differences(old, now, path);
  if (isList(old) && isList(now)) return listDifferences(old, now, path);
  return old === now && now !== UNKNOWN ? [] : [{ ...values, kind: "update" }];
}

function listDifferences(old: readonly WireValue[], now: readonly WireValue[], path: string): readonly Difference[] {
  return Array.from({ length: Math.max(old.length, now.length) }, (_, index) => index).flatMap((index) =>
    compared(old[index], now[index], `${path}[${index}]`),
  );
}

/** The path without indexes of lists and without keys of maps: what a rule about an argument is written for. */
export const argumentOf = (path: string): string => path.replace(/\[[^\]]*\]/g, "");

const isList = (value: WireValue): value is readonly WireValue[] => Array.isArray(value);
