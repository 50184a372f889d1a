import {
  agentsPod,
  type Case,
  container,
  image,
  inEveryKind,
  INSTALLATION,
  type Manifest,
  named,
  otherPod,
  refused,
} from "./case";

const RULE = "no-runtime-sockets";
export const spec = (path: string): Manifest => ({
  containers: [container()],
  volumes: [{ name: "sock", hostPath: { path } }],
});
export const template = { metadata: { labels: { app: "case" } }, spec: spec("/var/run/docker.sock") };
export const METADATA = { name: "case", namespace: "shop" };

const custom = (apiVersion: string, kind: string, body: Manifest): Manifest => ({
  apiVersion,
  kind,
  metadata: METADATA,
  spec: body,
});
const old = (apiVersion: string, kind: string): Manifest => ({
  apiVersion,
  kind,
  metadata: METADATA,
  spec: { template },
});
export const review = (type: string, name: string, object: Manifest, says?: string, by = RULE): Case => ({
  name,
  object,
  type,
  tags: "review",
  expect: "refused",
  rule: by,
  ...(says !== undefined && { says }),
});

export const manifest = JSON.stringify({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "hidden" },
  spec: spec("/run"),
});
export const YAML = `apiVersion: v1
kind: Pod
metadata: {name: first}
---
# a second one
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: hidden}
spec:
  template:
    spec:
      containers: [{name: main, image: "${image}"}]
      volumes: [{name: sock, hostPath: {path: /run/containerd}}]
`;
export const base64 = (text: string) => Buffer.from(text).toString("base64");
const ofText = (text: string): Manifest => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: METADATA,
  data: { text },
});
const DIRECTORY = { name: "tools", hostPath: { path: "/srv/tools" } };
export const SOCKET_VOLUME = { name: "sock", hostPath: { path: "/var/run/docker.sock" } };

