import { judgePods } from "../profiles/pod";
import { RESTRICTED } from "../profiles/restricted";
import type { ResourceRule } from "../rule";
import { psa } from "../tables/standards";

/** What a namespace with `pod-security.kubernetes.io/enforce: restricted` refuses, in review. */
export const psaRestricted: ResourceRule = {
  name: "psa-restricted",
  description: "Every pod keeps to the restricted profile of the Pod Security Standards, which holds the baseline.",
  level: "disabled",
  severity: "medium",
  standards: psa(...new Set(RESTRICTED.map(({ name }) => `restricted: ${name}`))),
  url: "https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted",
  breaks: [
    "what breaks psa-baseline",
    "a container that may be root or gain privileges, keeps capabilities, or names no seccomp profile",
    "a volume of another type than ConfigMap, Secret, claim, emptyDir and the like",
  ],
  obeys: [
    "a pod that a namespace of that level admits",
    "a pod of Windows that says so and leaves out what Windows has not",
  ],
  instead: "Write the pod as the restricted profile asks.",
  check: (resource) => judgePods(resource, RESTRICTED),
};
