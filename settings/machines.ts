import { didYouMean } from "./did-you-mean";
import { familyOf, isKnown, kindOf, typesOf } from "./machine-types";
import { formatValue, type Problem } from "./problems";

/** Why machines of a kind are refused. */
const REFUSED = {
  arm64:
    "a machine type with amd64 processors, for which the images are built; GKE keeps Arm nodes to pods that ask for Arm",
  accelerators:
    "a machine type without accelerators: no agent asks for a GPU or TPU, and GKE keeps such nodes to pods that do",
} as const;

/** Whether a machine of this type takes a disk of that type. Families that are new take any, as far as we know. */
export function attaches(machineType: string, diskType: string): boolean {
  const kind = kindOf(machineType);
  return kind === undefined || kind !== (diskType.startsWith("hyperdisk") ? "persistent disk" : "hyperdisk");
}

/** Whether there is such a machine type, and whether it can run what is built here. Families that are new pass. */
export function machineTypeProblems(key: string, type: string): Problem[] {
  const kind = kindOf(type);
  if (kind === "arm64" || kind === "accelerators") return [{ key, found: formatValue(type), wanted: REFUSED[kind] }];
  const family = familyOf(type);
  const types = typesOf(family);
  if (types.length === 0 || isKnown(type)) return [];
  const wanted = `a machine type that there is in the family ${family}${didYouMean(type, types)}`;
  return [{ key, found: formatValue(type), wanted }];
}
