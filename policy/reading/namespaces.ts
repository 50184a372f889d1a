import type { PolicyConfigJSONSchema } from "@pulumi/policy/schema";
import { namespaceOf, type RuleConfig } from "../rule";
import { isUnknown, list, record, text } from "./values";
import type { Site } from "./walk";

/** Namespaces of GoCD, where nothing of the node may be had at all: `gocd` and what this program names itself. */
const gocdNamespaces: readonly string[] = ["gocd", "gocd-*"];

/** The setting that says which namespaces are closed. */
export const namespacesSchema: PolicyConfigJSONSchema = {
  type: "array",
  items: { type: "string" },
  default: [...gocdNamespaces],
  description: "Namespaces in which the stricter half of the rule holds; a trailing * stands for any ending",
};

/** Whether a namespace is one of GoCD's. */
export function isClosedNamespace(namespace: string, config: RuleConfig): boolean {
  const configured = list(config["namespaces"]).flatMap((pattern) => text(pattern) ?? []);
  return (configured.length > 0 ? configured : gocdNamespaces).some((pattern) =>
    pattern.endsWith("*") ? namespace.startsWith(pattern.slice(0, -1)) : namespace === pattern,
  );
}

/** Whether an object is in one of GoCD's namespaces. One whose namespace is not known yet counts as if it were. */
export function isClosed(site: Site, config: RuleConfig): boolean {
  const namespace = namespaceOf(site);
  if (namespace !== undefined) return isClosedNamespace(namespace, config);
  return isUnknown(record(site.owner.value["metadata"])["namespace"]);
}
