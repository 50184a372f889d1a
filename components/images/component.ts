import * as docker from "@pulumi/docker";
import * as gcp from "@pulumi/gcp/artifactregistry";
import * as organizations from "@pulumi/gcp/organizations";
import * as pulumi from "@pulumi/pulumi";
import { IMAGES, imageArgs, repositoryArgs, repositoryLocation, type ImageName } from "./registry";

export interface ImagesArgs {
  project: string;
  /** Host that the images are named after: `gcr.io`, `us.gcr.io`, `eu.gcr.io` or `asia.gcr.io`. */
  registry: string;
  /** `existing` where another stack, or somebody, has made the project's repository. */
  repository: "create" | "existing";
}

/** References by digest, one for each image. */
export type References = { readonly [image in ImageName]: pulumi.Input<string> };

/** The repository behind the registry's host, and this program's images, built and pushed. */
export class Images extends pulumi.ComponentResource {
  readonly references: References;
  readonly repository: { location: string; name: pulumi.Output<string> };

  constructor(name: string, args: ImagesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gocd:images:Images", name, args, opts);
    const created =
      args.repository === "create"
        ? new gcp.Repository(name, repositoryArgs(args.registry), { parent: this, protect: true })
        : undefined;
    this.repository = {
      location: repositoryLocation(args.registry),
      name: created?.repositoryId ?? pulumi.output(args.registry),
    };

    const password = pulumi.secret(organizations.getClientConfigOutput({}, { parent: this }).accessToken);
    const build = (image: ImageName) =>
      new docker.Image(
        `${name}-${image}`,
        imageArgs({ name, image, host: args.registry, project: args.project, root: ".", password }),
        // The image's name holds no output of the repository that must exist before it is pushed.
        { parent: this, ...(created && { dependsOn: [created] }) },
      ).repoDigest;
    this.references = Object.fromEntries(IMAGES.map((image) => [image, build(image)])) as Record<
      ImageName,
      pulumi.Output<string>
    >;
    this.registerOutputs({ references: this.references });
  }
}
