import { list, record } from "../reading/values";
import { joined } from "./baseline";
import { contextOf, ofEveryContainer, type Control, type Value } from "./pod";

type Constraint = (name: string, parameters: Value) => Control;

function isInRanges(value: unknown, ranges: unknown): boolean {
  return list(ranges)
    .map(record)
    .some(({ min, max }) => typeof value === "number" && Number(min) <= value && value <= Number(max));
}

/** Users and groups of containers; each field has a rule of its own. */
export const USERS: Constraint = (name, parameters) =>
  ofEveryContainer(name, (container, { spec }) => {
    for (const field of ["runAsUser", "runAsGroup", "supplementalGroups", "fsGroup"]) {
      const { rule, ranges } = record(parameters[field]);
      const valueOf = (key: string) => contextOf(container)[key] ?? contextOf(spec)[key];
      const problem = problemWith(rule, ranges, valueOf(field), valueOf("runAsNonRoot"));
      if (problem !== undefined) return [`${field} ${problem}`, `securityContext.${field}`];
    }
    return undefined;
  });

function problemWith(rule: unknown, ranges: unknown, value: unknown, nonRoot: unknown): string | undefined {
  const isSet = value !== undefined && value !== null;
  if (rule === "MustRunAsNonRoot") {
    if (value === 0) return "is 0";
    return isSet || nonRoot === true ? undefined : "is not set, nor runAsNonRoot";
  }
  if (rule === "MustRunAs" && !isSet) return "is not set";
  if (!isSet || (rule !== "MustRunAs" && rule !== "MayRunAs")) return undefined;
  const outside = [value].flat().filter((each) => !isInRanges(each, ranges));
  return outside.length > 0 ? `is ${joined(outside)}` : undefined;
}

/** The group of a pod's volumes. */
export const FS_GROUP: Constraint = (name, { rule, ranges }) => ({
  name,
  check: ({ spec }, tell) => {
    const problem = problemWith(rule, ranges, contextOf(spec)["fsGroup"], undefined);
    if (problem !== undefined) tell(`fsGroup ${problem}`, "securityContext.fsGroup");
  },
});
