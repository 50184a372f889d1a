import type * as docker from "@pulumi/docker";
import type * as gcp from "@pulumi/gcp/artifactregistry";
import type * as pulumi from "@pulumi/pulumi";

/** The images of this project; each has a folder under `images/`. */
export const IMAGES = ["server", "agent", "dind", "housekeeping"] as const;
export type ImageName = (typeof IMAGES)[number];

/** Where Artifact Registry keeps what each of the old registry's hosts serves ("Transition from Container Registry"). */
const LOCATIONS: Readonly<Record<string, string>> = {
  "gcr.io": "us",
  "us.gcr.io": "us",
  "eu.gcr.io": "europe",
  "asia.gcr.io": "asia",
};

/** Location of the Artifact Registry repository behind a host such as `gcr.io`. */
export function repositoryLocation(host: string): string {
  const location = LOCATIONS[host];
  if (location === undefined) throw new RangeError(`${host} is none of ${Object.keys(LOCATIONS).join(", ")}`);
  return location;
}

/** The repository that serves a host: it must have the host's name. One per project, shared by its stacks. */
export function repositoryArgs(host: string) {
  return {
    location: repositoryLocation(host),
    repositoryId: host,
    format: "DOCKER",
    description: `Serves ${host}`,
    cleanupPolicyDryRun: false,
    // A superseded image loses its tag; two weeks leave room to roll back. KEEP outranks DELETE.
    cleanupPolicies: [
      { id: "superseded", action: "DELETE", condition: { tagState: "UNTAGGED", olderThan: "1209600s" } },
      { id: "recent", action: "KEEP", mostRecentVersions: { keepCount: 10 } },
    ],
  } satisfies gcp.RepositoryArgs;
}

export interface BuildShape {
  /** `gocd-<stack>`. */
  name: string;
  image: ImageName;
  host: string;
  project: string;
  /** Folder of the program. */
  root: string;
  password: pulumi.Input<string>;
}

/** An image's repository at the registry. Images of different stacks do not share one. */
export function imageRepository({
  name,
  image,
  host,
  project,
}: Pick<BuildShape, "name" | "image" | "host" | "project">): string {
  return `${host}/${project}/${name}/${image}`;
}

/**
 * Arguments that build an image and push it. Nodes are amd64, whatever machine builds. The tag only keeps the newest image from
 * being cleaned up: what is deployed is the digest.
 */
export function imageArgs({ root, password, ...shape }: BuildShape) {
  const { image, host } = shape;
  return {
    imageName: `${imageRepository(shape)}:current`,
    build: {
      context: `${root}/images/${image}`,
      dockerfile: `${root}/images/${image}/Dockerfile`,
      platform: "linux/amd64",
    },
    registry: { server: host, username: "oauth2accesstoken", password },
  } satisfies docker.ImageArgs;
}
