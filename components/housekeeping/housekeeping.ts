import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { pullSecrets, type Company } from "../../kubernetes/company";
import { selector } from "../../kubernetes/labels";
import type { Placement } from "../../kubernetes/placement";
import { RESTRICTED } from "../../kubernetes/security";

/** Name of Deployment, Service and Secret in the server's namespace. */
export const HOUSEKEEPING = "gocd-housekeeping";
export const HOUSEKEEPING_PORT = 8080;

const CONFIGURATION = "/etc/gocd-housekeeping";

export interface HousekeepingSpec {
  readonly instance: string;
  readonly namespace: pulumi.Input<string>;
  readonly labels: { readonly [key: string]: string };
  readonly image: pulumi.Input<string>;
  readonly secret: pulumi.Input<string>;
  readonly placement: Placement;
  readonly company: Company;
}

export function housekeepingService(spec: Pick<HousekeepingSpec, "instance" | "namespace" | "labels">) {
  return {
    metadata: { name: HOUSEKEEPING, namespace: spec.namespace, labels: spec.labels },
    spec: {
      type: "ClusterIP",
      selector: selector(spec.instance, "gocd-housekeeping"),
      ports: [{ name: "http", port: HOUSEKEEPING_PORT, targetPort: "http", protocol: "TCP" }],
    },
  } satisfies k8s.types.input.core.v1.Service;
}

/** One is enough; for the moments of a rollout two do no harm. */
export function housekeepingDeployment(spec: HousekeepingSpec) {
  return {
    metadata: { name: HOUSEKEEPING, namespace: spec.namespace, labels: spec.labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: selector(spec.instance, "gocd-housekeeping") },
      template: {
        metadata: { labels: spec.labels },
        spec: {
          ...spec.placement,
          ...pullSecrets(spec.company),
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          containers: [
            {
              name: "housekeeping",
              image: spec.image,
              ports: [{ name: "http", containerPort: HOUSEKEEPING_PORT, protocol: "TCP" }],
              terminationMessagePolicy: "FallbackToLogsOnError",
              resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "256Mi" } },
              securityContext: { ...RESTRICTED, readOnlyRootFilesystem: true },
              // Ready as it is healthy; a managed setting that GoCD refuses makes a warning of it, and an event.
              readinessProbe: { httpGet: { path: "/readyz", port: "http" }, periodSeconds: 10 },
              livenessProbe: {
                httpGet: { path: "/healthz", port: "http" },
                periodSeconds: 30,
                timeoutSeconds: 5,
                failureThreshold: 5,
              },
              volumeMounts: [{ name: "configuration", mountPath: CONFIGURATION, readOnly: true }],
            },
          ],
          volumes: [{ name: "configuration", secret: { secretName: spec.secret, defaultMode: 0o440 } }],
        },
      },
    },
  } satisfies k8s.types.input.apps.v1.Deployment;
}
