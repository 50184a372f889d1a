import type * as gcp from "@pulumi/gcp/artifactregistry";

export interface BuildsSpec {
  /** `gocd-<stack>`. */
  readonly instance: string;
  readonly project: string;
  /** A region, such as `us-central1`. */
  readonly region: string;
}

/** A repository in which is what jobs push, and nothing that the stack itself runs. Nothing cleans it up. */
export function repositoryArgs({ instance, project, region }: BuildsSpec) {
  return {
    project,
    location: region,
    repositoryId: `${instance}-builds`,
    format: "DOCKER",
    description: `What jobs of ${instance} push`,
    labels: { "gocd-stack": instance },
  } satisfies gcp.RepositoryArgs;
}
