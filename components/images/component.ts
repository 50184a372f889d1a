import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as docker from "@pulumi/docker";
import * as gcp from "@pulumi/gcp/artifactregistry";
import * as organizations from "@pulumi/gcp/organizations";
import * as pulumi from "@pulumi/pulumi";
import { normaliseModes } from "./context";
import {
  baseArgs,
  buildsFor,
  googleTarget,
  IMAGES,
  imageArgs,
  imageRepository,
  otherTarget,
  reference,
  repositoryArgs,
  repositoryLocation,
  type Architecture,
  type ImageName,
  type Target,
} from "./registry";

/** The program's folder, wherever Pulumi runs it. */
const ROOT = join(__dirname, "..", "..");

/** References by digest. */
interface References {
  readonly server: pulumi.Input<string>;
  readonly housekeeping: pulumi.Input<string>;
  /** Those of an agent's pod, by the processors of its nodes. */
  readonly agents: { readonly [architecture in Architecture]?: AgentReferences };
}

interface AgentReferences {
  readonly agent: pulumi.Input<string>;
  readonly dind: pulumi.Input<string>;
}

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
  /** Processors of the server's node, and those of the agents' nodes. */
  readonly architectures: { readonly server: Architecture; readonly agents: readonly Architecture[] };
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
      case "prebuilt": {
        const { server, housekeeping, agent, dind } = args.references;
        // Of both processors, where there are pools of both.
        this.references = { server, housekeeping, agents: { amd64: { agent, dind }, arm64: { agent, dind } } };
        this.dindRepository = dind.replace(/@.*$/, "");
        break;
      }
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
        this.references = this.build(name, target, args, created);
        break;
      }
      case "registry": {
        const target = otherTarget(name, args);
        this.dindRepository = imageRepository(target, "dind");
        this.references = this.build(name, target, args);
      }
    }
    this.registerOutputs({ references: this.references });
  }

  /** Of a pool's pods. */
  agents(architecture: Architecture): AgentReferences {
    const references = this.references.agents[architecture];
    if (references === undefined) throw new RangeError(`there are no images for ${architecture}`);
    return references;
  }

  private build(
    name: string,
    target: Target,
    { architectures, bases }: ImagesArgs,
    repository?: gcp.Repository,
  ): References {
    for (const image of IMAGES) this.normalise(image);
    const references = new Map<string, pulumi.Output<string>>();
    for (const build of buildsFor(architectures.server, architectures.agents)) {
      const { image, suffix } = build;
      const dockerfile = join(ROOT, "images", image, "Dockerfile");
      const buildArgs = bases === undefined ? undefined : baseArgs(readFileSync(dockerfile, "utf8"), bases);
      const { repoDigest } = new docker.Image(
        `${name}-${image}${suffix}`,
        imageArgs(target, build, ".", buildArgs),
        // The image's name holds no output of the repository that must exist before it is pushed.
        { parent: this, ...(repository && { dependsOn: [repository] }) },
      );
      const known = repoDigest.apply((digest) => reference(imageRepository(target, image), digest));
      references.set(`${image} ${build.architecture}`, known);
    }
    const of = (image: ImageName, architecture: Architecture) => references.get(`${image} ${architecture}`) ?? "";
    return {
      server: of("server", architectures.server),
      housekeeping: of("housekeeping", architectures.server),
      agents: Object.fromEntries(
        architectures.agents.map((one) => [one, { agent: of("agent", one), dind: of("dind", one) }]),
      ),
    };
  }

  private normalise(image: ImageName): void {
    const refused = normaliseModes(join(ROOT, "images", image));
    if (refused.length === 0) return;
    const why = `the image ${image} is built anew wherever these files have other modes; as their owner run`;
    void pulumi.log.warn(`${why}: ${refused.join("; ")}`, this);
  }
}
