import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as docker from "@pulumi/docker";
import * as gcp from "@pulumi/gcp/artifactregistry";
import * as organizations from "@pulumi/gcp/organizations";
import * as pulumi from "@pulumi/pulumi";
import { normaliseModes } from "./context";
import {
  baseArgs,
  googleTarget,
  IMAGES,
  imageArgs,
  imageRepository,
  otherTarget,
  reference,
  repositoryArgs,
  repositoryLocation,
  type ImageName,
  type Target,
} from "./registry";

/** The program's folder, wherever Pulumi runs it. */
const ROOT = join(__dirname, "..", "..");

/** References by digest, one for each image. */
export type References = { readonly [image in ImageName]: pulumi.Input<string> };

interface GoogleArgs {
  readonly mode: "google";
  readonly project: string;
  /** Host that the images are named after: `gcr.io`, `us.gcr.io`, `eu.gcr.io` or `asia.gcr.io`. */
  readonly registry: string;
  /** `existing` where another stack, or somebody, has made the project's repository. */
  readonly repository: "create" | "existing";
}

interface RegistryArgs {
  readonly mode: "registry";
  /** Host and path, such as `registry.example.com/team`. */
  readonly registry: string;
  /** Who pushes; whoever `docker login` has logged in if absent. */
  readonly username?: string | undefined;
}

interface PrebuiltArgs {
  readonly mode: "prebuilt";
  readonly references: { readonly [image in ImageName]: string };
}

export type ImagesArgs = (GoogleArgs | RegistryArgs | PrebuiltArgs) & {
  /** Where bases come from in place of Docker Hub. */
  readonly bases?: string | undefined;
  /** Password of `username`. */
  readonly password?: pulumi.Output<string> | undefined;
};

/** This program's images: built and pushed, or built elsewhere. Only building needs Docker where Pulumi runs. */
export class Images extends pulumi.ComponentResource {
  readonly references: References;
  /** Repository of the image that may run privileged, without tag or digest. */
  readonly dindRepository: string;
  /** The repository behind one of Google's hosts; undefined if images come from elsewhere. */
  readonly repository?: { readonly location: string; readonly name: pulumi.Output<string> };

  constructor(name: string, args: ImagesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gocd:images:Images", name, {}, opts);
    switch (args.mode) {
      case "prebuilt":
        this.references = args.references;
        this.dindRepository = args.references.dind.replace(/@.*$/, "");
        break;
      case "google": {
        const created =
          args.repository === "create"
            ? new gcp.Repository(name, repositoryArgs(args.registry, name), { parent: this, protect: true })
            : undefined;
        this.repository = {
          location: repositoryLocation(args.registry),
          name: created?.repositoryId ?? pulumi.output(args.registry),
        };
        const token = pulumi.secret(organizations.getClientConfigOutput({ parent: this }).accessToken);
        const target = googleTarget(name, args, token);
        this.dindRepository = imageRepository(target, "dind");
        this.references = this.build(name, target, args.bases, created);
        break;
      }
      case "registry": {
        const target = otherTarget(name, args);
        this.dindRepository = imageRepository(target, "dind");
        this.references = this.build(name, target, args.bases);
      }
    }
    this.registerOutputs({ references: this.references });
  }

  private build(name: string, target: Target, bases?: string, repository?: gcp.Repository): References {
    const built = IMAGES.map((image) => {
      const refused = normaliseModes(join(ROOT, "images", image));
      if (refused.length > 0) {
        const why = `the image ${image} is built anew wherever these files have other modes; as their owner run`;
        void pulumi.log.warn(`${why}: ${refused.join("; ")}`, this);
      }
      const dockerfile = join(ROOT, "images", image, "Dockerfile");
      const buildArgs = bases === undefined ? undefined : baseArgs(readFileSync(dockerfile, "utf8"), bases);
      const { repoDigest } = new docker.Image(
        `${name}-${image}`,
        imageArgs(target, image, ".", buildArgs),
        // The image's name holds no output of the repository that must exist before it is pushed.
        { parent: this, ...(repository && { dependsOn: [repository] }) },
      );
      return [image, repoDigest.apply((digest) => reference(imageRepository(target, image), digest))];
    });
    return Object.fromEntries(built) as References;
  }
}
