import { agentsPod, type Case, container, image, INSTALLATION, type Manifest } from "./case";

const RULE = "no-privileged-containers";
const PROBE = { exec: { command: ["docker", "info"] }, periodSeconds: 2, failureThreshold: 60 };
const MOUNTS: readonly Manifest[] = [
  { name: "cache", mountPath: "/var/lib/docker", subPath: "docker" },
  { name: "daemon", mountPath: "/etc/docker", readOnly: true },
  { name: "daemon-certs", mountPath: "/certs/server" },
  { name: "workspace", mountPath: "/godata/pipelines", subPath: "pipelines" },
  { name: "workspace", mountPath: "/go-working-dir/pipelines", subPath: "pipelines" },
];

/** The sidecar as this program writes it. */
const sidecar: Manifest = {
  name: "dind",
  image: `${INSTALLATION.dindRepository}@sha256:${"d".repeat(64)}`,
  args: ["dockerd"],
  restartPolicy: "Always",
  securityContext: { privileged: true, runAsUser: 0 },
  startupProbe: PROBE,
  volumeMounts: MOUNTS,
};

/** An agent's pod with a sidecar that differs from this program's in what is given. */
export function agentWith(changes: Manifest, pod: Manifest = {}, metadata: Manifest = {}): Manifest {
  return agentsPod(
    {
      automountServiceAccountToken: false,
      initContainers: [{ ...sidecar, ...changes }],
      containers: [container({ name: "agent" })],
      volumes: [
        { name: "cache", emptyDir: {} },
        { name: "workspace", emptyDir: {} },
        { name: "daemon", configMap: { name: "docker-daemon" } },
        { name: "daemon-certs", emptyDir: { medium: "Memory" } },
        { name: "extra", configMap: { name: "extra" } },
      ],
      ...pod,
    },
    metadata,
  );
}

/** As this program writes it where the pod has users of its own. */
const OWN_USERS: Manifest = {
  capabilities: { add: ["ALL"] },
  runAsUser: 0,
  runAsGroup: 0,
  procMount: "Unmasked",
  seccompProfile: { type: "Unconfined" },
  appArmorProfile: { type: "Unconfined" },
};

const without = (mountPath: string) => MOUNTS.filter((mount) => mount["mountPath"] !== mountPath);
const changed = (mountPath: string, changes: Manifest) =>
  MOUNTS.map((mount) => (mount["mountPath"] === mountPath ? { ...mount, ...changes } : mount));

const impostors: Readonly<Record<string, Manifest>> = {
  "dind's image with another command": agentWith({ command: ["sh", "-c", "sleep infinity"] }),
  "dind's image with a shell before dockerd": agentWith({ command: ["sh"] }),
  "dind's image with another argument": agentWith({ args: ["sh"] }),
  "dind's image with one argument more": agentWith({ args: ["dockerd", "--host=tcp://0.0.0.0:2375"] }),
  "dind's image without arguments": agentWith({ args: [] }),
  "another image under dind's name": agentWith({ image }),
  "dind's image under another name": agentWith({ name: "builder" }),
  "dind as an ordinary container": agentsPod({
    containers: [{ ...sidecar, restartPolicy: undefined }],
    volumes: agentVolumes(),
  }),
  "dind as an init container that ends": agentWith({ restartPolicy: undefined, startupProbe: undefined }),
  "dind with an environment": agentWith({ env: [{ name: "LD_PRELOAD", value: "/x.so" }] }),
  "dind with an environment from a Secret": agentWith({ envFrom: [{ secretRef: { name: "s" } }] }),
  "dind with a hook after its start": agentWith({ lifecycle: { postStart: { exec: { command: ["sh"] } } } }),
  "dind with a hook before its end": agentWith({ lifecycle: { preStop: { exec: { command: ["sh"] } } } }),
  "dind with a startup probe of its own": agentWith({ startupProbe: { exec: { command: ["sh", "-c", "x"] } } }),
  "dind with a liveness probe of its own": agentWith({ livenessProbe: { exec: { command: ["sh", "-c", "x"] } } }),
  "dind with a mount over its programs": agentWith({
    volumeMounts: [...MOUNTS, { name: "extra", mountPath: "/usr/local/bin" }],
  }),
  "dind with a mount over its programs instead of its own": agentWith({
    volumeMounts: [...without("/etc/docker"), { name: "extra", mountPath: "/usr/local/bin" }],
  }),
  "dind without its workspace": agentWith({ volumeMounts: without("/godata/pipelines") }),
  "dind without mounts": agentWith({ volumeMounts: [] }),
  "dind with the whole workspace volume": agentWith({ volumeMounts: changed("/godata/pipelines", { subPath: "" }) }),
  "dind with another volume for its configuration": agentWith({
    volumeMounts: changed("/etc/docker", { name: "extra" }),
  }),
  "dind with mounts that reach the node": agentWith({
    volumeMounts: changed("/godata/pipelines", { mountPropagation: "Bidirectional" }),
  }),
  "dind with mounts that come from the node": agentWith({
    volumeMounts: changed("/godata/pipelines", { mountPropagation: "HostToContainer" }),
  }),
  "dind with a raw disk": agentWith(
    { volumeDevices: [{ name: "raw", devicePath: "/dev/xvda" }] },
    { volumes: [...agentVolumes(), { name: "raw", persistentVolumeClaim: { claimName: "raw" } }] },
  ),
  "dind with a working directory": agentWith({ workingDir: "/godata/pipelines" }),
};

