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
export const DAEMONS = "no-node-daemons";

export const secured = (securityContext: Manifest) => agentsPod({ containers: [container({ securityContext })] });
export const withEnv = (...env: Manifest[]) => agentsPod({ containers: [container({ env })] });
export const withArgs = (...args: string[]) => agentsPod({ containers: [container({ args })] });
export const fromNode = (name: string, fieldPath = "status.hostIP") => ({
  name,
  valueFrom: { fieldRef: { apiVersion: "v1", fieldPath } },
});
export const listens = (host: string): Manifest => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "c" },
  data: { "daemon.json": JSON.stringify({ hosts: [host] }) },
});
export const elsewhere = (object: Manifest): Manifest => ({ ...object, metadata: { name: "case", namespace: "shop" } });
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
  ...refused("both", NAMESPACES, {
    "a static pod's annotation": agentsPod({ nodeName: "n" }, { annotations: { "kubernetes.io/config.mirror": "x" } }),
    "a static pod's source": agentsPod({}, { annotations: { "kubernetes.io/config.source": "file" } }),
    "a static pod's source beside an ordinary one": agentsPod(
      { nodeName: "n" },
      { annotations: { "kubernetes.io/config.source": "api", "kubernetes.io/config.mirror": "x" } },
    ),
  }),
  ...refused("review", NAMESPACES, {
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
];
