import { pinning, imageUses } from "../reading/images";
import { shown } from "../reading/values";
import { finding, Findings, type ResourceRule } from "../rule";
import { cis, nsa } from "../tables/standards";

const INSTEAD = "Name it by digest (repository@sha256:…), or at least by its full version.";

/** What runs tomorrow is what was reviewed today. */
export const imagesPinned: ResourceRule = {
  name: "images-pinned",
  formerNames: ["images-versioned"],
  description: "Every image is named by digest or at least by its full version.",
  level: "advisory",
  severity: "high",
  standards: [...cis("5.5.1"), ...nsa("Building secure container images")],
  url: "https://kubernetes.io/docs/concepts/containers/images/#image-names",
  breaks: [
    "nginx, nginx:latest, nginx:1, nginx:1.29, nginx:stable",
    "a digest that is cut short",
    "an image volume whose reference moves",
  ],
  obeys: [
    "nginx@sha256:<64 digits>",
    "nginx:1.29.3, docker:29.7.2-dind, gocd/gocd-server:v26.1.0 (noted by images-by-digest)",
  ],
  instead: INSTEAD,
  check: (resource) => {
    const findings = new Findings();
    for (const use of imageUses(resource)) {
      const { node, key, image } = use;
      if (image === undefined) {
        findings.noted.push(
          finding(resource, node, "the image is known only after up", "It is checked again then.", key),
        );
      } else if (pinning(image) === "none") {
        findings.refused.push(
          finding(resource, node, `the image ${shown(image)} can change under its name`, INSTEAD, key),
        );
      }
    }
    return findings;
  },
};
