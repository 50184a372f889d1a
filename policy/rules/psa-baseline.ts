import { BASELINE } from "../profiles/baseline";
import { judgePods } from "../profiles/pod";
import type { ResourceRule } from "../rule";
import { psa } from "../tables/standards";

/** What a namespace with `pod-security.kubernetes.io/enforce: baseline` refuses, in review. */
export const psaBaseline: ResourceRule = {
  name: "psa-baseline",
  description: "Every pod keeps to the baseline profile of the Pod Security Standards.",
  level: "disabled",
  severity: "high",
  standards: psa(...BASELINE.map(({ name }) => `baseline: ${name}`)),
  url: "https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline",
  breaks: [
    "hostNetwork, hostPort, hostPath, privileged, a capability beyond the usual ones",
    "a sysctl, AppArmor, SELinux or seccomp setting that loosens the pod",
  ],
  obeys: ["a pod that a namespace of that level admits"],
  instead: "Write the pod as the baseline profile asks.",
  check: (resource) => judgePods(resource, BASELINE),
};
