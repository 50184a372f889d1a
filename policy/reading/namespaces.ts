import type { PolicyConfigJSONSchema } from "@pulumi/policy/schema";
import type { RuleConfig, ResourceView } from "./resource-view";
import { isUnknown, list, record, text } from "./values";
import type { ObjectNode } from "./object-node";

/** Namespaces of GoCD, where nothing of the node may be had at all: `gocd` and what this program names itself. */
const GOCD_NAMESPACES: readonly string[] = ["gocd", "gocd-*"];

/** The setting that says which namespaces are restricted. */
export const NAMESPACES_SCHEMA: PolicyConfigJSONSchema = {
  type: "array",
  items: { type: "string" },
  default: [...GOCD_NAMESPACES],
  description: "Namespaces in which the stricter half of the rule holds; a trailing * stands for any ending",
};

/** Whether a namespace is one of GoCD's. */
export function isRestrictedNamespace(namespace: unknown, config: RuleConfig): boolean {
  const name = text(namespace) ?? "";
  const configured = list(config["namespaces"]).flatMap((pattern) => text(pattern) ?? []);
  return (configured.length > 0 ? configured : GOCD_NAMESPACES).some((pattern) => isCalled(name, pattern));
}

/** Whether a namespace is the one of a pattern, in which a trailing * stands for any ending. */
export function isCalled(name: string, pattern: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** Whether an object is in, or deploys into, one of GoCD's namespaces. One whose namespace is not known yet counts as if it were. */
export function isRestricted(resource: ResourceView, { owner }: ObjectNode, config: RuleConfig): boolean {
  if (last?.owner !== owner || last.config !== config)
    last = { owner, config, restricted: isOwnerRestricted(resource, owner, config) };
  return last.restricted;
}

/** The answer for the object that was asked about last: it is asked once for each of its volumes and variables. */
let last: { readonly owner: ObjectNode; readonly config: RuleConfig; readonly restricted: boolean } | undefined;

function isOwnerRestricted({ defaultNamespace }: ResourceView, owner: ObjectNode, config: RuleConfig): boolean {
  const restricted = (namespace: unknown) => isUnknown(namespace) || isRestrictedNamespace(namespace, config);
  for (let at: ObjectNode | undefined = owner; at !== undefined; at = at.parent?.owner) {
    const said = namespacesOf(at);
    if (said.some(restricted)) return true;
    // What only looks like an object does not move what it stands in to another namespace.
    if (at.standsAlone && said.length > 0) return false;
  }
  return restricted(defaultNamespace);
}

/** The namespace that an object is in, or deploys into; undefined while it is not known, or not said. */
export function namespaceOf({ defaultNamespace }: ResourceView, node: ObjectNode): string | undefined {
  for (let at: ObjectNode | undefined = node.owner; at !== undefined; at = at.parent?.owner) {
    const [said] = namespacesOf(at);
    if (said !== undefined) return text(said);
  }
  return text(defaultNamespace);
}

/** Where an object is, and where a Helm release, Flux or Argo CD puts what it describes. */
function namespacesOf({ value }: ObjectNode): readonly unknown[] {
  const { metadata, namespace } = value;
  const spec = record(value["spec"]);
  return [
    isUnknown(metadata) ? metadata : record(metadata)["namespace"],
    namespace,
    spec["targetNamespace"],
    record(spec["destination"])["namespace"],
    // A PersistentVolume is where the claim is that it is for.
    record(spec["claimRef"])["namespace"],
  ].filter((said) => said !== undefined && said !== null && said !== "");
}
