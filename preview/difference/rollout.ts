import type { Registration } from "../run/registration";
import { mapOf, textOf, type WireValue } from "../run/wire";
import type { ResourcePlan } from "./forecast";
import { unknownAt, kindOf } from "./rules/rules";

/** What happens to the pods of a workload. */
export interface Rollout {
  /**
   * `restart`: one after the other, in this order. `add`, `remove`: the number of pods changes, the others go on.
   * `recreate`: all stop, then all start. `wait`: each takes the change only when somebody deletes it.
   */
  readonly kind: "restart" | "add" | "remove" | "recreate" | "wait";
  /** Names; of a Deployment, whose pods have none that lasts, its own name for each. */
  readonly pods: readonly string[];
  /** What people should know besides; empty if nothing. */
  readonly note: string;
}

/** What happens to the pods of a workload that both versions have. */
export function rollouts({ pair, fields, unknownValues, causes }: ResourcePlan): Rollout[] {
  const { before, after } = pair;
  const kind = kindOf(after.type);
  if (kind !== "apps/StatefulSet" && kind !== "apps/Deployment") return [];
  const [olds, news] = [podNames(before), podNames(after)];
  if (causes.length > 0) return [{ kind: "recreate", pods: olds, note: "" }];
  const template =
    fields.some(({ path }) => path[0] === "spec" && (path.length === 1 || path[1] === "template")) ||
    (unknownValues.some(({ property }) => property === "spec") && unknownAt(after.inputs, "spec.template"));
  const stay = kind === "apps/StatefulSet" ? olds.filter((pod) => news.includes(pod)) : news;
  return [
    ...(template && stay.length > 0 ? [restart(after, kind, stay)] : []),
    ...(kind === "apps/StatefulSet" ? scaling(before, olds, news) : []),
  ];
}

/** What becomes of the claims that a StatefulSet made from its templates once it, or a pod of it, is deleted. */
export function claimEffects(
  resource: Registration,
  event: "whenDeleted" | "whenScaled",
): { readonly destroyed: string; readonly retained: string } {
  const spec = mapOf(resource.inputs["spec"]);
  const templates = Array.isArray(spec["volumeClaimTemplates"]) ? (spec["volumeClaimTemplates"] as WireValue[]) : [];
  if (kindOf(resource.type) !== "apps/StatefulSet" || templates.length === 0) return { destroyed: "", retained: "" };
  const names = templates.map((template) => textOf(mapOf(mapOf(template)["metadata"])["name"])).join(" and ");
  const policy = mapOf(spec["persistentVolumeClaimRetentionPolicy"])[event];
  if (policy === "Delete") return { destroyed: `the claims ${names} with their data (${event}: Delete)`, retained: "" };
  return { destroyed: "", retained: `the claims ${names} as they are: same size, same data` };
}

function restart(after: Registration, kind: string, pods: readonly string[]): Rollout {
  const spec = mapOf(after.inputs["spec"]);
  if (kind === "apps/Deployment") {
    const strategy = mapOf(spec["strategy"])["type"];
    return { kind: strategy === "Recreate" ? "recreate" : "restart", pods, note: "" };
  }
  if (mapOf(spec["updateStrategy"])["type"] === "OnDelete")
    return { kind: "wait", pods, note: "updateStrategy: OnDelete" };
  const grace = mapOf(mapOf(spec["template"])["spec"])["terminationGracePeriodSeconds"];
  const note = typeof grace === "number" && grace > 30 ? `each gets up to ${duration(grace)} to stop` : "";
  // From the last to the first, whatever podManagementPolicy says.
  return { kind: "restart", pods: [...pods].reverse(), note };
}

function scaling(before: Registration, olds: readonly string[], news: readonly string[]): Rollout[] {
  const added = news.filter((pod) => !olds.includes(pod));
  const removed = olds.filter((pod) => !news.includes(pod));
  const { destroyed, retained } = claimEffects(before, "whenScaled");
  return [
    ...(added.length > 0 ? [{ kind: "add" as const, pods: added, note: "" }] : []),
    ...(removed.length > 0
      ? [
          {
            kind: "remove" as const,
            pods: [...removed].reverse(),
            note: destroyed === "" ? retained && `kept: ${retained}` : `lost: ${destroyed}`,
          },
        ]
      : []),
  ];
}

function podNames({ type, inputs }: Registration): string[] {
  const spec = mapOf(inputs["spec"]);
  const replicas = typeof spec["replicas"] === "number" ? spec["replicas"] : 1;
  const name = textOf(mapOf(inputs["metadata"])["name"]);
  if (kindOf(type) === "apps/Deployment") return Array.from({ length: replicas }, () => name);
  const start = mapOf(spec["ordinals"])["start"];
  const first = typeof start === "number" ? start : 0;
  return Array.from({ length: replicas }, (_, ordinal) => `${name}-${String(first + ordinal)}`);
}

function duration(seconds: number): string {
  return seconds % 60 === 0 ? `${String(seconds / 60)} min` : `${String(seconds)} s`;
}
