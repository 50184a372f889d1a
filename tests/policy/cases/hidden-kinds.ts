import { type Case, image, otherPod } from "./case";
import { spec, template, METADATA, review, manifest, YAML, base64, SOCKET_VOLUME } from "./kinds";

/** Manifests inside of other objects, and in text. */
export const HIDDEN_KIND_CASES: readonly Case[] = [
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
