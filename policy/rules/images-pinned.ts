import { pinning, imageUses } from "../reading/images";
import { shown } from "../reading/values";
import { Findings, type ResourceRule } from "../rule";
import { cis, nsa } from "../tables/standards";

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
  instead: "Name it by digest (repository@sha256:…), or at least by its full version.",
  check: (resource) => {
    const findings = new Findings();
    for (const { node, key, image } of imageUses(resource)) {
      const { refuse, note } = findings.at(resource, node);
      if (image === undefined) note("the image is known only after up", key, "It is checked again then.");
      else if (pinning(image) === "none") refuse(`the image ${shown(image)} can change under its name`, key);
    }
    return findings;
  },
};
