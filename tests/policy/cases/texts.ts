import { gzipSync } from "node:zlib";
import { allowed, type Case, image, type Manifest, named, refused } from "./case";

export const SOCKETS = "no-runtime-sockets";
export const METADATA = { name: "case", namespace: "shop" };
export const SOCKET = "/var/run/docker.sock";
export const base64 = (text: string | Buffer) => Buffer.from(text).toString("base64");
export const configMap = (text: string, key = "text"): Manifest => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: METADATA,
  data: { [key]: text },
});
export const custom = (apiVersion: string, kind: string, spec: Manifest): Manifest => ({
  apiVersion,
  kind,
  metadata: METADATA,
  spec,
});
export const typed = (
  expect: Case["expect"],
  rule: string,
  cases: Readonly<Record<string, readonly [type: string, object: Manifest]>>,
): readonly Case[] =>
  Object.entries(cases).map(([name, [type, object]]) => ({
    name,
    object,
    type,
    tags: "review",
    expect,
    ...(expect === "refused" && { rule }),
  }));

export const pod = (path: string) => `apiVersion: v1
kind: Pod
metadata: {name: hidden}
spec:
  containers: [{name: main, image: "${image}"}]
  volumes: [{name: sock, hostPath: {path: ${path}}}]
`;
const RUN = `docker run -d -v ${SOCKET}:${SOCKET} traefik:v3`;
export const command = (create: string): readonly [string, Manifest] => ["command:local:Command", { create }];
const jenkinsfile = (volume: string) =>
  `podTemplate(label: 'x', containers: [containerTemplate(name: 'docker', image: '${image}')],\n  volumes: [${volume}]) { node('x') { sh 'docker ps' } }\n`;
const nomad = (config: string): readonly [string, Manifest] => [
  "nomad:index/job:Job",
  {
    jobspec: `job "x" {\n  group "g" {\n    task "t" {\n      driver = "docker"\n      config {\n${config}\n      }\n    }\n  }\n}\n`,
  },
];

/** Texts that only a part of can be read. */
const BROKEN: readonly Case[] = [
  ...refused(
    "review",
    SOCKETS,
    named("the socket in a text", {
      "before a document that is broken": configMap(`${pod(SOCKET)}---\na: [unclosed\n`),
      "after a document that is broken": configMap(`a: [unclosed\n---\n${pod(SOCKET)}`),
      "in a part of a document before its fault": configMap(`${pod(SOCKET)}  x: [unclosed\n`),
      "of JSON objects one after the other": configMap(
        `{"a": 1}\n{"kind": "Pod", "spec": {"volumes": [{"hostPath": {"path": "/run"}}]}}\n`,
      ),
      "with holes of a shell": configMap(pod(SOCKET).replace(`"${image}"`, "${IMAGE}")),
      "with lines of Jinja": configMap(pod(SOCKET).replace("  volumes", "  {% if docker %}\n  volumes")),
      "with lines of ERB": configMap(pod(SOCKET).replace("  volumes", "  <% if docker %>\n  volumes")),
      "in a here-document of a script": configMap(`#!/bin/sh\nset -e\nkubectl apply -f - <<EOF\n${pod(SOCKET)}EOF\n`),
      "in a here-document with tabs and quotes": configMap(
        `kubectl apply -f - <<-'END'\n${pod(SOCKET).replace(/^/gm, "\t")}\tEND\n`,
      ),
      "in a here-document, by a variable": configMap(`S=/run/docker.sock\nkubectl apply -f - <<EOF\n${pod("$S")}EOF\n`),
      "as the default of a shell's hole": configMap(pod("${SOCK:-/var/run/docker.sock}")),
      "as the default of a Helm template": configMap(pod('{{ .Values.sock | default "/var/run/docker.sock" }}')),
      "as the default of a Helm template, in front": configMap(pod('{{ default "/run/docker.sock" .Values.sock }}')),
      "as the default of a Jinja template": configMap(pod("{{ sock | default('/var/run/docker.sock') }}")),
    }),
  ),
  ...typed("refused", SOCKETS, {
    "a Pod in a command's here-document": command(`cat <<EOF | kubectl apply -f -\n${pod(SOCKET)}EOF\n`),
    "a Pod's overrides in a command": command(
      `kubectl run x --image=alpine --overrides='{"spec":{"volumes":[{"hostPath":{"path":"/run"}}]}}'`,
    ),
    "a patch of several lines in a command": command(
      `kubectl patch deploy x -p '{\n"spec":{"template":{"spec":{"volumes":[{"hostPath":{"path":"/run"}}]}}}}'`,
    ),
    "a chart's value in a command": command(`helm install x y --set 'agent.volumes[0].hostPath=${SOCKET}'`),
  }),
  ...allowed("review", {
    "a text with a hole where the path is": configMap(pod("${SOCK}")),
    "a default that is no place of the node": configMap(pod('{{ .Values.dir | default "/srv/data" }}')),
    "a here-document that is no manifest": configMap(`cat <<EOF\nvolumes: ${SOCKET}\nEOF\n`, "run.sh"),
    "a script whose here-document mentions the socket": configMap(`cat <<EOF > help\nNever mount ${SOCKET}\nEOF\n`),
  }),
];

