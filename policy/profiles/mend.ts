import { isRecord, rawProperties } from "../reading/values";
import type { Properties } from "../rule";
import { CONTAINER_LISTS, WORKLOADS } from "../tables/kinds";
import type { Value } from "./pod";

/** Takes a container of a pod and returns it mended, or undefined when there is nothing to mend. */
type Mend = (container: Value, pod: Value) => Value | undefined;

/**
 * A workload of Kubernetes with its containers mended; undefined when there is nothing to mend. Only what changes is copied, and past
 * the host's proxy, so that what is known only after up stays what it is.
 */
export function withMendedContainers(type: string, properties: Properties, mend: Mend): Properties | undefined {
  const kind = /^kubernetes:[^:]+:([^:]+)$/.exec(type)?.[1] ?? "";
  const way = WORKLOADS[kind];
  return way === undefined ? undefined : changedAt(properties, way, (pod) => mendedPod(pod, mend));
}

function changedAt(
  value: Value,
  way: readonly string[],
  change: (inner: Value) => Value | undefined,
): Value | undefined {
  const raw = rawProperties(value);
  const [step, ...rest] = way;
  if (step === undefined) return change(raw);
  const inner = raw[step];
  const changed = isRecord(inner) ? changedAt(inner, rest, change) : undefined;
  return changed === undefined ? undefined : { ...raw, [step]: changed };
}

function mendedPod(pod: Value, mend: Mend): Value | undefined {
  const lists = CONTAINER_LISTS.flatMap((key) => {
    const given = pod[key];
    if (!Array.isArray(given)) return [];
    const mended = given.map((container: unknown) =>
      isRecord(container) ? mend(rawProperties(container), pod) : undefined,
    );
    if (mended.every((each) => each === undefined)) return [];
    return [[key, given.map((container: unknown, i) => mended[i] ?? container)] as const];
  });
  return lists.length === 0 ? undefined : { ...pod, ...Object.fromEntries(lists) };
}
