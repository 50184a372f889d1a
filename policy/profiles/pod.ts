import { CONTAINER_LISTS } from "../tables/kinds";
import type { ObjectNode } from "../reading/object-node";
import type { ResourceView } from "../reading/resource-view";
import { isRecord, list, record, shown, text } from "../reading/values";
import { Findings } from "../rule";

export type Value = Readonly<Record<string, unknown>>;

/** A container with the list that it stands in. */
export interface Container {
  readonly value: Value;
  readonly list: string;
  readonly index: number;
}

/** A pod as profiles look at it. */
export interface Pod {
  readonly node: ObjectNode;
  readonly spec: Value;
  readonly annotations: Value;
  readonly containers: readonly Container[];
}

/** Tells what a control found, of a container or of the pod. */
export type Tell = (found: string, key: string, container?: Container) => void;

/** One thing that a profile asks of pods. */
export interface Control {
  readonly name: string;
  readonly check: (pod: Pod, tell: Tell) => void;
}

/** Every pod that a resource describes. */
function podsOf({ index }: ResourceView): readonly Pod[] {
  return [...index.withAnyKey(CONTAINER_LISTS)]
    .filter((node) => typeof node.owner.value["kind"] === "string" && !node.inValues)
    .filter(({ value }) => CONTAINER_LISTS.some((key) => list(value[key]).some(isRecord)))
    .map((node) => ({
      node,
      spec: node.value,
      annotations: record(record(node.parent?.value["metadata"])["annotations"]),
      containers: CONTAINER_LISTS.flatMap((key) =>
        list(node.value[key]).map((value, position) => ({ value: record(value), list: key, index: position })),
      ),
    }));
}

/** What controls find in the pods of a resource. */
export function judgePods(resource: ResourceView, controls: readonly Control[]): Findings {
  const findings = new Findings();
  for (const pod of podsOf(resource)) {
    const { refuse } = findings.at(resource, pod.node);
    for (const { name, check } of controls) {
      check(pod, (found, key, container) => {
        if (container === undefined) refuse(`${name}: ${found}`, key);
        else refuse(`${name}: ${found}`, `${container.list}[${container.index}].${key}`, undefined, partOf(container));
      });
    }
  }
  return findings;
}

const partOf = ({ value, index }: Container) => `container ${shown(text(value["name"]) ?? String(index))}`;

/** The security context of a container or of a pod. */
export function contextOf(value: Value): Value {
  return record(value["securityContext"]);
}

/** A control that asks the same of the pod's security context and of every container's. */
export function ofEveryContext(
  name: string,
  problem: (context: Value) => readonly [found: string, key: string] | undefined,
): Control {
  return {
    name,
    check: (pod, tell) => {
      const inPod = problem(contextOf(pod.spec));
      if (inPod !== undefined) tell(inPod[0], `securityContext.${inPod[1]}`);
      for (const container of pod.containers) {
        const inContainer = problem(contextOf(container.value));
        if (inContainer !== undefined) tell(inContainer[0], `securityContext.${inContainer[1]}`, container);
      }
    },
  };
}

/** A control that asks something of every container. */
export function ofEveryContainer(
  name: string,
  problem: (container: Value, pod: Pod) => readonly [found: string, key: string] | undefined,
): Control {
  return {
    name,
    check: (pod, tell) => {
      for (const container of pod.containers) {
        const found = problem(container.value, pod);
        if (found !== undefined) tell(...found, container);
      }
    },
  };
}
