import { pinning, imageUses } from "../reading/images";
import { shown } from "../reading/values";
import { Findings, type ResourceRule } from "../rule";
import { cis, nsa } from "../tables/standards";

/** A version is a promise of whoever owns the tag; a digest needs none. */
export const imagesByDigest: ResourceRule = {
  name: "images-by-digest",
  description: "Every image is named by digest.",
  level: "advisory",
  severity: "medium",
  standards: [...cis("5.5.1"), ...nsa("Building secure container images")],
  url: "https://kubernetes.io/docs/concepts/containers/images/#image-names",
  breaks: ["nginx:1.29.3: a full version, whose tag can still be moved"],
  obeys: ["nginx@sha256:<64 digits>", "nginx:1.29.3@sha256:<64 digits>"],
  instead: "Add the digest: repository:version@sha256:….",
  check: (resource) => {
    const findings = new Findings();
    for (const { node, key, image } of imageUses(resource)) {
      if (image === undefined || pinning(image) !== "version") continue;
      findings.at(resource, node).refuse(`the image ${shown(image)} is named by version, not by digest`, key);
    }
    return findings;
  },
};
