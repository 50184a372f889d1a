import { isRecord, isUnknown, text } from "../reading/values";
import { groupOf, type ObjectNode } from "../reading/object-node";
import type { ResourceView } from "../reading/resource-view";
import { MAX_VALUES } from "../reading/text/budget";
import { Findings, kindOf, type ResourceRule } from "../rule";
import { BUILT_IN_GROUPS, decisive, SHAPES, WORKLOADS } from "../tables/kinds";

/** What the other rules cannot read they cannot judge: it does not pass in silence. */
export const wellFormedPods: ResourceRule = {
  name: "well-formed-pods",
  formerNames: ["readable"],
  description: "Whatever describes a pod has the shape that Kubernetes gives it, so that the other rules can read it.",
  level: "mandatory",
  severity: "medium",
  standards: [],
  url: "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/",
  breaks: [
    "volumes that are no list, a container that is a text, spec: null in a Deployment",
    "privileged: 7",
    `more than ${MAX_VALUES} values in one resource`,
  ],
  obeys: [
    "a patch that leaves things out",
    "what only refers to a workload: scaleTargetRef, ownerReferences, a health check",
    "a custom resource with shapes of its own (noted where it looks like a pod)",
  ],
  instead: "Write it as Kubernetes' API describes it.",
  check: (resource) => {
    const findings = new Findings();
    const { root } = resource.index;
    const ofResource = findings.at(resource, root);
    if (resource.index.isTooLarge) {
      const found = `it holds more than ${MAX_VALUES} values, which is too large to judge`;
      ofResource.refuse(found, undefined, "Split it; no object of Kubernetes is as large.");
      return findings;
    }
    const isKubernetes = /^(kubernetes|docker):/.test(resource.type);
    for (const { node, key } of resource.index.unknowns) {
      const matters = isKubernetes || typeof node.owner.value["kind"] === "string";
      if (!matters || !decisive.has(key) || key === "image") continue;
      findings.at(resource, node).note(`${key} is known only after up`, key, "It is checked again then.");
    }
    for (const key of Object.keys(SHAPES)) {
      for (const node of resource.index.withAnyKey([key])) checkType(resource, node, key, findings);
    }
    for (const node of resource.index.withAnyKey(["kind"])) judgeSpec(resource, node, findings);
    if (/^kubernetes:helm\.sh\/.*:Release$/.test(resource.type)) {
      const found = "the chart's own templates cannot be seen here, only its values";
      const use = "Use kubernetes.helm.v4.Chart, whose objects are checked one by one.";
      ofResource.note(found, undefined, use);
      if (root.value["valueYamlFiles"] !== undefined) {
        const files = "the values in these files cannot be read here";
        ofResource.note(files, "valueYamlFiles", "Give them as `values`.");
      }
    }
    for (const { node, key, why } of resource.index.unreadable) {
      const found = `${key} holds ${why}, with words that matter here`;
      findings.at(resource, node).note(found, key, "Look at it yourself.");
    }
    return findings;
  },
};

const ARTICLES = { list: "a list", object: "an object", text: "text", switch: "true or false" } as const;

/** A built-in workload or volume: Kubernetes itself would refuse another shape, so nothing valid is lost. */
function isBuiltIn(resource: ResourceView, node: ObjectNode): boolean {
  const owner = node.owner.value;
  const kind = kindOf(resource, owner).replace(/Patch$/, "");
  const typed = text(owner["kind"]) !== undefined || /^kubernetes:(core|apps|batch|extensions)\//.test(resource.type);
  return typed && (kind in WORKLOADS || kind === "PersistentVolume") && BUILT_IN_GROUPS.has(groupOf(owner));
}

function looksLikePod({ value }: ObjectNode): boolean {
  return "containers" in value || "initContainers" in value;
}

/** Labels, annotations and the like carry anybody's keys. */
function isFreeForm({ key }: ObjectNode): boolean {
  return [
    "labels",
    "annotations",
    "matchLabels",
    "nodeSelector",
    "limits",
    "requests",
    "data",
    "volumeAttributes",
  ].includes(key);
}

function isOfType(value: unknown, wanted: keyof typeof ARTICLES): boolean {
  if (value === undefined || value === null) return true;
  if (wanted === "list")
    return Array.isArray(value) && value.every((member) => isRecord(member) || typeof member === "string");
  if (wanted === "object") return isRecord(value);
  // An image may also be an object: the source of an image volume.
  return wanted === "text" ? typeof value === "string" || isRecord(value) : typeof value === "boolean";
}

/** A property of another shape than the one that Kubernetes gives it. */
function checkType(resource: ResourceView, node: ObjectNode, key: string, findings: Findings): void {
  const value = node.value[key];
  const wanted = SHAPES[key];
  if (wanted === undefined || isOfType(value, wanted) || isUnknown(value) || isFreeForm(node)) return;
  const strict = isBuiltIn(resource, node);
  if (!strict && !looksLikePod(node)) return;
  const found = `${key} should be ${ARTICLES[wanted]} and is ${nameOf(value)}`;
  const { refuse, note } = findings.at(resource, node);
  (strict ? refuse : note)(found, key);
}

/** Whether an object is the resource itself or a member of a list of objects, with metadata of its own. */
function isWholeObject({ parent, isMember, value }: ObjectNode): boolean {
  return parent === undefined || (isMember && isRecord(value["metadata"]));
}

/**
 * A workload without a pod to read. Elsewhere a kind and a version only refer to a workload, or say which one a text
 * patches or deletes; a patch may leave the pod out.
 */
function judgeSpec(resource: ResourceView, node: ObjectNode, findings: Findings): void {
  if (!isWholeObject(node) || !isBuiltIn(resource, node)) return;
  const way = WORKLOADS[kindOf(resource, node.value)];
  if (way === undefined || resource.type.endsWith("Patch")) return;
  let at: unknown = node.value;
  for (const step of way) {
    if (!isRecord(at) || isUnknown(at[step])) return;
    at = at[step];
    if (at === undefined || at === null) {
      findings.at(resource, node).refuse(`there is no ${step} to read`, way.join("."));
      return;
    }
  }
}

function nameOf(value: unknown): string {
  if (Array.isArray(value))
    return value.some((member) => !isRecord(member) && typeof member !== "string")
      ? "a list with other things in it"
      : "a list";
  return isRecord(value) ? "an object" : typeof value === "string" ? "text" : `a ${typeof value}`;
}
