import { allowed, type Case, type Manifest, named, otherPod, refused } from "./case";

const METADATA = { name: "case", namespace: "shop" };
const DEPLOYMENT = { apiVersion: "apps/v1", kind: "Deployment", name: "web" };
const custom = (apiVersion: string, kind: string, spec: Manifest): Manifest => ({
  apiVersion,
  kind,
  metadata: METADATA,
  spec,
});
const configMap = (data: Manifest): Manifest => ({ apiVersion: "v1", kind: "ConfigMap", metadata: METADATA, data });
const release = (name: string, expect: Case["expect"], values: Manifest, rule?: string): Case => ({
  name,
  object: { chart: "x", namespace: "shop", values },
  type: "kubernetes:helm.sh/v3:Release",
  tags: "review",
  expect,
  ...(rule !== undefined && { rule }),
});
const PRIVILEGED = { securityContext: { privileged: true } };

/** What only names an object, or only looks like a node's socket, and what really is one. */
export const REFERENCE_CASES: readonly Case[] = [
  ...allowed(
    "review",
    named("a reference to a workload", {
      "of a HorizontalPodAutoscaler": custom("autoscaling/v2", "HorizontalPodAutoscaler", {
        scaleTargetRef: DEPLOYMENT,
      }),
      "of a VerticalPodAutoscaler": custom("autoscaling.k8s.io/v1", "VerticalPodAutoscaler", { targetRef: DEPLOYMENT }),
      "of a KEDA ScaledObject": custom("keda.sh/v1alpha1", "ScaledObject", { scaleTargetRef: DEPLOYMENT }),
      "of an Argo Rollout": custom("argoproj.io/v1alpha1", "Rollout", { workloadRef: DEPLOYMENT }),
      "of a Flagger Canary, and to its Ingress": custom("flagger.app/v1beta1", "Canary", {
        targetRef: DEPLOYMENT,
        ingressRef: { apiVersion: "networking.k8s.io/v1", kind: "Ingress", name: "web" },
      }),
      "of a SinkBinding, by labels": custom("sources.knative.dev/v1", "SinkBinding", {
        subject: { apiVersion: "apps/v1", kind: "Deployment", selector: { matchLabels: { app: "web" } } },
      }),
      "of a Crossplane Usage": custom("apiextensions.crossplane.io/v1beta1", "Usage", {
        of: { apiVersion: "apps/v1", kind: "Deployment", resourceRef: { name: "web" } },
      }),
      "of a health check of Flux": custom("kustomize.toolkit.fluxcd.io/v1", "Kustomization", {
        healthChecks: [DEPLOYMENT],
      }),
      "of an owner": {
        ...configMap({ a: "b" }),
        metadata: { ...METADATA, ownerReferences: [{ ...DEPLOYMENT, uid: "u" }] },
      },
      "of an owner that is a Pod": {
        ...configMap({ a: "b" }),
        metadata: { ...METADATA, ownerReferences: [{ apiVersion: "v1", kind: "Pod", name: "p", uid: "u" }] },
      },
      "of an Event": {
        apiVersion: "v1",
        kind: "Event",
        metadata: METADATA,
        involvedObject: { apiVersion: "v1", kind: "Pod", name: "p" },
      },
      "in a list called objects": custom("example.com/v1", "Backup", { objects: [DEPLOYMENT] }),
      "in a manifest that is text": configMap({
        hpa: "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nspec:\n  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: a}\n",
      }),
      "that is to be deleted": configMap({ pod: "apiVersion: v1\nkind: Pod\nmetadata:\n  name: old\n" }),
      "that a patch deletes": custom("kustomize.toolkit.fluxcd.io/v1", "Kustomization", {
        patches: [{ patch: "$patch: delete\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\n" }],
      }),
      "whose labels a patch sets": custom("argoproj.io/v1alpha1", "Workflow", {
        templates: [
          { resource: { action: "patch", manifest: "apiVersion: v1\nkind: Pod\nmetadata: {labels: {a: b}}\n" } },
        ],
      }),
      "of a route to its Gateway": custom("gateway.networking.k8s.io/v1", "HTTPRoute", {
        parentRefs: [{ group: "gateway.networking.k8s.io", kind: "Gateway", name: "public" }],
      }),
    }),
  ),
  ...refused("review", "well-formed-pods", {
    "a Deployment without a specification": { apiVersion: "apps/v1", kind: "Deployment", metadata: METADATA },
    "a Pod without a specification in a List": {
      apiVersion: "v1",
      kind: "List",
      items: [{ ...otherPod(), spec: null }],
    },
    "a Pod without a specification in a list of objects": custom("example.com/v1", "Set", {
      manifests: [{ apiVersion: "v1", kind: "Pod", metadata: METADATA }],
    }),
  }),

  release("a chart's socket of a database", "allowed", { master: { unixSocket: "/tmp/redis.sock" } }),
  release("a chart's socket of a web application", "allowed", { php: { listen: "/run/php-fpm.sock" } }),
  release("a chart's list of sockets of an application", "allowed", { sockets: ["/srv/app/tmp/app.socket"] }),
  release("a chart's pipe of an application", "allowed", { pipe: "\\\\.\\pipe\\postgres" }),
  release(
    "a chart's socket of an application that is mounted from the node",
    "refused",
    {
      extraVolumes: [{ name: "s", hostPath: { path: "/run/mysqld/mysqld.sock" } }],
    },
    "no-runtime-sockets",
  ),
  release(
    "a chart's socket of a runtime in an unusual place",
    "refused",
    {
      runtime: "/opt/tools/containerd.sock",
    },
    "no-runtime-sockets",
  ),

  release("a chart's privileged part that is switched off", "allowed", { dind: { enabled: false, ...PRIVILEGED } }),
  release("a chart's privileged part that is switched off above", "allowed", {
    runner: { enabled: "false", dind: PRIVILEGED },
  }),
  release(
    "a chart's privileged part that is switched on",
    "refused",
    {
      dind: { enabled: true, ...PRIVILEGED },
    },
    "no-privileged-containers",
  ),
  release(
    "a chart's privileged part beside one that is switched off",
    "refused",
    {
      metrics: { enabled: false },
      dind: PRIVILEGED,
    },
    "no-privileged-containers",
  ),
  release(
    "a volume that says it is switched off, in a list that the chart puts into its pod",
    "refused",
    {
      extraVolumes: [{ name: "s", enabled: false, hostPath: { path: "/var/run/docker.sock" } }],
    },
    "no-runtime-sockets",
  ),
  ...allowed("review", {
    "a part of an operator that is switched off": custom("example.com/v1", "Tools", {
      toolkit: { enabled: false, ...PRIVILEGED },
    }),
  }),
  ...refused("review", "no-privileged-containers", {
    "a privileged container that says it is switched off": otherPod({
      containers: [{ name: "main", image: `x@sha256:${"a".repeat(64)}`, enabled: false, ...PRIVILEGED }],
    }),
    "a privileged container of a Pod that says it is switched off": otherPod({
      enabled: false,
      containers: [{ name: "main", image: `x@sha256:${"a".repeat(64)}`, ...PRIVILEGED }],
    }),
  }),
];
