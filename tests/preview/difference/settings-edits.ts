import type { StackSource } from "../../support/program";

/** The pool of the stack dev. */
const DOCKER = { replicas: 2, resources: ["docker"], environments: ["docker"] };
export const pool = (more: object) => ({ config: { "gocd:agents": { docker: { ...DOCKER, ...more } } } });
export const server = (more: object) => ({ config: { "gocd:server": { artifactsDiskType: "pd-standard", ...more } } });
const AGENT_NODES = { machineType: "e2-standard-4", diskType: "pd-standard", max: 3 };
const cluster = (more: object) => ({
  config: {
    "gocd:cluster": { create: { serverNodes: { diskType: "pd-standard" }, agentNodes: AGENT_NODES, ...more } },
  },
});
const RESTART = "  pods: restarts one after the other: docker-1, docker-0 (each gets up to 31 min to stop)";
const keys = (pods: readonly string[], rotation: number) =>
  ["PrivateKey", "SelfSignedCert"].flatMap((type) =>
    pods.flatMap((pod) =>
      ["client", "daemon"].map((side) => `${type} gocd-dev-docker-${pod}-${side}-r${String(rotation)}`),
    ),
  );
const BOTH_SECRETS = [
  "~ Secret gocd-dev-docker-client-tls: stringData",
  "~ Secret gocd-dev-docker-daemon-tls: stringData",
];

/** An edit of the dev stack and everything that comes of it. */
export type Edit = readonly [edit: string, source: StackSource, factsOf: readonly string[]];

