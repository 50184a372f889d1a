import * as docker from "@pulumi/docker";
import * as gcp from "@pulumi/gcp/artifactregistry";
import * as organizations from "@pulumi/gcp/organizations";
import * as pulumi from "@pulumi/pulumi";
import { IMAGES, imageArgs, imageRepository, repositoryArgs, repositoryLocation, type ImageName } from "./registry";

/** References by digest, one for each image. */
export type References = { readonly [image in ImageName]: pulumi.Input<string> };

export interface BuildArgs {
  mode: "build";
  project: string;
  /** Host that the images are named after: `gcr.io`, `us.gcr.io`, `eu.gcr.io` or `asia.gcr.io`. */
  registry: string;
  /** `existing` where another stack, or somebody, has made the project's repository. */
  repository: "create" | "existing";
}

export type ImagesArgs = BuildArgs | { mode: "prebuilt"; references: { readonly [image in ImageName]: string } };

/** This program's images: built and pushed, or built elsewhere. Only building needs Docker where Pulumi runs. */
export class Images extends pulumi.ComponentResource {
  readonly references: References;
  /** Repository of the image that may run privileged, without tag or digest. */
  readonly dindRepository: string;
  /** The repository behind the registry's host; undefined if images come from elsewhere. */
  readonly repository?: { location: string; name: pulumi.Output<string> };

  constructor(name: string, args: ImagesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gocd:images:Images", name, args, opts);
    if (args.mode === "prebuilt") {
      this.references = args.references;
      this.dindRepository = args.references.dind.replace(/@.*$/, "");
    } else {
      const created =
        args.repository === "create"
          ? new gcp.Repository(name, repositoryArgs(args.registry), { parent: this, protect: true })
          : undefined;
      this.repository = {
        location: repositoryLocation(args.registry),
        name: created?.repositoryId ?? pulumi.output(args.registry),
      };
      this.dindRepository = imageRepository({ name, image: "dind", host: args.registry, project: args.project });
      this.references = this.build(name, args, created);
    }
    this.registerOutputs({ references: this.references });
  }

  private build(name: string, args: BuildArgs, repository: gcp.Repository | undefined): References {
    const password = pulumi.secret(organizations.getClientConfigOutput({ parent: this }).accessToken);
    const built = IMAGES.map((image) => [
      image,
      new docker.Image(
        `${name}-${image}`,
        imageArgs({ name, image, host: args.registry, project: args.project, root: ".", password }),
        // The image's name holds no output of the repository that must exist before it is pushed.
        { parent: this, ...(repository && { dependsOn: [repository] }) },
      ).repoDigest,
    ]);
    return Object.fromEntries(built) as References;
  }
}
