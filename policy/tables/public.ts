// What opens something to the internet, and what says that it stays inside. Plain data.
import { words } from "./words";

/** Annotations that keep a load balancer inside, with the values that do. */
export const INTERNAL_ANNOTATIONS: Readonly<Record<string, readonly string[]>> = {
  "networking.gke.io/load-balancer-type": ["internal"],
  "cloud.google.com/load-balancer-type": ["internal"],
  "service.beta.kubernetes.io/aws-load-balancer-internal": ["true", "0.0.0.0/0"],
  "service.beta.kubernetes.io/aws-load-balancer-scheme": ["internal"],
  "service.beta.kubernetes.io/azure-load-balancer-internal": ["true"],
  "service.beta.kubernetes.io/oci-load-balancer-internal": ["true"],
};

/** Ingress and gateway classes whose load balancers are inside. */
export const INTERNAL_CLASSES: readonly string[] = words(
  `gce-internal gke-l7-rilb gke-l7-rilb-mc gke-l7-cross-regional-internal-managed-mc`,
);

/**
 * On an Ingress or a Gateway: the one host that somebody asked to have open to the internet. It stands in the settings of a stack, and
 * so in review.
 */
export const ASKED_HOST = "gocd-on-kubernetes/public-host";

/** Members of IAM policies that mean everybody. */
export const EVERYBODY: readonly string[] = words(
  `allUsers allAuthenticatedUsers system:anonymous system:unauthenticated`,
);

/** Address ranges that mean everybody. */
export const EVERYWHERE: readonly string[] = ["0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1"];
