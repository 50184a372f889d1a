import {
  type Case,
  container,
  image,
  inEveryKind,
  installation,
  type Manifest,
  named,
  otherPod,
  refused,
} from "./case";

const rule = "no-runtime-sockets";
const spec = (path: string): Manifest => ({
  containers: [container()],
  volumes: [{ name: "sock", hostPath: { path } }],
});
const template = { metadata: { labels: { app: "case" } }, spec: spec("/var/run/docker.sock") };
const metadata = { name: "case", namespace: "shop" };

const custom = (apiVersion: string, kind: string, body: Manifest): Manifest => ({
  apiVersion,
  kind,
  metadata,
  spec: body,
});
const old = (apiVersion: string, kind: string): Manifest => ({ apiVersion, kind, metadata, spec: { template } });
const review = (type: string, name: string, object: Manifest, says?: string): Case => ({
  name,
  object,
  type,
  tags: "review",
  expect: "refused",
  rule,
  ...(says !== undefined && { says }),
});

const manifest = JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "hidden" }, spec: spec("/run") });
const yaml = `apiVersion: v1
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
const socketVolume = { name: "sock", hostPath: { path: "/var/run/docker.sock" } };

/** Catalogue E to G: every list of containers, every kind, every carrier. */
export const kindCases: readonly Case[] = [
  ...refused("review", rule, named("the socket in a", inEveryKind(spec("/var/run/docker.sock"), "shop"))),
  ...refused(
    "both",
    "no-host-paths",
    named("a host path in GoCD's namespace, in a", inEveryKind(spec("/var/log"), installation.serverNamespace)),
  ),
  ...refused("review", rule, {
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
      metadata,
      revision: 1,
      data: { spec: { template } },
    },
    "the socket in an Argo Workflow": custom("argoproj.io/v1alpha1", "Workflow", {
      volumes: [socketVolume],
      templates: [{ container: container() }],
    }),
    "the socket in an Argo Rollout": custom("argoproj.io/v1alpha1", "Rollout", { template }),
    "the socket in a Tekton TaskRun": custom("tekton.dev/v1", "TaskRun", { podTemplate: { volumes: [socketVolume] } }),
    "the socket in an AutoscalingRunnerSet": custom("actions.github.com/v1alpha1", "AutoscalingRunnerSet", {
      template,
    }),
    "the socket in a Knative Service": custom("serving.knative.dev/v1", "Service", { template }),
    "the socket in a Sandbox": custom("agents.x-k8s.io/v1alpha1", "Sandbox", { podTemplate: template }),
    "the socket that a Kyverno policy adds": custom("kyverno.io/v1", "ClusterPolicy", {
      rules: [{ name: "add", mutate: { patchStrategicMerge: { spec: { volumes: [socketVolume] } } } }],
    }),
    "the socket in a JSON patch": custom("policy.example/v1", "Mutation", {
      patches: [{ op: "add", path: "/spec/volumes/-", value: socketVolume }],
    }),
    "the socket in the chart values of a HelmRelease": custom("helm.toolkit.fluxcd.io/v2", "HelmRelease", {
      values: { extraVolumes: [socketVolume] },
    }),
    "the socket in the chart values of an Argo CD Application": custom("argoproj.io/v1alpha1", "Application", {
      source: { helm: { values: "extraVolumes:\n  - name: sock\n    hostPath:\n      path: /var/run/docker.sock\n" } },
    }),
    "a Pod as JSON in a ConfigMap": { apiVersion: "v1", kind: "ConfigMap", metadata, data: { "pod.json": manifest } },
    "a DaemonSet as YAML in a ConfigMap": { apiVersion: "v1", kind: "ConfigMap", metadata, data: { "all.yaml": yaml } },
    "a Pod in a Secret's stringData": { apiVersion: "v1", kind: "Secret", metadata, stringData: { pod: manifest } },
    "a Pod in a Secret's data": {
      apiVersion: "v1",
      kind: "Secret",
      metadata,
      data: { pod: Buffer.from(yaml).toString("base64") },
    },
    "a ConfigMap with a Pod in a ConfigMap": {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata,
      data: { outer: JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", data: { inner: manifest } }) },
    },
    "an ephemeral container's volume": otherPod({
      volumes: [socketVolume],
      ephemeralContainers: [container({ name: "debug", volumeMounts: [{ name: "sock", mountPath: "/s" }] })],
    }),
    "an init container's volume": otherPod({
      volumes: [socketVolume],
      initContainers: [
        container({ name: "init", restartPolicy: "Always", volumeMounts: [{ name: "sock", mountPath: "/s" }] }),
      ],
    }),
  }),
  review("kubernetes:apps/v1:StatefulSetPatch", "the socket in a StatefulSetPatch", {
    spec: { template: { spec: { volumes: [socketVolume] } } },
  }),
  review("kubernetes:apps/v1:DeploymentPatch", "the socket in a DeploymentPatch", { metadata, spec: { template } }),
  review("kubernetes:apps/v1:DeploymentList", "the socket in a DeploymentList resource", {
    items: [{ metadata, spec: { template } }],
  }),
  review("kubernetes:core/v1:PodTemplatePatch", "the socket in a PodTemplatePatch", { template }),
  review("kubernetes:core/v1:PersistentVolumePatch", "the socket in a PersistentVolumePatch", {
    spec: { local: { path: "/run" } },
  }),
  review("kubernetes:argoproj.io/v1alpha1:WorkflowPatch", "the socket in a CustomResourcePatch", {
    spec: { volumes: [socketVolume] },
  }),
  review("kubernetes:yaml/v2:ConfigGroup", "the socket in a ConfigGroup's YAML", { yaml }),
  review("kubernetes:yaml/v2:ConfigGroup", "the socket in a ConfigGroup's objects", { objs: [otherPod(spec("/run"))] }),
  review("kubernetes:helm.sh/v3:Release", "the socket in a Release's extra volumes", {
    chart: "x",
    values: { agent: { extraVolumes: [socketVolume] } },
  }),
  review("kubernetes:helm.sh/v3:Release", "the socket as a plain value of a Release", {
    chart: "x",
    values: { docker: { socket: "/var/run/docker.sock" } },
  }),
  review("kubernetes:helm.sh/v3:Release", "the socket as an address in a Release", {
    chart: "x",
    values: { runtime: "unix:///run/containerd/containerd.sock" },
  }),
  review("kubernetes:helm.sh/v3:Release", "a hostPath that is a text in a Release", {
    chart: "x",
    values: { persistence: { hostPath: "/var/run" } },
  }),
  review("kubernetes:helm.sh/v4:Chart", "the socket in the values of a Chart", {
    chart: "x",
    values: { volumes: [socketVolume] },
  }),
  review("kubernetes:kustomize/v2:Directory", "the socket in a patch given as text", {
    patches: ["spec:\n  volumes:\n  - hostPath:\n      path: /run/docker.sock\n"],
  }),
  review(
    "docker:index/container:Container",
    "the socket in a docker.Container's volumes",
    {
      image,
      name: "c",
      volumes: [{ hostPath: "/var/run/docker.sock", containerPath: "/var/run/docker.sock" }],
    },
    "/var/run/docker.sock",
  ),
  review("docker:index/container:Container", "the socket in a docker.Container's mounts", {
    image,
    mounts: [{ type: "bind", source: "/run", target: "/x" }],
  }),
  review("docker:index/container:Container", "the pipe in a docker.Container's mounts", {
    image,
    mounts: [{ type: "bind", source: "//./pipe/docker_engine", target: "x" }],
  }),
  review("docker:index/container:Container", "a disk of the node in a docker.Container", {
    image,
    devices: [{ hostPath: "/dev/sda" }],
  }),
  review("docker:index/service:Service", "the socket in a docker.Service", {
    taskSpec: { containerSpec: { image, mounts: [{ type: "bind", source: "/var/run/docker.sock", target: "/x" }] } },
  }),
  review("docker:index/volume:Volume", "the socket as a bound docker.Volume", {
    driverOpts: { type: "none", o: "bind", device: "/var/run" },
  }),
  review("docker-build:index:Thing", "the socket in a list of binds", {
    binds: ["/var/run/docker.sock:/var/run/docker.sock:ro"],
  }),
  review("command:local:Command", "the socket in a local command's -v", {
    create: "docker run -v /var/run/docker.sock:/var/run/docker.sock x",
  }),
  review("command:remote:Command", "the socket in a remote command's --mount", {
    create: "docker run --mount type=bind,source=/run,target=/x y",
  }),
  review("command:local:Command", "the socket in a local command's --volume=", {
    update: "docker run --volume='/run/docker.sock:/s' x",
  }),
  review("pulumi-nodejs:dynamic:Resource", "the socket in a dynamic resource", { pod: { spec: spec("/var/run") } }),
  review("aws:ecs/taskDefinition:TaskDefinition", "the socket in an ECS task", {
    volumes: [{ name: "sock", hostPath: "/var/run/docker.sock" }],
  }),
  review(
    "kubernetes:core/v1:Pod",
    "the socket in a Pod without apiVersion and kind",
    { metadata, spec: spec("/run/docker.sock") },
    "Pod shop/case",
  ),
  review("kubernetes:core/v1:ConfigMap", "a Pod that calls itself a ConfigMap", otherPod(spec("/run/docker.sock"))),
  review("kubernetes:apps/v1:Deployment", "the socket in a list of lists", {
    spec: { template: { spec: { volumes: [[[socketVolume]]] } } },
  }),
];
