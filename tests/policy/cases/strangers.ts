import { allowed, type Case, type Manifest, otherPod, refused, spelled, withHostPath } from "./case";
import { command, SOCKET, SOCKETS, typed } from "./texts";

const METADATA = { name: "case", namespace: "shop" };
const PRIVILEGED = "no-privileged-containers";
const configMap = (text: string): Manifest => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: METADATA,
  data: { text },
});
const custom = (apiVersion: string, kind: string, spec: Manifest): Manifest => ({
  apiVersion,
  kind,
  metadata: METADATA,
  spec,
});
const annotated = (annotation: string, value: string): Manifest => {
  const pod = otherPod({});
  return { ...pod, metadata: { ...(pod["metadata"] as Manifest), annotations: { [annotation]: value } } };
};
const base64 = (text: string) => Buffer.from(text).toString("base64");
const pod = JSON.stringify(withHostPath(SOCKET));
const ownPod = JSON.stringify(withHostPath("/srv/data"));
const pretty = (...pods: readonly string[]) => pods.map((each) => JSON.stringify(JSON.parse(each), null, 2)).join("\n");
const kubeVirt = (path: string) =>
  custom("kubevirt.io/v1", "VirtualMachine", {
    template: { spec: { volumes: [{ name: "disk", hostDisk: { path, type: "DiskOrCreate" } }] } },
  });
const ceph = (dataDirHostPath: string) =>
  custom("ceph.rook.io/v1", "CephCluster", { dataDirHostPath, mon: { count: 3 } });
const keda = (spec: Manifest) => custom("keda.sh/v1alpha1", "ScaledJob", { jobTargetRef: { template: { spec } } });
const flux = (path: string, value: unknown) =>
  custom("helm.toolkit.fluxcd.io/v2", "HelmRelease", {
    postRenderers: [{ kustomize: { patches: [{ patch: JSON.stringify([{ op: "add", path, value }]) }] } }],
  });
const release = (values: Manifest) => ["kubernetes:helm.sh/v3:Release", { chart: "x", values }] as const;
const association = (commands: string) => ["aws:ssm/association:Association", { parameters: { commands } }] as const;
const service = (capAdds: readonly string[]) =>
  ["docker:index/service:Service", { taskSpec: { containerSpec: { capAdds } } }] as const;

/** What strangers' programs hold, in the forms that public projects give it. */
export const STRANGER_CASES: readonly Case[] = [
  ...refused("review", SOCKETS, {
    ...spelled(
      "a device by today's annotation of NRI",
      ["devices.noderesource.dev/pod", "devices.noderesource.dev/container.c", "devices.gke.io/container.c"],
      (name) => annotated(name, "- path: /dev/sda\n  type: b\n"),
    ),
    "a mount by today's annotation of NRI": annotated("mounts.noderesource.dev", "- source: /run\n  destination: /x\n"),
    "objects of JSON over several lines each": configMap(pretty(ownPod, pod)),
    "objects of JSON beside each other in one line": configMap(ownPod + pod),
    "a disk of a virtual machine that is one of the node": kubeVirt("/dev/sda"),
    "a folder of Rook's on the nodes": ceph("/var/run"),
    "a job that KEDA starts": keda({ containers: [], volumes: [{ name: "s", hostPath: { path: SOCKET } }] }),
    "a volume that Flux adds to what a chart renders": flux("/spec/template/spec/volumes/-", {
      name: "s",
      hostPath: { path: SOCKET },
    }),
    ...spelled("rules of the node's udev in", ["/run/udev", "/var/run/udev/rules.d"], withHostPath),
    "the links to the node's programs": withHostPath("/etc/alternatives"),
  }),
  ...refused("review", PRIVILEGED, {
    "options of a Jenkinsfile's image": configMap("node { docker.image('x').inside('--privileged') { sh 'make' } }"),
    "options of a container beside a Jenkinsfile's steps": configMap(
      "node { docker.image('x').withRun('--privileged -p 80:80') { c -> sh 'make' } }",
    ),
  }),
  ...typed("refused", SOCKETS, {
    "a manifest in base64 that a command decodes": command(`echo ${base64(pod)} | base64 -d | kubectl apply -f -`),
  }),
  ...typed("refused", PRIVILEGED, {
    "commands that Systems Manager runs on machines": association("docker run --privileged x"),
    "a capability of a service of Swarm": service(["CAP_SYS_ADMIN"]),
    "a chart's part that is created": release({ psp: { create: true, privileged: true } }),
  }),
  ...typed("refused", "no-host-namespaces", {
    "Jenkins' agents in the network of their nodes": release({ agent: { hostNetworking: true } }),
  }),
  ...allowed("review", {
    "a list of resources by an annotation of NRI": annotated(
      "ulimits.noderesource.dev/pod",
      "- type: NOFILE\n  hard: 1\n",
    ),
    "a harmless device by today's annotation of NRI": annotated("devices.noderesource.dev/pod", "- path: /dev/fuse\n"),
    "devices of a vendor by today's annotation of NRI": annotated("cdi-devices.noderesource.dev/pod", "- a.com/b=c\n"),
    "objects of JSON over several lines each, without a socket": configMap(pretty(ownPod, ownPod)),
    "a disk of a virtual machine in a folder of its own": kubeVirt("/srv/disks/a.img"),
    "Rook's own folder on the nodes": ceph("/var/lib/rook"),
    "a job that KEDA starts with a volume of its own": keda({ containers: [], volumes: [{ name: "s", emptyDir: {} }] }),
    "a label that Flux adds to what a chart renders": flux("/metadata/labels/a", "b"),
    "options of a Jenkinsfile's image for a folder of its own": configMap(
      "node { docker.image('x').inside('-v /srv/m2:/cache') { sh 'make' } }",
    ),
    "a schema of Crossplane with a default": {
      apiVersion: "apiextensions.crossplane.io/v1",
      kind: "CompositeResourceDefinition",
      metadata: { name: "things.example.com" },
      spec: { versions: [{ schema: { properties: { volumes: { default: [{ hostPath: { path: SOCKET } }] } } } }] },
    },
  }),
  ...typed("allowed", "", {
    "a manifest in base64 without a socket that a command decodes": command(
      `echo ${base64(ownPod)} | base64 -d | kubectl apply -f -`,
    ),
    "commands without containers that Systems Manager runs on machines": association("yum update -y"),
    "Jenkins' agents in a network of their own": release({ agent: { hostNetworking: false } }),
    "a capability that a service of Swarm may have": service(["CAP_NET_BIND_SERVICE"]),
    ...Object.fromEntries(
      ["create", "install", "deploy"].map((name) => [
        `a chart's part that is switched off by ${name}`,
        release({ psp: { [name]: false, privileged: true } }),
      ]),
    ),
    "whatever a Docker plug-in asks for, which is noted": ["docker:index/plugin:Plugin", { grantAllPermissions: true }],
  }),
];
