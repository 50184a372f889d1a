import type * as docker from "@pulumi/docker";
import type * as gcp from "@pulumi/gcp/artifactregistry";
import type * as pulumi from "@pulumi/pulumi";

/** The images of this project; each has a folder under `images/`. */
export const IMAGES = ["server", "agent", "dind", "housekeeping"] as const;
export type ImageName = (typeof IMAGES)[number];

export type Architecture = "amd64" | "arm64";

/** An image to build, for one kind of processor. */
export interface Build {
  readonly image: ImageName;
  readonly architecture: Architecture;
  /** What it is called more than the image, in the registry's tag and in Pulumi. */
  readonly suffix: string;
}

/** What must be built for the processors of the server's node and those of the agents' nodes. */
export function buildsFor(server: Architecture, agents: readonly Architecture[]): Build[] {
  return IMAGES.flatMap((image): Build[] => {
    if (image === "server" || image === "housekeeping") return [{ image, architecture: server, suffix: "" }];
    return agents.map((architecture) => ({
      image,
      architecture,
      suffix: architecture === "amd64" ? "" : `-${architecture}`,
    }));
  });
}

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

/** Folder of an instance's images below the project: other people push to `gcr.io/PROJECT` as well. */
const imageFolder = (instance: string) => `${instance}/`;

/**
 * The repository that serves a host: it must have the host's name. One per project, shared by its stacks and by whoever else
 * pushes there. So only what is in the folder of the stack that makes it is ever cleaned up.
 */
export function repositoryArgs(host: string, instance: string) {
  const packageNamePrefixes = [imageFolder(instance)];
  return {
    location: repositoryLocation(host),
    repositoryId: host,
    format: "DOCKER",
    description: `Serves ${host}`,
    cleanupPolicyDryRun: false,
    // A superseded image loses its tag; two weeks leave room to roll back. KEEP outranks DELETE.
    cleanupPolicies: [
      {
        id: "superseded",
        action: "DELETE",
        condition: { tagState: "UNTAGGED", olderThan: "1209600s", packageNamePrefixes },
      },
      { id: "recent", action: "KEEP", mostRecentVersions: { keepCount: 10, packageNamePrefixes } },
    ],
  } satisfies gcp.RepositoryArgs;
}

/** Where images are pushed to. */
export interface Target {
  /** What the names of the images' repositories begin with. */
  readonly prefix: string;
  /** Keeps the newest image from being cleaned up, and distinct from other stacks' in the same repository; deployed is the digest. */
  readonly tag: string;
  /** Who pushes; absent where that is whoever `docker login` has logged in. */
  readonly registry?: { readonly server: string; readonly username: string; readonly password: pulumi.Input<string> };
}

/** A project's repository behind one of Google's hosts. */
export function googleTarget(
  name: string,
  { registry, project }: { readonly registry: string; readonly project: string },
  token: pulumi.Input<string>,
): Target {
  return {
    prefix: `${registry}/${project}/${imageFolder(name)}`,
    tag: "current",
    registry: { server: registry, username: "oauth2accesstoken", password: token },
  };
}

/** Any other registry: no folders below its path, because some, such as Docker Hub, have none. So stacks share repositories. */
export function otherTarget(
  name: string,
  {
    registry,
    username,
    password,
  }: {
    readonly registry: string;
    readonly username?: string | undefined;
    readonly password?: pulumi.Input<string> | undefined;
  },
): Target {
  const [server = registry] = registry.split("/", 1);
  return {
    prefix: `${registry}/gocd-`,
    tag: name,
    ...(username !== undefined && password !== undefined && { registry: { server, username, password } }),
  };
}

/** An image's repository at the registry, without tag or digest. */
export const imageRepository = ({ prefix }: Target, image: ImageName): string => `${prefix}${image}`;

/** The images that a Dockerfile begins from, by the argument that names each. */
export function basesOf(dockerfile: string): { readonly [argument: string]: string } {
  const found = [...dockerfile.matchAll(/^ARG ([A-Z]+)=(\S+:\S+)$/gm)];
  return Object.fromEntries(found.map(([, argument = "", base = ""]) => [argument, base]));
}

/**
 * Build arguments with which an image comes from bases of the same names and versions elsewhere: every `ARG` of the Dockerfile that
 * names one.
 *
 * @param bases such as `registry.example.com/mirror`.
 */
export function baseArgs(dockerfile: string, bases: string): { readonly [argument: string]: string } {
  return Object.fromEntries(
    Object.entries(basesOf(dockerfile)).map(([argument, base]) => [argument, `${bases}/${base}`]),
  );
}

/**
 * Arguments that build an image and push it, for the nodes that it shall run on, whatever machine builds.
 *
 * @param args build arguments.
 */
export function imageArgs(
  target: Target,
  { image, architecture, suffix }: Build,
  root: string,
  args?: { readonly [name: string]: string },
) {
  return {
    imageName: `${imageRepository(target, image)}:${target.tag}${suffix}`,
    build: {
      context: `${root}/images/${image}`,
      dockerfile: `${root}/images/${image}/Dockerfile`,
      platform: `linux/${architecture}`,
      ...(args && { args }),
    },
    ...(target.registry && { registry: target.registry }),
  } satisfies docker.ImageArgs;
}

/**
 * What was pushed, by digest under the name that it was pushed by. Docker may report another: it leaves `docker.io` out, and
 * knows an image that was pushed to two repositories by either.
 */
export function reference(repository: string, repoDigest: string): string {
  return `${repository}@${repoDigest.slice(repoDigest.indexOf("@") + 1)}`;
}
