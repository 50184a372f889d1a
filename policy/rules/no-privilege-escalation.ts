import { withMendedContainers } from "../profiles/mend";
import { contextOf, judgePods, type Value } from "../profiles/pod";
import { isWindows, PRIVILEGE_ESCALATION } from "../profiles/restricted";
import { isOn, list, record, spelled } from "../reading/values";
import type { ResourceRule } from "../rule";
import { cis, nsa, psa } from "../tables/standards";

/** No program in a container gets more rights than the one that started it, such as by setuid. */
export const noPrivilegeEscalation: ResourceRule = {
  name: "no-privilege-escalation",
  description: "Every container says allowPrivilegeEscalation: false.",
  level: "disabled",
  severity: "medium",
  standards: [...cis("5.2.6"), ...psa("restricted: Privilege Escalation"), ...nsa("Kubernetes Pod security")],
  url: "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
  breaks: ["a container that leaves allowPrivilegeEscalation out, or sets it to true"],
  obeys: ["allowPrivilegeEscalation: false", "a pod of Windows that says so"],
  instead: "Set securityContext.allowPrivilegeEscalation to false.",
  check: (resource) => judgePods(resource, [PRIVILEGE_ESCALATION]),
  remedy: (type, properties) => withMendedContainers(type, properties, mended),
};

/** What a container says itself stays; and an API server refuses `false` beside privileges that make it pointless. */
function mended(container: Value, pod: Value): Value | undefined {
  if (isWindows(pod)) return undefined;
  const context = contextOf(container);
  const given = context["allowPrivilegeEscalation"];
  const adds = list(record(context["capabilities"])["add"]).map((name) => spelled(name).replace(/^CAP_/, ""));
  if ((given !== undefined && given !== null) || isOn(context["privileged"]) || adds.includes("SYS_ADMIN"))
    return undefined;
  return { ...container, securityContext: { ...context, allowPrivilegeEscalation: false } };
}
