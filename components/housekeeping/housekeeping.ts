import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { selector } from "../../kubernetes/labels";
import type { Placement } from "../../kubernetes/placement";
import { RESTRICTED } from "../../kubernetes/security";

/** Name of Deployment, Service and Secret in the server's namespace. */
export const HOUSEKEEPING = "gocd-housekeeping";
export const HOUSEKEEPING_PORT = 8080;

const CONFIGURATION = "/etc/gocd-housekeeping";

export interface HousekeepingShape {
  readonly instance: string;
  readonly namespace: pulumi.Input<string>;
  readonly labels: { readonly [key: string]: string };
  readonly image: pulumi.Input<string>;
  readonly secret: pulumi.Input<string>;
  readonly placement: Placement;
}

export function housekeepingService(shape: Pick<HousekeepingShape, "instance" | "namespace" | "labels">) {
  return {
    metadata: { name: HOUSEKEEPING, namespace: shape.namespace, labels: shape.labels },
    spec: {
      type: "ClusterIP",
      selector: selector(shape.instance, "gocd-housekeeping"),
      ports: [{ name: "http", port: HOUSEKEEPING_PORT, targetPort: "http", protocol: "TCP" }],
    },
  } satisfies k8s.types.input.core.v1.Service;
}

/** One is enough; for the moments of a rollout two do no harm. */
export function housekeepingDeployment(shape: HousekeepingShape) {
  return {
    metadata: { name: HOUSEKEEPING, namespace: shape.namespace, labels: shape.labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: selector(shape.instance, "gocd-housekeeping") },
      template: {
        metadata: { labels: shape.labels },
        spec: {
          ...shape.placement,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          containers: [
            {
              name: "housekeeping",
              image: shape.image,
              ports: [{ name: "http", containerPort: HOUSEKEEPING_PORT, protocol: "TCP" }],
              terminationMessagePolicy: "FallbackToLogsOnError",
              resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "256Mi" } },
              securityContext: { ...RESTRICTED, readOnlyRootFilesystem: true },
              readinessProbe: { httpGet: { path: "/healthz", port: "http" }, periodSeconds: 10 },
              livenessProbe: {
                httpGet: { path: "/healthz", port: "http" },
                periodSeconds: 30,
                timeoutSeconds: 5,
                failureThreshold: 5,
              },
              volumeMounts: [{ name: "configuration", mountPath: CONFIGURATION, readOnly: true }],
            },
          ],
          volumes: [{ name: "configuration", secret: { secretName: shape.secret, defaultMode: 0o440 } }],
        },
      },
    },
  } satisfies k8s.types.input.apps.v1.Deployment;
}
