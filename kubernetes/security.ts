import type * as k8s from "@pulumi/kubernetes";

/** The user of GoCD's official images: `go`, uid 1000, whose primary group is root's. */
const GO_USER = 1000;
export const GO_GROUP = 0;

/** What Pod Security's `restricted` level asks of a container, and no more. */
export const RESTRICTED = {
  runAsNonRoot: true,
  runAsUser: GO_USER,
  runAsGroup: GO_GROUP,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
} satisfies k8s.types.input.core.v1.SecurityContext;
