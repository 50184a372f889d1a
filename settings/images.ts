import type { z } from "zod";
import { show, type Problem } from "./problems";
import type * as schema from "./schema";
import type { Google, Settings } from "./settings";
import { GOOGLE_REGISTRIES } from "./values";

type ImagesInFile = z.output<typeof schema.images>;

const isGoogles = (registry: string) => GOOGLE_REGISTRIES.includes(registry);

/** What the images' keys say together, and with the password that is a key of its own. */
export function imageProblems(images: ImagesInFile, google: boolean, password: boolean): Problem[] {
  const { prebuilt, registry = "gcr.io", repository, username } = images;
  const own = prebuilt === undefined && !isGoogles(registry);
  const problems: Problem[] = [];
  if (prebuilt === undefined && !own && !google) {
    problems.push({
      key: images.registry === undefined ? "gocd:images.prebuilt" : "gocd:images.registry",
      found: show(images.registry),
      wanted:
        "images by digest, or a registry that is not Google's, since a cluster with a storageClass uses no Google project",
    });
  }
  if (own && repository !== undefined) {
    problems.push({
      key: "gocd:images.repository",
      found: show(repository),
      wanted: `nothing: only the repository behind ${GOOGLE_REGISTRIES.join(", ")} is made here`,
    });
  }
  if (username !== undefined && !own && prebuilt === undefined) {
    problems.push({
      key: "gocd:images.username",
      found: show(username),
      wanted: `nothing: whoever runs Pulumi pushes to ${registry}`,
    });
  }
  if (own && username !== undefined && !password) {
    problems.push({
      key: "gocd:registryPassword",
      found: "nothing",
      wanted: `the password of ${show(username)}: pulumi config set --secret gocd:registryPassword`,
    });
  }
  if (password && (!own || username === undefined)) {
    problems.push({
      key: own ? "gocd:images.username" : "gocd:registryPassword",
      found: own ? "nothing" : "a secret",
      wanted: own ? "the user that gocd:registryPassword belongs to" : "nothing: no registry here asks for it",
    });
  }
  return problems;
}

/** Where the images come from, of keys that fit together. */
export function imagesOf(images: ImagesInFile, google: Google | undefined): Settings["images"] {
  const { registry = "gcr.io", repository = "create", username } = images;
  if (images.prebuilt) return { mode: "prebuilt", references: images.prebuilt };
  if (isGoogles(registry)) return { mode: "google", project: google?.project ?? "", registry, repository };
  return { mode: "registry", registry, username };
}
