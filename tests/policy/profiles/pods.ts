// Pods that keep to a profile, and what is changed about them.
import { image, type Manifest } from "../cases/case";

/** A security context that the restricted profile asks for. */
export const RESTRICTED_CONTEXT: Manifest = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

/** A pod of one container that keeps to the restricted profile, changed. */
export function pod(spec: Manifest = {}, container: Manifest = {}, annotations: Manifest = {}): Manifest {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "case", namespace: "shop", annotations },
    spec: { containers: [{ name: "main", image, securityContext: RESTRICTED_CONTEXT, ...container }], ...spec },
  };
}

/** The same with another security context of its container. */
export function podWithContext(context: Manifest): Manifest {
  return pod({}, { securityContext: { ...RESTRICTED_CONTEXT, ...context } });
}
