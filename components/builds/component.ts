import * as gcp from "@pulumi/gcp/artifactregistry";
import * as organizations from "@pulumi/gcp/organizations";
import * as pulumi from "@pulumi/pulumi";
import { principal } from "../../kubernetes/identity";
import { repositoryArgs, type BuildsSpec } from "./repository";

export interface BuildsArgs extends Omit<BuildsSpec, "instance"> {
  /** Pools whose jobs may push, each as the service account of its name. */
  readonly pools: readonly string[];
  /** The cluster whose creation makes the pool of identities, where it is made here. IAM refuses members of no pool. */
  readonly identityPool?: pulumi.Resource | undefined;
}

/**
 * A repository for the images that jobs push. Not that of the stack's own images: IAM grants a repository, never a part of one,
 * and whoever may write to that one can move the tags that keep the images in use from being cleaned up.
 */
export class Builds extends pulumi.ComponentResource {
  /** What lets jobs push, and must hold as long as one runs. */
  readonly grants: readonly pulumi.Resource[];

  constructor(name: string, args: BuildsArgs, opts?: pulumi.ComponentResourceOptions) {
    const { project, region, pools, identityPool } = args;
    super("gocd:builds:Builds", name, {}, opts);
    const repository = new gcp.Repository(`${name}-builds`, repositoryArgs({ instance: name, project, region }), {
      parent: this,
      protect: true,
    });
    const { number } = organizations.getProjectOutput({ projectId: project }, { parent: this });
    this.grants = pools.map(
      (pool) =>
        new gcp.RepositoryIamMember(
          `${name}-builds-${pool}`,
          {
            project,
            location: region,
            repository: repository.repositoryId,
            role: "roles/artifactregistry.writer",
            member: number.apply((number) => principal({ id: project, number }, `${name}-agents`, pool)),
          },
          // The pool is named, not referred to. It must be the members that wait: the repository outlives the cluster.
          { parent: this, ...(identityPool && { dependsOn: [identityPool] }) },
        ),
    );
    this.registerOutputs({});
  }
}
