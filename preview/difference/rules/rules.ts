import { isObject, UNKNOWN, unwrapped, type WireValue } from "../../run/wire";
import type { Registration } from "../../run/registration";
import { hasUnknown, type FieldChange } from "../fields";
import { isWithin, touches } from "../path";
import { GOOGLE } from "./google";
import { CONTENT, KUBERNETES, METADATA, MUTABLE, OTHER_KIND } from "./kubernetes";
import { OTHERS, UNKNOWN_TYPE } from "./others";
import { fields, type AdaptRules, type FieldRule, type TypeRules } from "./rule";

/** Properties that tell one cluster from another where the provider is given no identifier. */
const KUBECONFIG = fields("kubeconfig context cluster");

/** The rules for a resource. Those of Kubernetes objects depend on the options of their provider. */
export function rulesOf(
  resource: Registration,
  provider: Registration | undefined,
  adapt: AdaptRules = (_, rules) => rules,
): TypeRules {
  return adapt(resource.type, tableRules(resource, provider));
}

function tableRules(resource: Registration, provider: Registration | undefined): TypeRules {
  const { type, inputs } = resource;
  if (type === "pulumi:providers:kubernetes" && !("clusterIdentifier" in inputs)) {
    const rules = OTHERS[type] ?? UNKNOWN_TYPE;
    return { ...rules, replaces: [...rules.replaces, ...KUBECONFIG] };
  }
  const kind = kindOf(type);
  if (kind === undefined) return { ...GOOGLE, ...OTHERS }[type] ?? UNKNOWN_TYPE;
  const rules = KUBERNETES[kind] ?? OTHER_KIND;
  const content = CONTENT[kind];
  const option = provider?.inputs[MUTABLE[kind] ?? ""];
  // The SDK writes a provider's options as JSON texts.
  const inPlace = (option === true || option === "true") && inputs["immutable"] !== true;
  const own = content === undefined || inPlace ? rules.replaces : content;
  return { ...rules, replaces: [...METADATA, ...own] };
}

/** `apps/StatefulSet` of `kubernetes:apps/v1:StatefulSet`; undefined for what is no object of Kubernetes. */
export function kindOf(type: string): string | undefined {
  const [, group, kind] = /^kubernetes:([^/:]+)\/[^:]+:([^:]+)$/.exec(type) ?? [];
  return group === undefined || kind === undefined || group === "helm.sh" ? undefined : `${group}/${kind}`;
}

/** True when a change is one that a rule is about. */
export function applies(rule: FieldRule, change: FieldChange): boolean {
  if (rule.when === undefined) return touches(change.path, rule.field);
  if (!isWithin(change.path, rule.field)) return false;
  const [before, after] = [change.before, change.after];
  switch (rule.when) {
    case "shrinks":
      return amount(after) < amount(before);
    case "narrows":
      return !contains(after, before);
    case "falls":
      return before === true && after !== true;
    case "exchanged":
      return before !== undefined && after !== undefined;
    case "dropped":
      return before !== undefined && after === undefined;
  }
}

/** True when what is at a field, or what should contain the field, is known only after up. */
export function unknownAt(value: WireValue | undefined, field: string): boolean {
  const plain = value === undefined ? undefined : unwrapped(value);
  if (field === "" || plain === UNKNOWN) return hasUnknown(plain);
  if (Array.isArray(plain)) return plain.some((element: WireValue) => unknownAt(element, field));
  const [name = "", ...rest] = field.split(".");
  return isObject(plain) && unknownAt(plain[name], rest.join("."));
}

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/** A number, or a Kubernetes quantity as one; NaN, which is smaller than nothing, for everything else. */
function amount(value: WireValue | undefined): number {
  if (typeof value === "number") return value;
  const [, number, unit = ""] = /^([0-9.]+)([A-Za-z]*)$/.exec(typeof value === "string" ? value : "") ?? [];
  return Number(number ?? NaN) * (UNITS[unit] ?? NaN);
}

/** True when one IPv4 range holds all of another. */
function contains(outer: WireValue | undefined, inner: WireValue | undefined): boolean {
  const [a, b] = [range(outer), range(inner)];
  return a !== undefined && b !== undefined && a.first <= b.first && b.last <= a.last;
}

function range(value: WireValue | undefined): { readonly first: number; readonly last: number } | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(typeof value === "string" ? value : "");
  if (match === null) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, bits = 0] = match.slice(1).map(Number);
  const size = 2 ** (32 - bits);
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  const first = address - (address % size);
  return { first, last: first + size - 1 };
}