/** Formats of other tools. */
const FORMATS: readonly Case[] = [
  ...refused(
    "review",
    SOCKETS,
    named("the socket", {
      "in GitLab's config.toml, for Kubernetes": configMap(
        `[[runners]]\n  executor = "kubernetes"\n  [[runners.kubernetes.volumes.host_path]]\n    name = "s"\n    host_path = "${SOCKET}"\n`,
        "config.toml",
      ),
      "in GitLab's config.toml, for Docker": configMap(
        `concurrent = 4\n[[runners]]\n  [runners.docker]\n    volumes = ["/cache", "${SOCKET}:${SOCKET}"]\n`,
        "config.toml",
      ),
      "in a chart's config.toml with holes": custom("helm.toolkit.fluxcd.io/v2", "HelmRelease", {
        values: {
          runners: {
            config:
              '[[runners]]\n  name = "{{ .Release.Name }}"\n  [runners.docker]\n    volumes = ["/var/run/docker.sock:/s"]\n',
          },
        },
      }),
      "in a Jenkinsfile": configMap(jenkinsfile(`hostPathVolume(mountPath: '/s', hostPath: '${SOCKET}')`)),
      "in a pod's YAML in a Jenkinsfile": configMap(
        `pipeline { agent { kubernetes { yaml """\n${pod(SOCKET)}""" } } }\n`,
      ),
      "in the arguments of a Jenkinsfile's agent": configMap(
        `pipeline {\n  agent { docker { image 'x'\n args '-v ${SOCKET}:/s' } }\n  options { volumes = 1 }\n}\n`,
      ),
      "in a file of Drone": configMap(
        `kind: pipeline\ntype: kubernetes\nvolumes:\n- name: s\n  host:\n    path: ${SOCKET}\n`,
        ".drone.yml",
      ),
      "in a Compose file": configMap(`services:\n  web:\n    volumes:\n    - ${SOCKET}:${SOCKET}:ro\n`, "compose.yaml"),
      "in CEL of a MutatingAdmissionPolicy": custom("admissionregistration.k8s.io/v1beta1", "MutatingAdmissionPolicy", {
        mutations: [
          {
            applyConfiguration: {
              expression: `Object{spec: Object.spec{volumes: [Object.spec.volumes{name: "s", hostPath: Object.spec.volumes.hostPath{path: "${SOCKET}"}}]}}`,
            },
          },
        ],
      }),
    }),
  ),
  ...refused("review", "no-privileged-containers", {
    "a privileged container in a Jenkinsfile": configMap(
      "podTemplate(containers: [containerTemplate(name: 'd', image: 'docker:dind', privileged: true)]) { node('x') {} }\n",
    ),
    "privileged runners in GitLab's config.toml": configMap("[[runners]]\n[runners.kubernetes]\nprivileged = true\n"),
    "a capability in a Compose file": configMap("services:\n  web:\n    cap_add: [SYS_ADMIN]\n"),
  }),
  ...refused("review", "no-host-namespaces", {
    "the host's processes in a Compose file": configMap("services:\n  web:\n    pid: host\n"),
    "the host's network in a Compose file": configMap("services:\n  web:\n    network_mode: host\n"),
  }),
  ...typed("refused", SOCKETS, {
    "the socket in a job of Nomad": nomad(`volumes = ["${SOCKET}:${SOCKET}"]`),
    "the socket in a mount of a job of Nomad": nomad(
      `mount {\n type = "bind"\n source = "/var/run"\n target = "/x"\n}`,
    ),
    "a Podman container's volume in a unit": [
      "gcp:compute/instance:Instance",
      {
        metadata: {
          "user-data": `#cloud-config\nwrite_files:\n- content: |\n    [Container]\n    Volume=/run/podman/podman.sock:/s\n`,
        },
      },
    ],
  }),
  ...typed("refused", "no-privileged-containers", { "a privileged job of Nomad": nomad("privileged = true") }),
  ...typed("allowed", "", {
    "a job of Nomad with volumes of its own": nomad('volumes = ["local/etc:/etc/app"]\n privileged = false'),
  }),
  ...allowed("review", {
    "a Jenkinsfile with a volume of its own": configMap(jenkinsfile("emptyDirVolume(mountPath: '/var/run')")),
    "a config.toml with volumes of its own": configMap('[[runners]]\n[runners.docker]\nvolumes = ["/cache"]\n'),
    "a config.toml that names the socket of its own daemon": configMap(
      `[providers.docker]\n  endpoint = "unix://${SOCKET}"\n`,
      "traefik.toml",
    ),
    "a Compose file with volumes of its own": configMap("services:\n  web:\n    volumes: [data:/data]\n    pid: '1'\n"),
  }),
];

