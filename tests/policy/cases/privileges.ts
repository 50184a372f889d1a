import {
  agentsPod,
  allowed,
  type Case,
  container,
  inEveryKind,
  INSTALLATION,
  type Manifest,
  named,
  refused,
  spelled,
} from "./case";

const PRIVILEGED = "no-privileged-containers";
const NAMESPACES = "no-host-namespaces";
const DAEMONS = "no-node-daemons";

const secured = (securityContext: Manifest) => agentsPod({ containers: [container({ securityContext })] });
const withEnv = (...env: Manifest[]) => agentsPod({ containers: [container({ env })] });
const withArgs = (...args: string[]) => agentsPod({ containers: [container({ args })] });
const fromNode = (name: string, fieldPath = "status.hostIP") => ({
  name,
  valueFrom: { fieldRef: { apiVersion: "v1", fieldPath } },
});
const listens = (host: string): Manifest => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "c" },
  data: { "daemon.json": JSON.stringify({ hosts: [host] }) },
});
const elsewhere = (object: Manifest): Manifest => ({ ...object, metadata: { name: "case", namespace: "shop" } });
const everyWhere = (cases: Readonly<Record<string, Manifest>>) =>
  named("elsewhere,", Object.fromEntries(Object.entries(cases).map(([name, object]) => [name, elsewhere(object)])));

