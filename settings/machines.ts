import { didYouMean } from "./did-you-mean";
import { architectureOf, familyOf, isKnown, kindOf, typesOf } from "./machine-types";
import { problem, type Problem } from "./problems";

/** Of the server's nodes. */
const NO_ARM =
  "a machine type with amd64 processors: server and housekeeping are built for them; pools of agents may have Arm nodes";
const NO_ACCELERATORS =
  "a machine type without accelerators: a privileged Docker daemon sees all GPUs of its node and jobs in it none that work; " +
  "docs/operations/jobs.md says what to do instead";

/** Whether a machine of this type takes a disk of that type. Families that are new take any, as far as we know. */
export function attaches(machineType: string, diskType: string): boolean {
  const kind = kindOf(machineType);
  return kind === undefined || kind !== (diskType.startsWith("hyperdisk") ? "persistent disk" : "hyperdisk");
}

/** Whether there is such a machine type, and whether it can run what is built here. Families that are new pass. */
export function machineTypeProblems(key: string, type: string): Problem[] {
  if (kindOf(type) === "accelerators") return [problem(key, type, NO_ACCELERATORS)];
  const family = familyOf(type);
  const types = typesOf(family);
  if (types.length === 0 || isKnown(type)) return [];
  const wanted = `a machine type that there is in the family ${family}${didYouMean(type, types)}`;
  return [problem(key, type, wanted)];
}

/** The same for the server's node. */
export function serverMachineProblems(key: string, type: string): Problem[] {
  if (architectureOf(type) === "arm64") return [problem(key, type, NO_ARM)];
  return machineTypeProblems(key, type);
}