const UNITS = `#cloud-config\nwrite_files:\n- path: /etc/systemd/system/a.service\n  content: |\n    [Service]\n    ExecStart=/usr/bin/${RUN}\nruncmd:\n- systemctl start a\n`;
const CLOUD_INIT = `#cloud-config\nruncmd:\n- ${RUN}\n`;
const SCRIPT = `#!/bin/bash\n${RUN}\n`;

/** Scripts that run on a machine, and scripts of which nobody knows where they run. */
const MACHINES: readonly Case[] = [
  ...typed("refused", SOCKETS, {
    "a start script of a GCE instance": ["gcp:compute/instance:Instance", { metadataStartupScript: SCRIPT }],
    "a start script among a GCE instance's metadata": [
      "gcp:compute/instance:Instance",
      { metadata: { "startup-script": SCRIPT } },
    ],
    "a unit in cloud-init": ["gcp:compute/instance:Instance", { metadata: { "user-data": UNITS } }],
    "a launch template's user data": ["aws:ec2/launchTemplate:LaunchTemplate", { userData: base64(SCRIPT) }],
    "an instance's user data": ["aws:ec2/instance:Instance", { userData: SCRIPT }],
    "a compressed user data": ["aws:ec2/instance:Instance", { userDataBase64: base64(gzipSync(CLOUD_INIT)) }],
    "a virtual machine's custom data": [
      "azure-native:compute:VirtualMachine",
      { osProfile: { customData: base64(CLOUD_INIT) } },
    ],
    "a part of cloud-init": [
      "cloudinit:index/config:Config",
      { parts: [{ contentType: "text/x-shellscript", content: SCRIPT }] },
    ],
    "a document of SSM": [
      "aws:ssm/document:Document",
      { content: JSON.stringify({ mainSteps: [{ action: "aws:runShellScript", inputs: { runCommand: [RUN] } }] }) },
    ],
    "a command of cloud-init in a list of words": [
      "hcloud:index/server:Server",
      { userData: `#cloud-config\nruncmd:\n- [docker, run, -v, "${SOCKET}:/s", x]\n` },
    ],
    "a server's user data in PowerShell": [
      "aws:ec2/instance:Instance",
      {
        userData:
          "<powershell>\ndocker run -v \\\\.\\pipe\\docker_engine:\\\\.\\pipe\\docker_engine x\n</powershell>\n",
      },
    ],
    "commands of a node of Cluster API": [
      "kubernetes:bootstrap.cluster.x-k8s.io/v1beta1:KubeadmConfigTemplate",
      custom("bootstrap.cluster.x-k8s.io/v1beta1", "KubeadmConfigTemplate", {
        template: { spec: { preKubeadmCommands: [RUN] } },
      }),
    ],
    "user data of a node that Karpenter makes": [
      "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass",
      custom("karpenter.k8s.aws/v1", "EC2NodeClass", { userData: SCRIPT }),
    ],
  }),
  ...allowed("review", {
    "a script in a ConfigMap with the socket": configMap(SCRIPT, "run.sh"),
    "arguments of a pod that run a container of its own daemon": {
      apiVersion: "v1",
      kind: "Pod",
      metadata: METADATA,
      spec: { containers: [{ name: "main", image: `x@sha256:${"a".repeat(64)}`, command: ["sh", "-c", RUN] }] },
    },
  }),
  ...typed("allowed", "", {
    "a start script with a volume of its own": [
      "gcp:compute/instance:Instance",
      { metadataStartupScript: "#!/bin/sh\ndocker run -v /srv:/data x\n" },
    ],
    "a start script with a comment about the socket": [
      "gcp:compute/instance:Instance",
      { metadataStartupScript: `#!/bin/sh\n# ${RUN}\necho "${RUN.slice(0, 10)}"\n` },
    ],
    "a repository's file that mentions a command": [
      "github:index/repositoryFile:RepositoryFile",
      { content: `# Run it\n\n    ${RUN}\n` },
    ],
    "user data that is no text": ["aws:ec2/instance:Instance", { userData: base64(Buffer.from([0, 1, 2, 255, 254])) }],
  }),
];

/** Catalogue of texts: what holds a manifest, a definition or a command in another form. */
export const TEXT_CASES: readonly Case[] = [...BROKEN, ...FORMATS, ...MACHINES];
