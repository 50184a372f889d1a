import type * as k8s from "@pulumi/kubernetes";

type PolicyRule = k8s.types.input.rbac.v1.PolicyRule;

/** What somebody may do: only open GoCD, or operate it. */
export type RoleName = "open" | "operate";

/** The one pod of the server's StatefulSet. */
const SERVER_POD = "gocd-server-0";

/**
 * Rights of a role in a namespace. None has a way to a Secret: neither reads them, nor makes or changes what could mount one, nor runs a
 * command in a container, where they are mounted.
 */
export function rules(role: RoleName, namespace: "server" | "agents"): PolicyRule[] {
  if (role === "open") return namespace === "server" ? OPEN : [];
  return [...OPERATE, ...(namespace === "server" ? OPEN : [])];
}

/** `kubectl port-forward pod/gocd-server-0`: it looks the pod up, then asks for the port; newer versions ask by GET. */
const OPEN: PolicyRule[] = [
  { apiGroups: [""], resources: ["pods"], resourceNames: [SERVER_POD], verbs: ["get"] },
  { apiGroups: [""], resources: ["pods/portforward"], resourceNames: [SERVER_POD], verbs: ["get", "create"] },
];

const SEE = ["get", "list", "watch"];
const OPERATE: PolicyRule[] = [
  {
    apiGroups: [""],
    resources: [
      "pods",
      "pods/log",
      "events",
      "services",
      "endpoints",
      "configmaps",
      "persistentvolumeclaims",
      "serviceaccounts",
    ],
    verbs: SEE,
  },
  { apiGroups: ["events.k8s.io"], resources: ["events"], verbs: SEE },
  { apiGroups: ["apps"], resources: ["statefulsets", "deployments", "replicasets", "controllerrevisions"], verbs: SEE },
  { apiGroups: ["networking.k8s.io"], resources: ["networkpolicies", "ingresses"], verbs: SEE },
  { apiGroups: ["gateway.networking.k8s.io"], resources: ["gateways", "httproutes"], verbs: SEE },
  { apiGroups: ["policy"], resources: ["poddisruptionbudgets"], verbs: SEE },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: SEE },
  { apiGroups: ["rbac.authorization.k8s.io"], resources: ["roles", "rolebindings"], verbs: SEE },
  // A restart is a deleted pod. Changing a workload would be a way to every Secret, since its pods mount what they name.
  { apiGroups: [""], resources: ["pods"], verbs: ["delete"] },
  { apiGroups: [""], resources: ["pods/eviction"], verbs: ["create"] },
  { apiGroups: ["apps"], resources: ["statefulsets/scale"], verbs: ["get", "update", "patch"] },
];

/** Somebody of the settings: `user:kim@example.com`, `group:developers@example.com`, `serviceAccount:shop/bot`. */
export function subjectOf(text: string): k8s.types.input.rbac.v1.Subject {
  const [kind = "", ...rest] = text.split(":");
  const name = rest.join(":");
  if (kind === "serviceAccount") {
    const [namespace = "", account = ""] = name.split("/");
    return { kind: "ServiceAccount", namespace, name: account };
  }
  return { kind: kind === "group" ? "Group" : "User", apiGroup: "rbac.authorization.k8s.io", name };
}