const privileges = {
  "a privileged container": secured({ privileged: true }),
  "a privileged init container": agentsPod({
    initContainers: [container({ name: "init", securityContext: { privileged: true } })],
  }),
  "a privileged ephemeral container": agentsPod({
    ephemeralContainers: [container({ name: "debug", securityContext: { privileged: true } })],
  }),
  ...spelled(
    "capability",
    [
      "SYS_ADMIN",
      "SYS_MODULE",
      "SYS_PTRACE",
      "SYS_RAWIO",
      "DAC_READ_SEARCH",
      "BPF",
      "ALL",
      "CAP_SYS_ADMIN",
      "sys_admin",
    ],
    (name) => secured({ capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE", name] } }),
  ),
  "SELinux type spc_t": secured({ seLinuxOptions: { type: "spc_t" } }),
  "SELinux type spc_t of the pod": agentsPod({ securityContext: { seLinuxOptions: { type: "spc_t" } } }),
};

/** The API server itself wants `hostUsers: false` beside an unmasked /proc. */
const unmasked = agentsPod({
  hostUsers: false,
  containers: [container({ securityContext: { procMount: "Unmasked" } })],
});

const shared = {
  hostNetwork: agentsPod({ hostNetwork: true }),
  hostPID: agentsPod({ hostPID: true }),
  hostIPC: agentsPod({ hostIPC: true }),
  shareProcessNamespace: agentsPod({ shareProcessNamespace: true }),
  "a Windows hostProcess pod": agentsPod({
    hostNetwork: true,
    nodeSelector: { "kubernetes.io/os": "windows" },
    securityContext: { windowsOptions: { hostProcess: true, runAsUserName: "NT AUTHORITY\\SYSTEM" } },
  }),
  "a Windows hostProcess container": agentsPod({
    hostNetwork: true,
    containers: [
      container({ securityContext: { windowsOptions: { hostProcess: true, runAsUserName: "NT AUTHORITY\\SYSTEM" } } }),
    ],
  }),
};

const toNode = {
  ...spelled(
    "DOCKER_HOST",
    [
      "tcp://10.128.0.7:2375",
      "tcp://$(HOST_IP):2376",
      "ssh://root@10.0.0.1",
      "TCP://192.168.1.1:2375",
      "http://10.0.0.1:2375",
      "10.0.0.1:2375",
      "tcp://host.docker.internal:2375",
      "tcp://[fd00::1]:2376",
    ],
    (value) => withEnv(fromNode("HOST_IP"), { name: "DOCKER_HOST", value }),
  ),
  "CONTAINER_HOST at the node": withEnv({ name: "CONTAINER_HOST", value: "tcp://10.128.0.7:8888" }),
  "DOCKER_HOST from status.hostIP": withEnv(fromNode("DOCKER_HOST")),
  "DOCKER_HOST of an init container": agentsPod({
    initContainers: [container({ name: "init", env: [{ name: "DOCKER_HOST", value: "tcp://10.0.0.9:2375" }] })],
  }),
  "-H and the node's address in two arguments": withArgs("docker", "-H", "tcp://10.128.0.7:2375", "ps"),
  "-H and the node's address in one argument": withArgs("-H=tcp://10.128.0.7:2375", "ps"),
  "-H without a space": withArgs("docker", "-Htcp://10.128.0.7:2375", "ps"),
  "--host and a machine by SSH": withArgs("docker", "--host=ssh://core@10.0.0.1", "ps"),
  "-H in a shell's command line": agentsPod({
    containers: [container({ command: ["sh", "-c", "sleep 1; docker -H tcp://10.0.0.1:2375 run --privileged x"] })],
  }),
  "-H and the node's address without a scheme": withArgs("docker", "-H", "10.128.0.7:2375", "ps"),
  "DOCKER_HOST given by a shell": withArgs("sh", "-c", "export DOCKER_HOST=tcp://10.0.0.1:2375; docker ps"),
  "DOCKER_HOST given by a shell, in quotes": withArgs("sh", "-c", 'DOCKER_HOST="10.0.0.1:2375" docker ps'),
  "DOCKER_HOST given by env": withArgs("env", "DOCKER_HOST=ssh://root@10.0.0.1", "docker", "ps"),
  "a socket of another machine by SSH": withArgs("podman", "--url", "ssh://root@10.0.0.1/run/podman/podman.sock", "ps"),
  "a Docker context of the node": withArgs("docker", "context", "create", "n", "--docker", "host=tcp://10.0.0.1:2375"),
};

const onlyInGocd = {
  "DOCKER_HOST at a Service, in GoCD's namespace": withEnv({ name: "DOCKER_HOST", value: "tcp://docker:2376" }),
  "DOCKER_HOST from a ConfigMap, in GoCD's namespace": withEnv({
    name: "DOCKER_HOST",
    valueFrom: { configMapKeyRef: { name: "c", key: "k" } },
  }),
  "status.hostIP in any variable, in GoCD's namespace": withEnv(fromNode("ANY")),
};

/** Catalogue H: the ways to the node that mount nothing. */
export const privilegeCases: readonly Case[] = [
  ...refused("both", PRIVILEGED, privileges),
  ...refused(
    "both",
    PRIVILEGED,
    named(
      "a privileged container in a",
      inEveryKind({ containers: [container({ securityContext: { privileged: true } })] }, INSTALLATION.serverNamespace),
    ),
  ),
  ...refused("both", PRIVILEGED, { "procMount Unmasked": unmasked }),
  ...refused("both", NAMESPACES, shared),
  ...refused(
    "both",
    NAMESPACES,
    named("hostPID in a", inEveryKind({ hostPID: true, containers: [container()] }, INSTALLATION.agentsNamespace)),
  ),
  ...refused("both", NAMESPACES, {
    "an ephemeral container that targets dind": agentsPod({
      ephemeralContainers: [container({ name: "debug", targetContainerName: "dind" })],
      initContainers: [container({ name: "dind" })],
    }),
  }),
  ...refused("review", NAMESPACES, {
    "a static pod's annotation": agentsPod({}, { annotations: { "kubernetes.io/config.mirror": "x" } }),
    "a static pod's source": agentsPod({}, { annotations: { "kubernetes.io/config.source": "file" } }),
    "a static pod's source beside an ordinary one": agentsPod(
      {},
      { annotations: { "kubernetes.io/config.source": "api", "kubernetes.io/config.mirror": "x" } },
    ),
    "hostNetwork as text": agentsPod({ hostNetwork: "true" }),
    "hostPID as a number": agentsPod({ hostPID: 1 }),
  }),
  ...refused("both", DAEMONS, { ...toNode, ...onlyInGocd }),
  ...refused("both", DAEMONS, {
    "the node's address behind many arguments": withArgs("x".repeat(49_000), "-H", "tcp://10.0.0.1:2375"),
  }),
  ...refused("admission", DAEMONS, {
    "more arguments than the API server looks through": withArgs("echo", "x".repeat(50_000)),
    "more arguments than that in two containers together": agentsPod({
      containers: [container({ args: ["x".repeat(30_000)] })],
      initContainers: [container({ name: "first", command: ["x".repeat(30_000)] })],
    }),
  }),
  ...allowed("both", { "as many arguments as the API server looks through": withArgs("echo", "x".repeat(49_000)) }),
  ...refused("review", DAEMONS, {
    "DOCKER_HOST by way of a variable that names another": elsewhere(
      withEnv(
        { name: "NODE", value: "10.0.0.1" },
        { name: "ADDRESS", value: "tcp://$(NODE):2375" },
        { name: "DOCKER_HOST", value: "$(ADDRESS)" },
      ),
    ),
    ...spelled(
      "DOCKER_HOST, elsewhere, at",
      [
        "tcp://$NODE_IP:2375",
        "tcp://$(K8S_NODE_NAME):2375",
        "tcp://$(HOST_ADDR):2375",
        "$(HOST):2375",
        "tcp://$(MY_SERVICE_HOST_IP):2375",
        "tcp://HOST.docker.internal:2375",
        "ssh://root@build.example",
        "0x0a000001:2375",
        "tcp://gke-prod-1:2375",
        " ssh://root@build.example",
      ],
      (value) => elsewhere(withEnv({ name: "DOCKER_HOST", value })),
    ),
    "DOCKER_HOST at the address in a shell's variable": elsewhere(
      withEnv({ name: "ADDR", value: "10.0.0.1" }, { name: "DOCKER_HOST", value: "tcp://$ADDR:2375" }),
    ),
    "DOCKER_HOST in a list of texts": {
      apiVersion: "example.com/v1",
      kind: "Thing",
      metadata: { name: "t", namespace: "shop" },
      spec: { env: ["LANG=C", "DOCKER_HOST=tcp://10.0.0.1:2375"] },
    },
    "DOCKER_HOST from a variable that takes the node's address": elsewhere(
      withEnv(fromNode("ANY", "status.hostIPs"), { name: "DOCKER_HOST", value: "tcp://$(ANY):2375" }),
    ),
    "DOCKER_HOST in a plain map of a custom resource": {
      apiVersion: "example.com/v1",
      kind: "Thing",
      metadata: { name: "t", namespace: "shop" },
      spec: { env: { DOCKER_HOST: "tcp://10.0.0.1:2375" } },
    },
    "-H by way of a variable of the container around a hook": elsewhere(
      agentsPod({
        containers: [
          container({
            env: [{ name: "D", value: "tcp://10.0.0.1:2375" }],
            lifecycle: { preStop: { exec: { command: ["docker", "-H", "$(D)", "ps"] } } },
          }),
        ],
      }),
    ),
    "-H by way of a variable": elsewhere(
      agentsPod({
        containers: [
          container({ env: [{ name: "D", value: "tcp://10.0.0.1:2375" }], args: ["docker", "-H", "$(D)", "ps"] }),
        ],
      }),
    ),
    "-H in a hook": elsewhere(
      agentsPod({
        containers: [
          container({ lifecycle: { postStart: { exec: { command: ["docker", "-H", "tcp://10.0.0.1:2375", "ps"] } } } }),
        ],
      }),
    ),
    "DOCKER_HOST in a Secret for envFrom": {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "s", namespace: "shop" },
      data: { DOCKER_HOST: Buffer.from("tcp://10.0.0.1:2375").toString("base64") },
    },
  }),
  ...refused("review", PRIVILEGED, {
    "a capability that is text": elsewhere(secured({ capabilities: { add: "SYS_ADMIN" } })),
    "a capability in a list in a list": elsewhere(secured({ capabilities: { add: [["SYS_ADMIN"]] } })),
  }),
  ...refused("review", PRIVILEGED, everyWhere(privileges)),
  ...refused("review", NAMESPACES, everyWhere(shared)),
  ...refused("review", DAEMONS, everyWhere(toNode)),
  ...refused("review", DAEMONS, {
    "DOCKER_HOST in a ConfigMap for envFrom": {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "c" },
      data: { DOCKER_HOST: "tcp://10.0.0.1:2375" },
    },
    "a daemon that listens for everybody": {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "c" },
      data: { "daemon.json": '{"hosts":["unix:///var/run/docker.sock","tcp://0.0.0.0:2375"]}' },
    },
    ...spelled("a daemon that listens at", ["tcp://", "tcp://:2375", "tcp://0.0.0.0", "TCP://10.0.0.7:2375"], listens),
  }),
  ...allowed("both", {
    "DOCKER_HOST at tcp://127.0.0.1:2376": withEnv({ name: "DOCKER_HOST", value: "tcp://127.0.0.1:2376" }),
    "DOCKER_HOST at tcp://localhost:2376": withEnv({ name: "DOCKER_HOST", value: "tcp://localhost:2376" }),
    "DOCKER_HOST at a socket inside the container": withEnv({
      name: "DOCKER_HOST",
      value: "unix:///var/run/docker.sock",
    }),
    "-H at the pod's own daemon without a scheme": withArgs("docker", "-H", "127.0.0.1:2376", "ps"),
    "DOCKER_HOST given by a shell at the pod's own daemon": withArgs(
      "sh",
      "-c",
      "export DOCKER_HOST=tcp://127.0.0.1:2376; DOCKER_HOST='unix:///var/run/docker.sock' docker ps",
    ),
    "-H at the pod's own daemon": withArgs("docker", "-H", "tcp://127.0.0.1:2376", "ps"),
    "curl with a header": withArgs("curl", "-H", "Accept: text/plain", "https://example.com"),
    "git over ssh": withArgs("git", "clone", "ssh://git@git.example/x.git"),
    "capability NET_BIND_SERVICE": secured({ capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] } }),
    "privileged: false": secured({ privileged: false, procMount: "Default" }),
    "hostUsers: false": agentsPod({ hostUsers: false }),
    "host namespaces that are left alone": agentsPod({
      hostNetwork: false,
      hostPID: false,
      hostIPC: false,
      shareProcessNamespace: false,
    }),
  }),
  ...allowed("review", {
    "an annotation that says that the pod is no static one": agentsPod(
      {},
      { annotations: { "kubernetes.io/config.source": "api" } },
    ),
    "a label called like a static pod's annotation": agentsPod({}, { labels: { "kubernetes.io/config.mirror": "x" } }),
    "an ephemeral container that targets the agent": agentsPod({
      ephemeralContainers: [container({ name: "debug", targetContainerName: "agent" })],
    }),
    "an ordinary container with a target": agentsPod({ containers: [container({ targetContainerName: "dind" })] }),
    "a list of another kind called add": agentsPod({
      containers: [container({ hosts: { add: ["ALL"], adds: ["ALL"] } })],
    }),
    "a capability that there is not": secured({ capabilities: { add: ["SYS_CAP_ADMIN"] } }),
    ...spelled("procMount", ["DefaultUnmasked", "UnmaskedNot"], (procMount) => secured({ procMount })),
    "SELinux type container_t": secured({ seLinuxOptions: { type: "container_t", level: "s0" } }),
    "status.hostIP for a metrics agent elsewhere": elsewhere(withEnv(fromNode("DD_AGENT_HOST"))),
    "DOCKER_HOST at a Service elsewhere": elsewhere(withEnv({ name: "DOCKER_HOST", value: "tcp://docker:2376" })),
    "DOCKER_HOST at a Service by Kubernetes' variable": elsewhere(
      withEnv({ name: "DOCKER_HOST", value: "tcp://$(DIND_SERVICE_HOST):2376" }),
    ),
    ...spelled(
      "DOCKER_HOST elsewhere at",
      [
        "tcp://docker1:2376",
        "tcp://1docker:2376",
        "tcp://docker0x1:2376",
        "tcp://docker[0]:2376",
        "tcp://ssh:2376",
        "docker:2376/tcp://10.0.0.1:2375",
      ],
      (value) => elsewhere(withEnv({ name: "DOCKER_HOST", value })),
    ),
    "DOCKER_HOST at TCP://LocalHost:2376": withEnv({ name: "DOCKER_HOST", value: "TCP://LocalHost:2376" }),
    "an example of a daemon's configuration": {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "c" },
      data: { "daemon.json.example": '{"hosts":["tcp://0.0.0.0:2375"]}' },
    },
    ...spelled("a daemon that listens at", ["TCP://LocalHost:2376", "npipe:////./pipe/tcp:x"], listens),
    "-H at a variable that nobody sets": elsewhere(withArgs("docker", "-H", "$(D)", "ps")),
    "DOCKER_HOST at a Service by a variable that says so elsewhere": elsewhere(
      withEnv({ name: "DAEMON", value: "docker" }, { name: "DOCKER_HOST", value: "tcp://$(DAEMON):2376" }),
    ),
    "DOCKER_HOST at a variable called after the node that is the pod's own": elsewhere(
      withEnv({ name: "HOST", value: "127.0.0.1" }, { name: "DOCKER_HOST", value: "tcp://$(HOST):2376" }),
    ),
    "DOCKER_HOST at variables that name each other": elsewhere(
      withEnv({ name: "A", value: "$(B)" }, { name: "B", value: "$(A)" }, { name: "DOCKER_HOST", value: "$(A)" }),
    ),
    "DOCKER_HOST at nothing": withEnv({ name: "DOCKER_HOST", value: " " }),
    "DOCKER_HOST from a ConfigMap elsewhere": elsewhere(
      withEnv({ name: "DOCKER_HOST", valueFrom: { configMapKeyRef: { name: "c", key: "k" } } }),
    ),
    "the pod's own address, in GoCD's namespace": withEnv(fromNode("POD_IP", "status.podIP")),
    "hosts of an application's file": {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "c" },
      data: { "hosts.json": '{"kind":"x","hosts":["tcp://0.0.0.0:2375"]}' },
    },
    "--host of an application": elsewhere(withArgs("serve", "--host", "https://10.0.0.1")),
    "DOCKER_HOST in a Secret at the pod's own daemon": {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "s", namespace: INSTALLATION.agentsNamespace },
      data: { DOCKER_HOST: Buffer.from("tcp://127.0.0.1:2376").toString("base64") },
    },
    "a daemon that listens on loopback": {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "c" },
      data: { "daemon.json": '{"hosts":["unix:///var/run/docker.sock","tcp://127.0.0.1:2376"]}' },
    },
  }),
];
