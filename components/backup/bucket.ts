import type * as gcp from "@pulumi/gcp/storage";

const DAY_SECONDS = 86_400;

/** A bucket's name, which is unique in the world: the project's id is, too. */
export function bucketName(project: string, instance: string): string {
  return `${project}-${instance}-backups`;
}

/**
 * A bucket that nobody can read without a role, and whose objects nobody can delete or overwrite before their time.
 *
 * @param keepDays days that each backup is kept; afterwards the bucket deletes it.
 */
export function bucketArgs(shape: {
  readonly name: string;
  readonly location: string;
  readonly labels: { readonly [key: string]: string };
  readonly keepDays: number;
}) {
  return {
    name: shape.name,
    location: shape.location,
    labels: shape.labels,
    uniformBucketLevelAccess: true,
    publicAccessPrevention: "enforced",
    // Not locked: whoever owns the project may still change their mind.
    retentionPolicy: { retentionPeriod: String(shape.keepDays * DAY_SECONDS) },
    lifecycleRules: [
      { action: { type: "Delete" }, condition: { age: shape.keepDays } },
      // Parts of uploads that were given up.
      { action: { type: "AbortIncompleteMultipartUpload" }, condition: { age: 1 } },
    ],
  } satisfies gcp.BucketArgs;
}

/**
 * A Kubernetes service account as a principal of Google's IAM: Workload Identity without a Google account or a key between.
 */
export function principal(
  project: { readonly id: string; readonly number: string },
  namespace: string,
  serviceAccount: string,
): string {
  const pool = `projects/${project.number}/locations/global/workloadIdentityPools/${project.id}.svc.id.goog`;
  return `principal://iam.googleapis.com/${pool}/subject/ns/${namespace}/sa/${serviceAccount}`;
}
