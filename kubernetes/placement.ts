import type * as k8s from "@pulumi/kubernetes";

/** Which nodes a pod goes to; empty where the cluster's own scheduling shall decide. */
export interface Placement {
  readonly nodeSelector?: { readonly [key: string]: string };
  readonly tolerations?: k8s.types.input.core.v1.Toleration[];
}
