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
const spec = (path: string): Manifest => ({
  containers: [container()],
  volumes: [{ name: "sock", hostPath: { path } }],
});
const template = { metadata: { labels: { app: "case" } }, spec: spec("/var/run/docker.sock") };
const METADATA = { name: "case", namespace: "shop" };

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
const review = (type: string, name: string, object: Manifest, says?: string, by = RULE): Case => ({
  name,
  object,
  type,
  tags: "review",
  expect: "refused",
  rule: by,
  ...(says !== undefined && { says }),
});

const manifest = JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "hidden" }, spec: spec("/run") });
const YAML = `apiVersion: v1
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
const base64 = (text: string) => Buffer.from(text).toString("base64");
const ofText = (text: string): Manifest => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: METADATA,
  data: { text },
});
const DIRECTORY = { name: "tools", hostPath: { path: "/srv/tools" } };
const SOCKET_VOLUME = { name: "sock", hostPath: { path: "/var/run/docker.sock" } };

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
  review(
    "docker:index/container:Container",
    "the host's network by another property of a docker.Container",
    { image, networksAdvanced: [{ name: "host" }] },
    "networksAdvanced",
    "no-host-namespaces",
  ),
  ...["networkMode", "pidMode", "ipcMode", "usernsMode", "cgroupnsMode"].map((mode) =>
    review(
      "docker:index/container:Container",
      `the host's namespace by ${mode} of a docker.Container`,
      { image, [mode]: "host" },
      mode,
      "no-host-namespaces",
    ),
  ),
  review(
    "docker:index/service:Service",
    "the host's network of a docker.Service",
    { taskSpec: { networksAdvanceds: [{ name: "inside" }, { name: "host" }] } },
    "networksAdvanceds",
    "no-host-namespaces",
  ),
  review(
    "docker:index/container:Container",
    "a privileged docker.Container",
    { image, privileged: true },
    "privileged",
    "no-privileged-containers",
  ),
  ...["adds", "add"].map((key) =>
    review(
      "docker:index/container:Container",
      `a capability in ${key} of a docker.Container`,
      { image, capabilities: { [key]: ["CAP_SYS_ADMIN", "NET_ADMIN", "SYS_PTRACE"] } },
      "capabilities CAP_SYS_ADMIN, SYS_PTRACE let",
      "no-privileged-containers",
    ),
  ),
  review(
    "docker:index/container:Container",
    "a capability in capAdd of a docker.Container",
    { image, capAdd: ["SYS_ADMIN"] },
    "capAdd",
    "no-privileged-containers",
  ),
  review(
    "aws:ecs/taskDefinition:TaskDefinition",
    "a privileged container of an ECS task that is called dind",
    { containerDefinitions: [{ name: "dind", image, privileged: true }] },
    "and the container is not the daemon that may be",
    "no-privileged-containers",
  ),
  ...["capAdd", "capabilityAdds"].map((key) =>
    review(
      "docker:index/service:Service",
      `a capability in ${key} of a docker.Service`,
      { taskSpec: { containerSpec: { image, [key]: [" sys_module "] } } },
      key,
      "no-privileged-containers",
    ),
  ),
  review(
    "docker:index/container:Container",
    "DOCKER_HOST in a docker.Container's list of variables",
    { image, envs: ["LANG=C", "DOCKER_HOST=tcp://10.0.0.1:2375"] },
    "DOCKER_HOST",
    "no-node-daemons",
  ),
  review(
    "docker:index/container:Container",
    "an unmasked /proc of a docker.Container",
    { image, securityOpts: ["systempaths=unconfined"] },
    "systempaths",
    "no-privileged-containers",
  ),
  review(
    "docker:index/container:Container",
    "the node's daemon in a docker.Container's entry point",
    { image, entrypoints: ["docker", "-H", "tcp://10.0.0.1:2375"] },
    "daemon",
    "no-node-daemons",
  ),
  review("docker:index/container:Container", "the socket as a volume that a docker.Container's mount makes", {
    image,
    mounts: [
      {
        type: "volume",
        target: "/x",
        volumeOptions: { driverName: "local", driverOptions: { type: "none", o: "bind", device: "/var/run" } },
      },
    ],
  }),
  review("docker:index/container:Container", "the pipe in a docker.Container's mounts of type npipe", {
    image,
    mounts: [{ type: "npipe", source: "\\\\.\\pipe\\docker_engine", target: "x" }],
  }),
  review("kubernetes:core/v1:SecretPatch", "a Pod in a SecretPatch's data", { data: { pod: base64(manifest) } }),
  review("kubernetes:core/v1:SecretList", "a Pod in a SecretList's data", {
    items: [{ metadata: METADATA, data: { pod: base64(manifest) } }],
  }),
  review("kubernetes:core/v1:PersistentVolumeList", "the socket in a PersistentVolumeList", {
    items: [{ metadata: METADATA, spec: { local: { path: "/run" } } }],
  }),
  review("kubernetes:helm.sh/v3:Release", "the socket in a list of a Release's values", {
    chart: "x",
    values: { sockets: ["/var/run/docker.sock"] },
  }),
  review("kubernetes:helm.sh/v3:Release", "the pipe as a plain value of a Release", {
    chart: "x",
    values: { docker: { endpoint: "npipe:////./pipe/docker_engine" } },
  }),
  review("kubernetes:helm.sh/v3:Release", "the socket as a plain value that steps back", {
    chart: "x",
    values: { docker: { socket: "/var/run/../run/docker.sock" } },
  }),
  review("kubernetes:helm.sh/v3:Release", "the socket as a plain value with an end like a directory's", {
    chart: "x",
    values: { docker: { socket: "/var/run/docker.sock/ " } },
  }),
  review("kubernetes:helm.sh/v3:Release", "the socket as a bind in a Release's values", {
    chart: "x",
    values: { mount: "/var/run/docker.sock:/var/run/docker.sock:ro" },
  }),
  review("kubernetes:helm.sh/v3:Release", "a path whose type is hostPath in a Release's values", {
    chart: "x",
    values: { persistence: { type: "hostPath", path: "/var/run" } },
  }),
  review("kubernetes:helm.sh/v3:Release", "a short text in a Release's values", {
    chart: "x",
    values: { volume: "hostPath: /run" },
  }),
  review("kubernetes:helm.sh/v3:Release", "a volume as a templated text in a Release's values", {
    chart: "x",
    values: { extraVolumes: "- name: {{ .Release.Name }}\n  hostPath:\n    path: /run\n" },
  }),
  review("aws:batch/jobDefinition:JobDefinition", "the socket in a Batch job's JSON", {
    containerProperties: JSON.stringify({ image, volumes: [{ host: { sourcePath: "/var/run/docker.sock" } }] }),
  }),
  review("command:local:Command", "the socket in a local command's -itv", {
    create: "docker run -itv /var/run/docker.sock:/s x",
  }),
  review("command:local:Command", "the socket in a local command's interpreter", {
    interpreter: ["docker", "run", "-v", "/var/run/docker.sock:/s", "x", "sh", "-c"],
  }),
  review("command:local:Command", "a disk in a local command's --device", { create: "docker run --device /dev/sda x" }),
  review("kubernetes:apps/v1:StatefulSetPatch", "the socket in a StatefulSetPatch", {
    spec: { template: { spec: { volumes: [SOCKET_VOLUME] } } },
  }),
  review("kubernetes:apps/v1:DeploymentPatch", "the socket in a DeploymentPatch", {
    metadata: METADATA,
    spec: { template },
  }),
  review("kubernetes:apps/v1:DeploymentList", "the socket in a DeploymentList resource", {
    items: [{ metadata: METADATA, spec: { template } }],
  }),
  review("kubernetes:core/v1:PodTemplatePatch", "the socket in a PodTemplatePatch", { template }),
  review("kubernetes:core/v1:PersistentVolumePatch", "the socket in a PersistentVolumePatch", {
    spec: { local: { path: "/run" } },
  }),
  review("kubernetes:argoproj.io/v1alpha1:WorkflowPatch", "the socket in a CustomResourcePatch", {
    spec: { volumes: [SOCKET_VOLUME] },
  }),
  review("kubernetes:yaml/v2:ConfigGroup", "the socket in a ConfigGroup's YAML", { yaml: YAML }),
  review("kubernetes:yaml/v2:ConfigGroup", "the socket in a ConfigGroup's objects", { objs: [otherPod(spec("/run"))] }),
  review("kubernetes:helm.sh/v3:Release", "the socket in a Release's extra volumes", {
    chart: "x",
    values: { agent: { extraVolumes: [SOCKET_VOLUME] } },
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
    values: { volumes: [SOCKET_VOLUME] },
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
    { metadata: METADATA, spec: spec("/run/docker.sock") },
    "Pod shop/case",
  ),
  review("kubernetes:core/v1:ConfigMap", "a Pod that calls itself a ConfigMap", otherPod(spec("/run/docker.sock"))),
  review("kubernetes:apps/v1:Deployment", "the socket in a list of lists", {
    spec: { template: { spec: { volumes: [[[SOCKET_VOLUME]]] } } },
  }),
];
