import type * as k8s from "@pulumi/kubernetes";

/** A namespace at a level of Pod Security. Audit stays at `restricted`, so that what the agents' level lets through is on record. */
export function namespace(
  name: string,
  labels: { readonly [key: string]: string },
  level: "restricted" | "privileged",
) {
  return {
    metadata: {
      name,
      labels: {
        ...labels,
        "pod-security.kubernetes.io/enforce": level,
        "pod-security.kubernetes.io/audit": "restricted",
        "pod-security.kubernetes.io/warn": level,
      },
    },
  } satisfies k8s.types.input.core.v1.Namespace;
}