function agentVolumes(): readonly Manifest[] {
  return ["cache", "workspace", "daemon", "daemon-certs", "extra"].map((name) => ({ name, emptyDir: {} }));
}

const refusal = (tags: Case["tags"], name: string, object: Manifest): Case => ({
  name,
  object,
  tags,
  expect: "refused",
  rule: RULE,
});
const pass = (tags: Case["tags"], name: string, object: Manifest): Case => ({ name, object, tags, expect: "allowed" });

/** The one container that may be privileged, and what only looks like it. */
export const dindCases: readonly Case[] = [
  pass("both", "the agents' own dind", agentWith({})),
  pass("both", "the agents' own dind in a StatefulSet", {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "docker", namespace: INSTALLATION.agentsNamespace },
    spec: {
      serviceName: "docker",
      selector: { matchLabels: { pool: "docker" } },
      template: { metadata: { labels: { pool: "docker" } }, spec: agentWith({})["spec"] },
    },
  }),
  pass(
    "both",
    "dind with resources and a liveness probe of docker info",
    agentWith({ livenessProbe: PROBE, resources: { limits: { memory: "4Gi" } } }),
  ),
  ...Object.entries(impostors).map(([name, object]) => refusal("both", name, object)),
  pass(
    "both",
    "the agents' own dind in gVisor, not privileged and with every capability",
    agentWith({ securityContext: { capabilities: { add: ["ALL"] }, runAsUser: 0, runAsGroup: 0 } }),
  ),
  pass(
    "both",
    "the agents' own dind in a pod with users of its own, with an unmasked /proc",
    agentWith({ securityContext: OWN_USERS }, { hostUsers: false }),
  ),
  // At admission Kubernetes refuses it without any policy.
  refusal("review", "dind with an unmasked /proc among the node's users", agentWith({ securityContext: OWN_USERS })),
  refusal(
    "both",
    "dind's image with a command in a pod with users of its own",
    agentWith({ securityContext: OWN_USERS, command: ["sh"] }, { hostUsers: false }),
  ),
  refusal(
    "both",
    "another container with an unmasked /proc in a pod with users of its own",
    agentsPod({ hostUsers: false, containers: [container({ securityContext: { procMount: "Unmasked" } })] }),
  ),
  pass(
    "review",
    "the agents' own dind with a capability, which it has anyway",
    agentWith({ securityContext: { privileged: true, capabilities: { add: ["SYS_ADMIN"] } } }),
  ),
  refusal(
    "review",
    "dind's image with a command and a working directory",
    agentWith({ command: ["sh"], workingDir: "/godata/pipelines" }),
  ),
  refusal("both", "dind's image by tag", agentWith({ image: "gcr.io/my-project/gocd-dev/dind:29.7.2" })),
  pass(
    "both",
    "dind of the digest before",
    agentWith({ image: `gcr.io/my-project/gocd-dev/dind@sha256:${"e".repeat(64)}` }),
  ),
  refusal("both", "dind of half a digest", agentWith({ image: "gcr.io/my-project/gocd-dev/dind@sha256:eeee" })),
  refusal(
    "admission",
    "dind of a repository below",
    agentWith({ image: `gcr.io/my-project/gocd-dev/dind/dind@sha256:${"d".repeat(64)}` }),
  ),
  refusal("admission", "dind of another registry", agentWith({ image: `evil.example/dind@sha256:${"d".repeat(64)}` })),
  refusal(
    "admission",
    "dind in the server's namespace",
    agentWith({}, {}, { namespace: INSTALLATION.serverNamespace }),
  ),
  refusal(
    "review",
    "an image that only ends like dind's",
    agentWith({ image: `evil.example/not-dind@sha256:${"d".repeat(64)}` }),
  ),
];