export const WHOLE: readonly Edit[] = [
  ["nothing", {}, []],
  [
    "a person more, who restarts nothing",
    {
      ...server({ users: { alice: { admin: true } } }),
      secrets: { "gocd:serverSecrets": JSON.stringify({ users: { alice: "a password" } }) },
    },
    ["+ RandomBytes gocd-dev-user-alice-salt", "~ Secret gocd-dev-server: stringData"],
  ],
  [
    "one agent more",
    pool({ replicas: 3 }),
    [
      ...keys(["docker-2"], 1).map((key) => `+ ${key}`),
      "~ StatefulSet gocd-dev-docker: spec.replicas, option customTimeouts",
      "  pods: adds docker-2; restarts none for it",
      ...BOTH_SECRETS,
    ],
  ],
  [
    "one agent less",
    pool({ replicas: 1 }),
    [
      ...keys(["docker-1"], 1).map((key) => `- ${key}`),
      "~ StatefulSet gocd-dev-docker: spec.replicas, option customTimeouts",
      "  pods: stops docker-1 for good; restarts none for it (kept: the claims workspace and cache as they are: same size, same data)",
      ...BOTH_SECRETS,
    ],
  ],
  [
    "new certificates",
    pool({ rotation: 2 }),
    [
      ...keys(["docker-0", "docker-1"], 2).map((key) => `+ ${key}`),
      ...keys(["docker-0", "docker-1"], 1).map((key) => `- ${key}`),
      '~ StatefulSet gocd-dev-docker: spec.template.metadata.annotations["gocd-on-kubernetes/rotation"]',
      RESTART,
      ...BOTH_SECRETS,
    ],
  ],
  [
    "larger workspaces, which running claims do not get",
    pool({ workspace: "60Gi" }),
    [
      "! StatefulSet gocd-dev-docker: spec.volumeClaimTemplates[workspace].spec.resources.requests.storage",
      "  pods: stops docker-0, docker-1, then starts again",
    ],
  ],
  [
    "more memory for the daemon",
    pool({ dind: { memory: "5Gi" } }),
    [
      "~ StatefulSet gocd-dev-docker: spec.template.spec.initContainers[dind].resources.limits.memory, spec.template.spec.initContainers[dind].resources.requests.memory",
      RESTART,
    ],
  ],
  [
    "another MTU, which the daemon reads from a ConfigMap",
    pool({ dind: { mtu: 1400 } }),
    [
      '~ StatefulSet gocd-dev-docker: spec.template.metadata.annotations["gocd-on-kubernetes/daemon-config"]',
      RESTART,
      '~ ConfigMap gocd-dev-docker-daemon: data["daemon.json"].default-network-opts.bridge["com.docker.network.driver.mtu"], data["daemon.json"].mtu',
    ],
  ],
  [
    "a range that jobs may reach",
    pool({ egress: ["10.99.0.0/16"] }),
    ["~ NetworkPolicy gocd-dev-agents-pool-docker: spec.egress[2]"],
  ],
  [
    "a larger disk",
    server({ disk: "40Gi" }),
    ["~ Disk gocd-dev-data: size, with effect", "~ PersistentVolume gocd-dev-data: spec.capacity.storage"],
  ],
  [
    "a smaller disk",
    server({ disk: "20Gi" }),
    [
      "! Disk gocd-dev-data: size REFUSED",
      "! DiskResourcePolicyAttachment gocd-dev-data: disk (from gocd-dev-data)",
      "~ PersistentVolume gocd-dev-data: spec.capacity.storage",
    ],
  ],
  [
    "disks of another type",
    server({ diskType: "pd-ssd", artifactsDiskType: "pd-ssd" }),
    [
      "! Disk gocd-dev-artifacts: type REFUSED",
      "! Disk gocd-dev-data: type REFUSED",
      "! DiskResourcePolicyAttachment gocd-dev-artifacts: disk (from gocd-dev-artifacts)",
      "! DiskResourcePolicyAttachment gocd-dev-data: disk (from gocd-dev-data)",
    ],
  ],
  [
    "more CPU for the server",
    server({ cpu: "1" }),
    [
      "~ StatefulSet gocd-dev-server: spec.template.spec.containers[server].resources.requests.cpu",
      "  pods: restarts gocd-server-0 (each gets up to 5 min to stop)",
    ],
  ],
  [
    "another machine type for the server's node",
    cluster({ serverNodes: { machineType: "e2-standard-4", diskType: "pd-standard" } }),
    ["~ NodePool gocd-dev-server: nodeConfig.machineType, with effect"],
  ],
  [
    "spot nodes for agents",
    cluster({ agentNodes: { ...AGENT_NODES, spot: true } }),
    [
      "! NodePool gocd-dev-agents: nodeConfig.spot",
      "~ StatefulSet gocd-dev-docker: spec.template.spec.containers[agent].env[DRAIN_SECONDS].value, spec.template.spec.terminationGracePeriodSeconds, option customTimeouts",
      "  pods: restarts one after the other: docker-1, docker-0 (each gets up to 105 s to stop)",
    ],
  ],
  [
    "machines with Arm processors for agents",
    cluster({ agentNodes: { ...AGENT_NODES, machineType: "t2a-standard-4" } }),
    [
      "+ Image gocd-dev-agent-arm64",
      "+ Image gocd-dev-dind-arm64",
      "- Image gocd-dev-agent",
      "- Image gocd-dev-dind",
      "~ NodePool gocd-dev-agents: nodeConfig.machineType, with effect",
      "~ StatefulSet gocd-dev-docker: spec.template.spec.tolerations[kubernetes.io/arch], spec",
      RESTART,
    ],
  ],
  [
    "machines that take other disks for agents",
    cluster({ agentNodes: { ...AGENT_NODES, machineType: "n4-standard-4", diskType: "hyperdisk-balanced" } }),
    [
      "+ StorageClass gocd-dev-hyperdisk",
      "~ NodePool gocd-dev-agents: nodeConfig.diskType, nodeConfig.machineType, with effect",
      "! StatefulSet gocd-dev-docker: spec.volumeClaimTemplates[workspace].spec.storageClassName, spec.volumeClaimTemplates[cache].spec.storageClassName",
      "  pods: stops docker-0, docker-1, then starts again",
    ],
  ],
  [
    "more nodes for agents",
    cluster({ agentNodes: { ...AGENT_NODES, max: 5 } }),
    ["~ NodePool gocd-dev-agents: autoscaling.totalMaxNodeCount"],
  ],
  ["a wider range for nodes", cluster({ ranges: { nodes: "10.10.0.0/19" } }), ["~ Subnetwork gocd-dev: ipCidrRange"]],
  [
    "another range for pods, which the cluster uses",
    cluster({ ranges: { pods: "10.40.0.0/16" } }),
    ["~ Subnetwork gocd-dev: secondaryIpRanges[pods].ipCidrRange REFUSED"],
  ],
  ["another release channel", cluster({ releaseChannel: "STABLE" }), ["~ Cluster gocd-dev: releaseChannel.channel"]],
  [
    "a repository that somebody else keeps",
    { config: { "gocd:images": { repository: "existing" } } },
    ["- Repository gocd-dev REFUSED"],
  ],
  [
    "a password that people choose",
    { secrets: { "gocd:adminPassword": "correct horse" } },
    [
      "+ RandomBytes gocd-dev-admin-salt",
      "- RandomPassword gocd-dev-admin REFUSED",
      "~ Secret gocd-dev-server: stringData",
    ],
  ],
];

