import type { z } from "zod";
import type { Google } from "./google";
import { formatValue, problem, type Problem } from "./problems";
import { choice, digest, GOOGLE_REGISTRIES, mapWith, registry, text } from "./values";

const place = text(
  "a registry with its path, such as registry.example.com/mirror",
  /^[a-z0-9][a-z0-9.-]*(:\d{1,5})?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/,
);

export const images = mapWith(
  {
    registry: registry
      .optional()
      .describe("where the images are pushed to: one of Google's hosts, or any registry with its path; default gcr.io"),
    username: text("the name of a user of the registry", /^[!-~]+$/)
      .optional()
      .describe(
        "who pushes to a registry that is not one of Google's hosts, with the secret gocd:registryPassword; without both, " +
          "whoever docker login has logged in where Pulumi runs",
      ),
    bases: place
      .optional()
      .describe(
        "where the images that ours are built from come from, under their names and versions, in place of Docker Hub",
      ),
    prefix: registry
      .optional()
      .describe(
        "where every image is, in place of all other registries and under its path there: what ours are built from, what is " +
          "built (if registry says nothing else), and what is named by digest",
      ),
    repository: choice("create", "existing")
      .optional()
      .describe("whether this stack makes the project's one gcr.io repository; default create"),
    prebuilt: mapWith({
      server: digest.describe("image built from images/server"),
      agent: digest.describe("image built from images/agent"),
      dind: digest.describe("image built from images/dind"),
      housekeeping: digest.describe("image built from images/housekeeping"),
    })
      .optional()
      .describe("images built elsewhere; with them no Docker daemon is needed where Pulumi runs"),
  },
  "a map with registry, username, bases, prefix, repository, or with prebuilt, prefix",
).refine((all) => !all.prebuilt || Object.keys(all).every((key) => ["prebuilt", "prefix"].includes(key)), {
  error: "either prebuilt, or registry, username, bases and repository",
});

type InFile = z.output<typeof images>;

/** Images built from `images/` and pushed, to Google's registry or another, or references to images built elsewhere. */
export type Images =
  | {
      readonly mode: "google";
      readonly project: string;
      readonly registry: string;
      readonly repository: "create" | "existing";
      readonly bases?: string | undefined;
    }
  | {
      readonly mode: "registry";
      readonly registry: string;
      readonly username?: string | undefined;
      readonly bases?: string | undefined;
    }
  | { readonly mode: "prebuilt"; readonly references: ImageReferences };

/** One reference, by digest, for each image of `images/`. */
export interface ImageReferences {
  readonly server: string;
  readonly agent: string;
  readonly dind: string;
  readonly housekeeping: string;
}

const isGoogles = (registry: string) => GOOGLE_REGISTRIES.includes(registry);

const registryOf = ({ registry, prefix = "gcr.io" }: InFile) => registry ?? prefix;

/** A first part with a dot, a port, or of this name is a host to Docker. */
const HOST = /^([^/]*[.:][^/]*|localhost)\//;

/**
 * An image by digest, at its path below the prefix in place of its own registry.
 *
 * @param prefix `gocd:images.prefix`; without it the image stays where it is.
 */
export function moved(image: string, prefix: string | undefined): string {
  if (prefix === undefined || image.startsWith(`${prefix}/`)) return image;
  return `${prefix}/${image.replace(HOST, "")}`;
}

/** What the images' keys say together, and with the password that is a key of its own. */
export function imageProblems(inFile: InFile, google: boolean, password: boolean): Problem[] {
  const { prebuilt, prefix, bases, repository, username } = inFile;
  const registry = registryOf(inFile);
  const own = prebuilt === undefined && !isGoogles(registry);
  const problems: Problem[] = [];
  const refuse = (key: keyof InFile, wanted: string) => {
    problems.push(problem(`gocd:images.${key}`, key === "registry" ? registry : inFile[key], wanted));
  };
  if (prebuilt === undefined && !own && !google) {
    const wanted =
      "images by digest, or a registry that is not Google's, since a cluster with a storageClass uses no Google project";
    refuse(inFile.registry === undefined ? "prebuilt" : "registry", wanted);
  }
  if (prefix !== undefined && isGoogles(prefix))
    refuse("prefix", "a registry that keeps images of any name, such as us-docker.pkg.dev/PROJECT/REPOSITORY");
  if (prefix !== undefined && prebuilt === undefined && !`${registry}/`.startsWith(`${prefix}/`))
    refuse("registry", `${prefix}, a path below it, or nothing: gocd:images.prefix says where every image is`);
  if (prefix !== undefined && bases !== undefined)
    refuse("bases", "nothing: gocd:images.prefix is the place of these images, too");
  if (own && repository !== undefined)
    refuse("repository", `nothing: only the repository behind ${GOOGLE_REGISTRIES.join(", ")} is made here`);
  if (username !== undefined && !own && prebuilt === undefined)
    refuse("username", `nothing: whoever runs Pulumi pushes to ${registry}`);
  if (own && username !== undefined && !password) {
    const wanted = `the password of ${formatValue(username)}: pulumi config set --secret gocd:registryPassword`;
    problems.push(problem("gocd:registryPassword", undefined, wanted));
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
export function imagesOf(inFile: InFile, google: Google | undefined): Images {
  const { prebuilt, prefix, repository = "create", username, bases = prefix } = inFile;
  const registry = registryOf(inFile);
  if (prebuilt) {
    const { server, agent, dind, housekeeping } = prebuilt;
    const references = {
      server: moved(server, prefix),
      agent: moved(agent, prefix),
      dind: moved(dind, prefix),
      housekeeping: moved(housekeeping, prefix),
    };
    return { mode: "prebuilt", references };
  }
  if (isGoogles(registry)) return { mode: "google", project: google?.project ?? "", registry, repository, bases };
  return { mode: "registry", registry, username, bases };
}
