import { agentsPod, allowed, type Case, container, INSTALLATION, refused, spelled } from "./case";
import { DAEMONS, secured, withEnv, withArgs, fromNode, listens, elsewhere } from "./privileges";

/** Daemons that listen, and ways to one on the node. */
export const DAEMON_ADDRESS_CASES: readonly Case[] = [
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