/** Catalogue E to G: every list of containers, every kind, every carrier. */
export const kindCases: readonly Case[] = [
  ...refused("review", RULE, named("the socket in a", inEveryKind(spec("/var/run/docker.sock"), "shop"))),
  ...refused(
    "both",
    "no-host-paths",
    named("a host path in GoCD's namespace, in a", inEveryKind(spec("/var/log"), INSTALLATION.serverNamespace)),
  ),
  ...refused("review", RULE, {
    "the socket in a Deployment of extensions/v1beta1": old("extensions/v1beta1", "Deployment"),
    "the socket in a DaemonSet of extensions/v1beta1": old("extensions/v1beta1", "DaemonSet"),
    "the socket in a StatefulSet of apps/v1beta1": old("apps/v1beta1", "StatefulSet"),
    "the socket in a Deployment of apps/v1beta2": old("apps/v1beta2", "Deployment"),
    "the socket in a CronJob of batch/v1beta1": custom("batch/v1beta1", "CronJob", {
      jobTemplate: { spec: { template } },
    }),
    "the socket in a List": { apiVersion: "v1", kind: "List", items: [otherPod(), old("apps/v1", "Deployment")] },
    "the socket in a PodList": { apiVersion: "v1", kind: "PodList", items: [otherPod(spec("/run"))] },
    "the socket in a DeploymentList": {
      apiVersion: "apps/v1",
      kind: "DeploymentList",
      items: [old("apps/v1", "Deployment")],
    },
    "the socket in a List in a List": {
      apiVersion: "v1",
      kind: "List",
      items: [{ apiVersion: "v1", kind: "List", items: [otherPod(spec("/run"))] }],
    },
    "the socket in a ControllerRevision": {
      apiVersion: "apps/v1",
      kind: "ControllerRevision",
      metadata: METADATA,
      revision: 1,
      data: { spec: { template } },
    },
    "the socket in an Argo Workflow": custom("argoproj.io/v1alpha1", "Workflow", {
      volumes: [SOCKET_VOLUME],
      templates: [{ container: container() }],
    }),
    "the socket in an Argo Rollout": custom("argoproj.io/v1alpha1", "Rollout", { template }),
    "the socket in a Tekton TaskRun": custom("tekton.dev/v1", "TaskRun", { podTemplate: { volumes: [SOCKET_VOLUME] } }),
    "the socket in an AutoscalingRunnerSet": custom("actions.github.com/v1alpha1", "AutoscalingRunnerSet", {
      template,
    }),
    "the socket in a Knative Service": custom("serving.knative.dev/v1", "Service", { template }),
    "the socket in a Sandbox": custom("agents.x-k8s.io/v1alpha1", "Sandbox", { podTemplate: template }),
    "the socket that a Kyverno policy adds": custom("kyverno.io/v1", "ClusterPolicy", {
      rules: [{ name: "add", mutate: { patchStrategicMerge: { spec: { volumes: [SOCKET_VOLUME] } } } }],
    }),
    "the socket in a JSON patch": custom("policy.example/v1", "Mutation", {
      patches: [{ op: "add", path: "/spec/volumes/-", value: SOCKET_VOLUME }],
    }),
    "the socket in the chart values of a HelmRelease": custom("helm.toolkit.fluxcd.io/v2", "HelmRelease", {
      values: { extraVolumes: [SOCKET_VOLUME] },
    }),
    "the socket in the chart values of an Argo CD Application": custom("argoproj.io/v1alpha1", "Application", {
      source: { helm: { values: "extraVolumes:\n  - name: sock\n    hostPath:\n      path: /var/run/docker.sock\n" } },
    }),
    "a Pod as JSON in a ConfigMap": {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: METADATA,
      data: { "pod.json": manifest },
    },
    "a DaemonSet as YAML in a ConfigMap": {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: METADATA,
      data: { "all.yaml": YAML },
    },
    "a Pod in a Secret's stringData": {
      apiVersion: "v1",
      kind: "Secret",
      metadata: METADATA,
      stringData: { pod: manifest },
    },
    "a Pod in a Secret's data": {
      apiVersion: "v1",
      kind: "Secret",
      metadata: METADATA,
      data: { pod: Buffer.from(YAML).toString("base64") },
    },
    "a ConfigMap with a Pod in a ConfigMap": {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: METADATA,
      data: { outer: JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", data: { inner: manifest } }) },
    },
    "a Pod in a ConfigMap's binaryData": {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: METADATA,
      binaryData: { pod: base64(manifest) },
    },
    "a Pod in JSON with escaped names": ofText(
      manifest
        .replace("kind", "k\\u0069nd")
        .replace("hostPath", "host\\u0050ath")
        .replace("containers", "c\\u006fntainers"),
    ),
    "a volume in YAML with an escaped name": ofText('spec: {volumes: [{"host\\x50ath": {path: /run/docker.sock}}]}'),
    "a PersistentVolume in YAML that is written as an anchor first": ofText(
      "x: &spec {capacity: {storage: 1Gi}, local: {path: /run}}\nkind: PersistentVolume\napiVersion: v1\nspec: *spec\n",
    ),
    "a Pod in a template": ofText(
      "{{- range .pods }}\nkind: Pod\nmetadata: {name: {{ .name }}}\nspec:\n  volumes:\n  - name: s\n    hostPath:\n      path: /var/run/docker.sock\n{{- end }}\n",
    ),
    "the path of a volume in a JSON patch": custom("policy.example/v1", "Mutation", {
      patches: [{ op: "replace", path: "/spec/volumes/0/hostPath/path", value: "/run/docker.sock" }],
    }),
    "the path of a volume in a JSON patch that is text": custom("kyverno.io/v1", "ClusterPolicy", {
      rules: [{ mutate: { patchesJson6902: "- {op: add, path: /spec/volumes/0/hostPath/path, value: /run}" } }],
    }),
    "the socket in a list of host paths": custom("example.com/v1", "Thing", { hostPaths: ["/run/docker.sock"] }),
    "the socket in a Pod whose specification calls itself a Pod Security Policy": otherPod({
      apiVersion: "policy/v1beta1",
      kind: "PodSecurityPolicy",
      ...spec("/run/docker.sock"),
    }),
    "the socket in a custom resource whose template calls itself a Constraint Template": custom(
      "example.com/v1",
      "Thing",
      { template: { apiVersion: "templates.gatekeeper.sh/v1", kind: "ConstraintTemplate", ...template } },
    ),
    "an ephemeral container's volume": otherPod({
      volumes: [SOCKET_VOLUME],
      ephemeralContainers: [container({ name: "debug", volumeMounts: [{ name: "sock", mountPath: "/s" }] })],
    }),
    "an init container's volume": otherPod({
      volumes: [SOCKET_VOLUME],
      initContainers: [
        container({ name: "init", restartPolicy: "Always", volumeMounts: [{ name: "sock", mountPath: "/s" }] }),
      ],
    }),
  }),
  ...refused("review", "no-privileged-containers", {
    "a privileged container in YAML that has no other word of a manifest": ofText(
      "securityContext:\n  privileged: true\n",
    ),
    "a privileged container that calls itself a Constraint Template": otherPod({
      containers: [
        container({
          apiVersion: "templates.gatekeeper.sh/v1",
          kind: "ConstraintTemplate",
          securityContext: { privileged: true },
        }),
      ],
    }),
    "a privileged container in a JSON patch": custom("policy.example/v1", "Mutation", {
      patches: [{ op: "add", path: "/spec/containers/0/securityContext/privileged", value: true }],
    }),
  }),
  ...refused("review", "no-host-namespaces", {
    "hostPID in a JSON patch": custom("policy.example/v1", "Mutation", {
      patches: [{ op: "add", path: "/spec/hostPID", value: true }],
    }),
  }),
  ...refused("review", "no-host-paths", {
    "a gitRepo volume in YAML that is written as an anchor first": ofText(
      "x: &v {name: s, gitRepo: {repository: x}}\nkind: Pod\napiVersion: v1\nspec: {volumes: [*v]}\n",
    ),
    "a host path in a Pod of GoCD whose specification says another namespace": agentsPod({
      apiVersion: "v1",
      kind: "Thing",
      metadata: { namespace: "shop" },
      volumes: [DIRECTORY],
    }),
    "a host path in a HelmRelease for GoCD's namespace": custom("helm.toolkit.fluxcd.io/v2", "HelmRelease", {
      targetNamespace: INSTALLATION.agentsNamespace,
      values: { extraVolumes: [DIRECTORY] },
    }),
    "a host path in an Application for GoCD's namespace": custom("argoproj.io/v1alpha1", "Application", {
      destination: { namespace: INSTALLATION.serverNamespace },
      source: { helm: { valuesObject: { extraVolumes: [DIRECTORY] } } },
    }),
  }),
  review(
    "kubernetes:helm.sh/v3:Release",
    "a host path in a Release for GoCD's namespace",
    { chart: "x", namespace: INSTALLATION.agentsNamespace, values: { extraVolumes: [DIRECTORY] } },
    "/srv/tools",
    "no-host-paths",
  ),
  review(
    "kubernetes:apps/v1:DeploymentList",
    "a host path of GoCD in a DeploymentList resource",
    {
      items: [
        {
          metadata: { name: "case", namespace: INSTALLATION.agentsNamespace },
          spec: { template: { spec: { containers: [container()], volumes: [DIRECTORY] } } },
        },
      ],
    },
    "Deployment gocd-dev-agents/case",
    "no-host-paths",
  ),
];
