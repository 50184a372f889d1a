import { pinning, imageUses } from "../reading/images";
import { shown } from "../reading/values";
import { finding, Findings, type ResourceRule } from "../rule";

const INSTEAD = "Add the digest: repository:version@sha256:….";

/** A version is a promise of whoever owns the tag; a digest needs none. */
export const imagesByDigest: ResourceRule = {
  name: "images-by-digest",
  description: "Every image is named by digest.",
  level: "advisory",
  severity: "medium",
  breaks: ["nginx:1.29.3: a full version, whose tag can still be moved"],
  obeys: ["nginx@sha256:<64 digits>", "nginx:1.29.3@sha256:<64 digits>"],
  instead: INSTEAD,
  check: (resource) => {
    const findings = new Findings();
    for (const { node, key, image } of imageUses(resource)) {
      if (image === undefined || pinning(image) !== "version") continue;
      findings.refused.push(
        finding(resource, node, `the image ${shown(image)} is named by version, not by digest`, INSTEAD, key),
      );
    }
    return findings;
  },
};
