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