/** The same for edits of which so much comes that the table names what matters. */
export const PARTS: readonly Edit[] = [
  [
    "a pool under another name",
    { config: { "gocd:agents": { builder: DOCKER } } },
    ["+ StatefulSet gocd-dev-builder", "- StatefulSet gocd-dev-docker", "- Secret gocd-dev-docker-identity"],
  ],
  [
    "a pool more, with nodes and an environment of its own",
    { config: { "gocd:agents": { docker: DOCKER, large: { environments: ["large"], nodes: {} } } } },
    ["+ StatefulSet gocd-dev-large", "+ NodePool gocd-dev-large", "+ NetworkPolicy gocd-dev-agents-pool-large"],
  ],
  ["own users", pool({ runtime: "userns" }), ["~ NodePool gocd-dev-agents: nodeConfig.containerdConfig, with effect"]],
  [
    "another zone",
    { config: { "gcp:zone": "us-central1-b" } },
    [
      "! Cluster gocd-dev: location REFUSED",
      "! NodePool gocd-dev-server: location, cluster (from gocd-dev)",
      "! kubernetes gocd-dev: clusterIdentifier (from gocd-dev)",
      "! Namespace gocd-dev-agents: provider (from gocd-dev)",
      "! Disk gocd-dev-data: zone REFUSED",
    ],
  ],
  [
    "another project, which most resources take from the default provider",
    { config: { "gcp:project": "other-project" } },
    [
      "! Disk gocd-dev-data: project REFUSED",
      "! Repository gocd-dev: project REFUSED",
      "! Cluster gocd-dev: project, network (from gocd-dev), subnetwork (from gocd-dev) REFUSED",
      "! Secret gocd-dev-server: provider (from gocd-dev)",
    ],
  ],
  [
    "a narrower range for nodes, and so another network for the cluster",
    cluster({ ranges: { nodes: "10.11.0.0/20" } }),
    ["! Subnetwork gocd-dev: ipCidrRange", "! Cluster gocd-dev: subnetwork (from gocd-dev) REFUSED"],
  ],
  [
    "another registry",
    { config: { "gocd:images": { registry: "eu.gcr.io" } } },
    ["! Repository gocd-dev: location, repositoryId REFUSED", "~ StatefulSet gocd-dev-docker: spec", RESTART],
  ],
  [
    "a cluster that exists",
    { config: { "gocd:cluster": { existing: { context: "gke" } } } },
    ["- Cluster gocd-dev", "+ kubernetes gocd-dev", "! PersistentVolumeClaim gocd-dev-data: provider"],
  ],
];

/** Settings of a cluster that exists, where labels and taints name the nodes. */
export const placed = (server: string, agents: string, tolerations: readonly object[] = []) => ({
  config: {
    "gocd:cluster": { existing: { context: "gke", serverPlacement: { nodeSelector: { pool: server } } } },
    "gocd:agents": { docker: { ...DOCKER, placement: { nodeSelector: { pool: agents }, tolerations } } },
  },
});
const SPOT = { key: "cloud.google.com/gke-spot", value: "true", effect: "NoSchedule" };

export const PLACED: readonly Edit[] = [
  [
    "other nodes for a pool, past a taint",
    placed("server", "spot", [SPOT]),
    ["~ StatefulSet gocd-dev-docker: spec.template.spec.nodeSelector.pool, spec.template.spec.tolerations", RESTART],
  ],
  [
    "other nodes for server and housekeeping",
    placed("large", "agents"),
    [
      "~ Deployment gocd-dev-housekeeping: spec.template.spec.nodeSelector.pool",
      "  pods: restarts gocd-housekeeping",
      "~ StatefulSet gocd-dev-server: spec.template.spec.nodeSelector.pool",
      "  pods: restarts gocd-server-0 (each gets up to 5 min to stop)",
    ],
  ],
];

/** Settings of a cluster of somebody's own, off Google's. */
export const elsewhere = (more: object) => ({
  config: {
    "gocd:cluster": { existing: { context: "kind-gocd", storageClass: "standard" } },
    "gocd:images": { registry: "registry.example:5000/team" },
    "gocd:agents": { docker: { ...DOCKER, ...more } },
  },
});

export const ELSEWHERE: readonly Edit[] = [
  [
    "another runtime for a pool",
    elsewhere({ runtime: "gvisor" }),
    [
      '~ StatefulSet gocd-dev-docker: spec.template.metadata.annotations["gocd-on-kubernetes/daemon-config"], spec.template.spec.initContainers[dind].securityContext.capabilities, spec.template.spec.initContainers[dind].securityContext.privileged, spec.template.spec.runtimeClassName',
      RESTART,
      '~ ConfigMap gocd-dev-docker-daemon: data["daemon.json"].features, data["daemon.json"].ip6tables, data["daemon.json"].iptables, data["daemon.json"].storage-driver',
    ],
  ],
  [
    "jobs that share what they leave",
    elsewhere({ isolation: "shared" }),
    ["~ StatefulSet gocd-dev-docker: spec.template.spec.containers[agent].env[ISOLATION]", RESTART],
  ],
];
