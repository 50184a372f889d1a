import { configuredControls, CONSTRAINT_KINDS } from "../profiles/gatekeeper";
import { judgePods } from "../profiles/pod";
import type { ResourceRule } from "../rule";
import { psa } from "../tables/standards";

/** What the constraints of gatekeeper-library's pod security set refuse in a cluster, in review. */
export const gatekeeperPodSecurity: ResourceRule = {
  name: "gatekeeper-pod-security",
  description: "Every pod keeps to the constraints of gatekeeper-library's pod security set that are configured.",
  level: "disabled",
  severity: "medium",
  standards: psa("baseline", "restricted"),
  url: "https://open-policy-agent.github.io/gatekeeper-library/website/category/pod-security-policy",
  breaks: ["what a configured constraint refuses, such as a writable root under K8sPSPReadOnlyRootFilesystem"],
  obeys: ["everything as long as no constraint is configured", "containers whose image the constraint exempts"],
  instead: "Write the pod as the constraint asks.",
  settings: {
    constraints: {
      type: "object",
      propertyNames: { enum: [...CONSTRAINT_KINDS] },
      additionalProperties: { type: "object" },
      description: `Parameters by the kind of constraint, as a cluster's constraints have them: ${CONSTRAINT_KINDS.join(", ")}`,
    },
  },
  check: (resource, config) => judgePods(resource, configuredControls(config["constraints"])),
};
