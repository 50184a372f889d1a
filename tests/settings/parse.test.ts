import * as fc from "fast-check";
import { SettingsError, type Problem } from "../../settings/problems";
import { parseSettings } from "../../settings/parse";

interface Stack {
  readonly [key: string]: unknown;
}

/** The least that a stack must say. */
const STACK: Stack = {
  "gcp:project": "my-project",
  "gcp:region": "us-central1",
  "gcp:zone": "us-central1-a",
  "gocd:cluster": { create: {} },
  "gocd:agents": { docker: { replicas: 2 } },
};

const DIGEST = `sha256:${"a".repeat(64)}`;
const PREBUILT = Object.fromEntries(
  ["server", "agent", "dind", "housekeeping"].map((name) => [name, `registry.example/${name}@${DIGEST}`]),
);

/** Configuration as Pulumi delivers it: text as it is, everything else as JSON. */
function parse(stack: Stack, name = "dev", secretKeys: string[] = []) {
  const present = Object.entries(stack).filter(([, value]) => value !== undefined);
  const config = Object.fromEntries(
    present.map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
  return parseSettings(name, config, secretKeys);
}

function problemsOf(run: () => unknown): readonly Problem[] {
  try {
    run();
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

const create = (of: object) => ({ "gocd:cluster": { create: of } });
const pool = (of: object) => ({ "gocd:agents": { docker: of } });
/** A cluster that exists, with a class or on GKE. */
const existing = (of: object = {}) => ({ "gocd:cluster": { existing: { context: "kind", ...of } } });
const tolerations = (...of: object[]) => ({ ...existing(), ...pool({ placement: { tolerations: of } }) });

/** What is wrong, what is said about it, and what is said to be right. */
const BAD: readonly [what: string, change: Stack, key: string, found: RegExp, wanted: RegExp][] = [
  ["a key that does not exist", { "gocd:sever": {} }, "gocd:sever", /does not exist/, /server/],
  [
    "a key inside that does not exist",
    { "gocd:server": { dsik: "30Gi" } },
    "gocd:server.dsik",
    /does not exist/,
    /disk, artifacts/,
  ],
  [
    "a key two levels inside that does not exist",
    create({ agentNodes: { maximum: 3 } }),
    "gocd:cluster.create.agentNodes.maximum",
    /does not exist/,
    /max/,
  ],
  [
    "a pool's key that does not exist",
    pool({ replica: 1 }),
    "gocd:agents.docker.replica",
    /does not exist/,
    /replicas/,
  ],
  [
    "a key of a pool's daemon that does not exist",
    pool({ dind: { ram: "1Gi" } }),
    "gocd:agents.docker.dind.ram",
    /does not exist/,
    /memory/,
  ],
  ["text for a map", { "gocd:server": "big" }, "gocd:server", /"big"/, /map/],
  ["a list for a map", { "gocd:agents": [] }, "gocd:agents", /\[\]/, /map of pools/],
  ["text for a number", pool({ replicas: "two" }), "gocd:agents.docker.replicas", /"two"/, /whole number/],
  ["a fraction of an agent", pool({ replicas: 1.5 }), "gocd:agents.docker.replicas", /1.5/, /whole number/],
  ["no agents in a pool", pool({ replicas: 0 }), "gocd:agents.docker.replicas", /0/, /from 1 to 200/],
  ["fewer than none", pool({ replicas: -1 }), "gocd:agents.docker.replicas", /-1/, /from 1/],
  ["more than a Secret holds", pool({ replicas: 201 }), "gocd:agents.docker.replicas", /201/, /200/],
  ["no pool", { "gocd:agents": {} }, "gocd:agents", /\{\}/, /at least one, such as docker/],
  ["pools left empty", { "gocd:agents": "" }, "gocd:agents", /^nothing$/, /at least one, such as docker/],
  ["a cluster left empty", { "gocd:cluster": "" }, "gocd:cluster", /^nothing$/, /create or existing/],
  [
    "one pool left empty",
    { "gocd:agents": { docker: null } },
    "gocd:agents.docker",
    /^nothing$/,
    /\{\} for the defaults/,
  ],
  ["a part that is misspelt", { "gocd:agnets": {} }, "gocd:agnets", /does not exist/, /did you mean agents\?\)$/],
  ["a key that is misspelt", pool({ replica: 2 }), "gocd:agents.docker.replica", /./, /did you mean replicas\?\)$/],
  ["a namespace that is misspelt", { "gcd:server": {} }, "gcd:server", /nothing reads/, /did you mean gocd:\?\)$/],
  [
    "a word that is misspelt",
    { "gocd:server": { diskType: "pd-balenced" } },
    "gocd:server.diskType",
    /pd-balenced/,
    /did you mean pd-balanced\?\)$/,
  ],
  [
    "a word in small letters",
    create({ releaseChannel: "stable" }),
    "gocd:cluster.create.releaseChannel",
    /stable/,
    /did you mean STABLE\?\)$/,
  ],
  ["a word like none", create({ releaseChannel: "FAST" }), "gocd:cluster.create.releaseChannel", /FAST/, /EXTENDED$/],
  [
    "a misspelt name of restored disks",
    { "gocd:server": { restored: { monday: { data: "nightly" } }, use: "mondy" } },
    "gocd:server.use",
    /mondy/,
    /did you mean monday\?\)/,
  ],
  ["a pool name with capitals", { "gocd:agents": { Docker: {} } }, "gocd:agents.Docker", /"Docker"/, /DNS label/],
  [
    "a pool name that is too long",
    { "gocd:agents": { ["a".repeat(41)]: {} } },
    `gocd:agents.${"a".repeat(41)}`,
    /aaa/,
    /40/,
  ],
  ["a size without unit", { "gocd:server": { disk: "30" } }, "gocd:server.disk", /30/, /30Gi/],
  ["a size in decimal units", { "gocd:server": { disk: "30GB" } }, "gocd:server.disk", /"30GB"/, /30Gi/],
  ["a size of nothing", pool({ cache: "0Gi" }), "gocd:agents.docker.cache", /"0Gi"/, /30Gi/],
  [
    "a disk below its type's least",
    { "gocd:server": { disk: "5Gi" } },
    "gocd:server.disk",
    /"5Gi"/,
    /10Gi to 65536Gi, the bounds of pd-balanced/,
  ],
  [
    "a disk above the most there is",
    { "gocd:server": { artifacts: "65Ti" } },
    "gocd:server.artifacts",
    /"65Ti"/,
    /65536Gi/,
  ],
  [
    "a disk type that there is not",
    { "gocd:server": { diskType: "ssd" } },
    "gocd:server.diskType",
    /"ssd"/,
    /pd-balanced/,
  ],
  [
    "a disk that its machine cannot take",
    { ...create({ serverNodes: { machineType: "n4-standard-2" } }) },
    "gocd:server.diskType",
    /pd-balanced/,
    /hyperdisk-balanced/,
  ],
  [
    "a Hyperdisk on a machine without",
    { "gocd:server": { diskType: "hyperdisk-balanced" } },
    "gocd:server.diskType",
    /hyperdisk/,
    /e2-standard-2: pd-balanced/,
  ],
  ["a CPU of nothing", pool({ dind: { cpu: "0" } }), "gocd:agents.docker.dind.cpu", /0/, /above 0/],
  ["a CPU that is none", pool({ agent: { cpu: "fast" } }), "gocd:agents.docker.agent.cpu", /"fast"/, /500m/],
  [
    "a daemon without memory to work",
    pool({ dind: { memory: "64Mi" } }),
    "gocd:agents.docker.dind.memory",
    /"64Mi"/,
    /512Mi/,
  ],
  [
    "an agent without memory for its JVM",
    pool({ agent: { memory: "128Mi" } }),
    "gocd:agents.docker.agent.memory",
    /"128Mi"/,
    /512Mi/,
  ],
  ["a zone outside the region", { "gcp:zone": "europe-west1-b" }, "gcp:zone", /europe-west1-b/, /us-central1/],
  ["a region for a zone", { "gcp:zone": "us-central1" }, "gcp:zone", /"us-central1"/, /us-central1-a/],
  ["no zone", { "gcp:zone": undefined }, "gcp:zone", /nothing/, /zone/],
  ["a project id with capitals", { "gcp:project": "My Project" }, "gcp:project", /My Project/, /project id/],
  ["no cluster", { "gocd:cluster": undefined }, "gocd:cluster", /nothing/, /create or existing/],
  [
    "two clusters",
    { "gocd:cluster": { create: {}, existing: { context: "kind" } } },
    "gocd:cluster",
    /create/,
    /exactly one/,
  ],
  ["neither cluster", { "gocd:cluster": {} }, "gocd:cluster", /\{\}/, /exactly one/],
  [
    "an existing cluster without a context",
    { "gocd:cluster": { existing: {} } },
    "gocd:cluster.existing.context",
    /nothing/,
    /kubeconfig context/,
  ],
  [
    "the name of a DNS server for its address",
    existing({ dnsServers: ["kube-dns.kube-system"] }),
    "gocd:cluster.existing.dnsServers[0]",
    /"kube-dns.kube-system"/,
    /IPv4 address/,
  ],
  [
    "a range of DNS servers",
    existing({ dnsServers: ["10.96.0.0/16"] }),
    "gocd:cluster.existing.dnsServers[0]",
    /"10.96.0.0\/16"/,
    /IPv4 address/,
  ],
  [
    "a release channel that is none",
    create({ releaseChannel: "FAST" }),
    "gocd:cluster.create.releaseChannel",
    /"FAST"/,
    /RAPID, REGULAR/,
  ],
  [
    "a machine type that is none",
    create({ agentNodes: { machineType: "big" } }),
    "gocd:cluster.create.agentNodes.machineType",
    /"big"/,
    /e2-standard-4/,
  ],
  [
    "a misspelt machine type of nodes that no pool is on yet",
    {
      ...create({ agentNodes: { machineType: "e2-standrad-4" } }),
      ...pool({ nodes: { machineType: "e2-standard-4" } }),
    },
    "gocd:cluster.create.agentNodes.machineType",
    /"e2-standrad-4"/,
    /did you mean e2-standard-4/,
  ],
  [
    "a misspelt machine type of the server",
    create({ serverNodes: { machineType: "e2-standrd-2" } }),
    "gocd:cluster.create.serverNodes.machineType",
    /"e2-standrd-2"/,
    /did you mean e2-standard-2/,
  ],
  [
    "a GPU on the agents' nodes",
    create({ agentNodes: { machineType: "g2-standard-8" } }),
    "gocd:cluster.create.agentNodes.machineType",
    /"g2-standard-8"/,
    /without accelerators/,
  ],
  [
    "agents on machines that take Hyperdisk only",
    create({ agentNodes: { machineType: "m4-megamem-28" } }),
    "gocd:cluster.create.agentNodes.machineType",
    /"m4-megamem-28"/,
    /takes pd-balanced/,
  ],
  [
    "agents that fit no node",
    create({ agentNodes: { machineType: "e2-standard-2" } }),
    "gocd:agents.docker",
    /2.5 CPU and 5120Mi/,
    /a node of e2-standard-2/,
  ],
  [
    "more agents than all nodes take",
    { ...create({ agentNodes: { max: 1 } }) },
    "gocd:agents.docker.replicas",
    /2/,
    /at most 1/,
  ],
  [
    "pools that together need more nodes",
    { ...create({ agentNodes: { max: 2 } }), "gocd:agents": { a: { replicas: 2 }, b: { replicas: 2 } } },
    "gocd:cluster.create.agentNodes.max",
    /2/,
    /at least 3 nodes/,
  ],
  ["a heap in the wrong unit", { "gocd:server": { heap: "512Ki" } }, "gocd:server.heap", /"512Ki"/, /at least 64Mi/],
  [
    "a server that asks for more CPU than its node has",
    { "gocd:server": { cpu: "4" } },
    "gocd:server.cpu",
    /"4"/,
    /no more than 1.6, which a node of e2-standard-2/,
  ],
  [
    "a boot disk below GKE's least",
    create({ agentNodes: { disk: "5Gi" } }),
    "gocd:cluster.create.agentNodes.disk",
    /"5Gi"/,
    /10Gi to 65536Gi, the bounds of a boot disk/,
  ],
  ["a cache in the wrong unit", pool({ cache: "100Mi" }), "gocd:agents.docker.cache", /"100Mi"/, /1Gi to 65536Gi/],
  [
    "a claim larger than any disk",
    pool({ workspace: "99999999999999999999Ti" }),
    "gocd:agents.docker.workspace",
    /9999/,
    /1Gi to 65536Gi, the bounds of a claim/,
  ],
  [
    "agents' nodes that cannot attach the agents' claims",
    create({ agentNodes: { machineType: "n4-standard-4" } }),
    "gocd:cluster.create.agentNodes.machineType",
    /n4-standard-4/,
    /takes pd-balanced/,
  ],
  [
    "agents' nodes whose processors run no image of ours",
    pool({ nodes: { machineType: "t2a-standard-4" } }),
    "gocd:agents.docker.nodes.machineType",
    /t2a-standard-4/,
    /amd64/,
  ],
  [
    "a server's node of that kind",
    create({ serverNodes: { machineType: "c4a-standard-4" } }),
    "gocd:cluster.create.serverNodes.machineType",
    /c4a-standard-4/,
    /amd64/,
  ],
  ["a heap that leaves its node no room", { "gocd:server": { heap: "8Gi" } }, "gocd:server.heap", /"8Gi"/, /10240Mi/],
  ["no nodes for agents", create({ agentNodes: { max: 0 } }), "gocd:cluster.create.agentNodes.max", /0/, /from 1/],
  [
    "text for true or false",
    create({ agentNodes: { spot: "yes" } }),
    "gocd:cluster.create.agentNodes.spot",
    /"yes"/,
    /true or false/,
  ],
  [
    "a range that is none",
    create({ ranges: { pods: "10.20.0.0" } }),
    "gocd:cluster.create.ranges.pods",
    /10.20.0.0/,
    /10.10.0.0\/20/,
  ],
  [
    "a range with host bits",
    create({ ranges: { pods: "10.20.0.1/16" } }),
    "gocd:cluster.create.ranges.pods",
    /10.20.0.1/,
    /host bits/,
  ],
  [
    "a range too small for pods",
    create({ ranges: { pods: "10.20.0.0/24" } }),
    "gocd:cluster.create.ranges.pods",
    /\/24/,
    /at least a \/21.*there may be 8/,
  ],
  [
    "a range too small for all nodes of all pools",
    {
      ...create({ agentNodes: { max: 100 }, ranges: { pods: "10.20.0.0/18" } }),
      ...pool({ nodes: { max: 50 } }),
    },
    "gocd:cluster.create.ranges.pods",
    /\/18/,
    /at least a \/16.*there may be 155/,
  ],
  [
    "a subnetwork too small for its nodes",
    create({ agentNodes: { max: 30 }, ranges: { nodes: "10.10.0.0/28" } }),
    "gocd:cluster.create.ranges.nodes",
    /\/28/,
    /at least a \/26, since there may be 34 nodes/,
  ],
  [
    "the metadata server among the ranges that jobs may reach",
    pool({ egress: ["0.0.0.0/0"] }),
    "gocd:agents.docker.egress[0]",
    /0.0.0.0/,
    /outside 169.254.0.0\/16.*workloadIdentity/,
  ],
  [
    "the cluster's own pods among the ranges that jobs may reach",
    pool({ egress: ["10.20.4.0/24"] }),
    "gocd:agents.docker.egress[0]",
    /10.20.4.0/,
    /does not overlap gocd:cluster.create.ranges.pods/,
  ],
  [
    "ranges that overlap",
    create({ ranges: { services: "10.20.128.0/20" } }),
    "gocd:cluster.create.ranges.services",
    /10.20.128.0/,
    /does not overlap gocd:cluster.create.ranges.pods/,
  ],
  [
    "Docker's networks inside the cluster's",
    pool({ dind: { addressPools: ["10.20.0.0/16"] } }),
    "gocd:agents.docker.dind.addressPools[0]",
    /10.20/,
    /does not overlap/,
  ],
  ["an MTU that no network has", pool({ dind: { mtu: 65_536 } }), "gocd:agents.docker.dind.mtu", /65536/, /8896/],
  [
    "a mirror that is no URL",
    pool({ dind: { mirrors: ["mirror.gcr.io"] } }),
    "gocd:agents.docker.dind.mirrors[0]",
    /mirror.gcr.io/,
    /https:\/\//,
  ],
  [
    "a grace period that no node's upgrade waits for",
    pool({ gracePeriod: "2h" }),
    "gocd:agents.docker.gracePeriod",
    /"2h"/,
    /60s to 3540s/,
  ],
  ["a grace period of a whole hour", pool({ gracePeriod: "1h" }), "gocd:agents.docker.gracePeriod", /"1h"/, /3540s/],
  [
    "a grace period that spot nodes of a pool's own do not give",
    pool({ gracePeriod: "2m", nodes: { spot: true } }),
    "gocd:agents.docker.gracePeriod",
    /"2m"/,
    /5s to 45s on spot nodes/,
  ],
  [
    "a grace period that the pools' common spot nodes do not give",
    { ...create({ agentNodes: { spot: true } }), ...pool({ gracePeriod: "46s" }) },
    "gocd:agents.docker.gracePeriod",
    /"46s"/,
    /5s to 45s on spot nodes/,
  ],
  [
    "an API of Docker that no daemon speaks",
    pool({ dind: { minApiVersion: "1.23" } }),
    "gocd:agents.docker.dind.minApiVersion",
    /1\.23/,
    /from 1\.24/,
  ],
  [
    "an API of Docker that YAML reads as a number",
    pool({ dind: { minApiVersion: 1.3 } }),
    "gocd:agents.docker.dind.minApiVersion",
    /1\.3/,
    /such as 1\.32/,
  ],
  [
    "a server without memory for git",
    { "gocd:server": { headroom: "512Mi" } },
    "gocd:server.headroom",
    /"512Mi"/,
    /at least 768Mi/,
  ],
  [
    "more ephemeral storage than a boot disk has free",
    pool({ agent: { ephemeralStorage: "30Gi" } }),
    "gocd:agents.docker.agent.ephemeralStorage",
    /"30Gi"/,
    /no more than 21Gi/,
  ],
  [
    "agents whose ephemeral storage fits no number of nodes",
    { ...create({ agentNodes: { max: 2 } }), ...pool({ replicas: 3, agent: { ephemeralStorage: "15Gi" } }) },
    "gocd:agents.docker.replicas",
    /3/,
    /at most 2/,
  ],
  [
    "a boot disk that its machine does not take",
    create({ serverNodes: { machineType: "e2-standard-2", diskType: "hyperdisk-balanced" } }),
    "gocd:cluster.create.serverNodes.diskType",
    /hyperdisk-balanced/,
    /attaches to e2-standard-2/,
  ],
  [
    "a disk for artifacts that the server's machine does not take",
    { "gocd:server": { artifactsDiskType: "hyperdisk-balanced" } },
    "gocd:server.artifactsDiskType",
    /hyperdisk-balanced/,
    /attaches to e2-standard-2/,
  ],
  ["a duration without unit", pool({ gracePeriod: "30" }), "gocd:agents.docker.gracePeriod", /30/, /30m/],
  [
    "a resource that GoCD refuses",
    pool({ resources: ["a/b"] }),
    "gocd:agents.docker.resources[0]",
    /"a\/b"/,
    /GoCD name/,
  ],
  ["a resource twice", pool({ resources: ["docker", "docker"] }), "gocd:agents.docker.resources", /docker/, /once/],
  [
    "a resource twice but for capitals",
    pool({ resources: ["docker", "Docker"] }),
    "gocd:agents.docker.resources",
    /"Docker"/,
    /capitals make no difference/,
  ],
  [
    "an environment that another pool spells otherwise",
    {
      ...create({ agentNodes: { max: 9 } }),
      "gocd:agents": { a: { environments: ["test"] }, b: { environments: ["x", "Test"] } },
    },
    "gocd:agents.b.environments[1]",
    /"Test"/,
    /"test", as in gocd:agents.a.environments\[0\]/,
  ],
  [
    "a pool called like the account of every namespace",
    { "gocd:agents": { default: {} } },
    "gocd:agents.default",
    /"default"/,
    /another name/,
  ],
  ["a namespace that does not exist", { "gcod:server": {} }, "gcod:server", /nothing reads/, /gocd:/],
  [
    "a number both broken and too large",
    pool({ replicas: 1e99 }),
    "gocd:agents.docker.replicas",
    /1e\+99/,
    /from 1 to/,
  ],
  [
    "a site URL with GoCD's own path",
    { "gocd:server": { siteUrl: "https://ci.example.com/go" } },
    "gocd:server.siteUrl",
    /\/go/,
    /no path/,
  ],
  [
    "a port that there is not",
    { "gocd:server": { siteUrl: "http://ci.example.com:99999" } },
    "gocd:server.siteUrl",
    /99999/,
    /http/,
  ],
  ["a rotation below one", pool({ rotation: 0 }), "gocd:agents.docker.rotation", /0/, /from 1/],
  [
    "an image by tag",
    { "gocd:images": { prebuilt: { ...PREBUILT, server: "registry.example/server:1.0" } } },
    "gocd:images.prebuilt.server",
    /:1.0/,
    /@sha256:/,
  ],
  [
    "a digest that is too short",
    { "gocd:images": { prebuilt: { ...PREBUILT, agent: "registry.example/agent@sha256:abc" } } },
    "gocd:images.prebuilt.agent",
    /abc/,
    /64 hex/,
  ],
  [
    "an image left out",
    { "gocd:images": { prebuilt: { ...PREBUILT, dind: undefined } } },
    "gocd:images.prebuilt.dind",
    /nothing/,
    /digest/,
  ],
  [
    "images both built and prebuilt",
    { "gocd:images": { registry: "gcr.io", prebuilt: PREBUILT } },
    "gocd:images",
    /gcr.io/,
    /either prebuilt/,
  ],
  [
    "Docker Hub without an account",
    { "gocd:images": { registry: "docker.io" } },
    "gocd:images.registry",
    /docker.io/,
    /gcr.io/,
  ],
  [
    "one of Google's hosts with a path, which is the project's",
    {
      "gocd:cluster": { existing: { context: "kind", storageClass: "standard" } },
      "gocd:images": { registry: "eu.gcr.io/my-project" },
    },
    "gocd:images.registry",
    /my-project/,
    /one of gcr.io/,
  ],
  [
    "a path that Docker would look for on Docker Hub",
    { "gocd:images": { registry: "team/gocd" } },
    "gocd:images.registry",
    /team/,
    /registry.example.com\/team/,
  ],
  [
    "a Google registry where there is no Google",
    {
      "gocd:cluster": { existing: { context: "kind", storageClass: "standard" } },
      "gocd:images": { registry: "gcr.io" },
    },
    "gocd:images.registry",
    /gcr.io/,
    /not Google's/,
  ],
  [
    "a repository to make in a registry that is not Google's",
    { "gocd:images": { registry: "ghcr.io/team", repository: "create" } },
    "gocd:images.repository",
    /create/,
    /nothing: only the repository behind gcr.io/,
  ],
  [
    "a user for a registry of Google's",
    { "gocd:images": { username: "pusher" } },
    "gocd:images.username",
    /pusher/,
    /whoever runs Pulumi pushes to gcr.io/,
  ],
  [
    "a user without a password",
    { "gocd:images": { registry: "ghcr.io/team", username: "pusher" } },
    "gocd:registryPassword",
    /nothing/,
    /pulumi config set --secret gocd:registryPassword/,
  ],
  [
    "images to build where there is no Google",
    { "gocd:cluster": { existing: { context: "kind", storageClass: "standard" } } },
    "gocd:images.prebuilt",
    /nothing/,
    /by digest/,
  ],
  [
    "a schedule in cron's form",
    { "gocd:backup": { schedule: "0 2 * * *" } },
    "gocd:backup.schedule",
    /0 2/,
    /6 or 7 fields/,
  ],
  [
    "an hour that no day has",
    { "gocd:backup": { schedule: "0 0 25 * * ?" } },
    "gocd:backup.schedule",
    /25/,
    /hours is within 0 to 23/,
  ],
  [
    "a schedule with both kinds of day",
    { "gocd:backup": { schedule: "0 0 2 * * *" } },
    "gocd:backup.schedule",
    /\*/,
    /exactly one/,
  ],
  ["snapshots kept for no day", { "gocd:backup": { keepDays: 0 } }, "gocd:backup.keepDays", /0/, /from 1/],
  ["an access that does not exist yet", { "gocd:access": "public" }, "gocd:access", /"public"/, /port-forward/],
  [
    "a site URL without a scheme",
    { "gocd:server": { siteUrl: "ci.example.com" } },
    "gocd:server.siteUrl",
    /ci.example/,
    /http/,
  ],
  [
    "nodes of its own for a pool called like the server's",
    { "gocd:agents": { server: { nodes: {} } } },
    "gocd:agents.server",
    /"server"/,
    /none of server, agents/,
  ],
  [
    "nodes of its own for a pool whose name leaves a node pool's no room",
    { "gocd:agents": { ["a".repeat(24)]: { nodes: {} } } },
    `gocd:agents.${"a".repeat(24)}`,
    /aaaa/,
    /at most 23 characters/,
  ],
  [
    "agents that do not fit the nodes of their own",
    pool({ nodes: { machineType: "e2-standard-2" } }),
    "gocd:agents.docker",
    /2.5 CPU/,
    /e2-standard-2/,
  ],
  [
    "nodes to make in a cluster that exists",
    {
      "gocd:cluster": { existing: { context: "kind", storageClass: "standard" } },
      "gocd:images": { prebuilt: PREBUILT },
      ...pool({ nodes: {} }),
    },
    "gocd:agents.docker.nodes",
    /a map/,
    /not made here; placement names them/,
  ],
  [
    "a placement in a cluster that is made here",
    pool({ placement: { nodeSelector: { "cloud.google.com/gke-nodepool": "ci" } } }),
    "gocd:agents.docker.placement",
    /a map/,
    /makes the nodes.* nodes gives a pool its own/,
  ],
  [
    "a placement of the server in a cluster that is made here",
    create({ serverPlacement: { nodeSelector: { a: "b" } } }),
    "gocd:cluster.create.serverPlacement",
    /does not exist/,
    /serverNodes/,
  ],
  [
    "text for a placement",
    existing({ serverPlacement: "ci" }),
    "gocd:cluster.existing.serverPlacement",
    /"ci"/,
    /nodeSelector, tolerations/,
  ],
  [
    "a placement by something else",
    { ...existing(), ...pool({ placement: { affinity: {} } }) },
    "gocd:agents.docker.placement.affinity",
    /does not exist/,
    /nodeSelector, tolerations/,
  ],
  [
    "a label that is no text",
    existing({ serverPlacement: { nodeSelector: { "cloud.google.com/gke-spot": true } } }),
    "gocd:cluster.existing.serverPlacement.nodeSelector.cloud.google.com/gke-spot",
    /true/,
    /in quotes.*"true"/,
  ],
  [
    "a label's key that is none",
    { ...existing(), ...pool({ placement: { nodeSelector: { "a/b/c": "d" } } }) },
    "gocd:agents.docker.placement.nodeSelector.a/b/c",
    /"a\/b\/c"/,
    /gke-nodepool/,
  ],
  [
    "labels in a list",
    { ...existing(), ...pool({ placement: { nodeSelector: ["a"] } }) },
    "gocd:agents.docker.placement.nodeSelector",
    /a/,
    /a map of labels/,
  ],
  [
    "a single toleration for a list",
    { ...existing(), ...pool({ placement: { tolerations: { key: "ci" } } }) },
    "gocd:agents.docker.placement.tolerations",
    /key/,
    /a list of tolerations/,
  ],
  [
    "a toleration of every taint, the server's among them",
    tolerations({ operator: "Exists" }),
    "gocd:agents.docker.placement.tolerations[0].key",
    /nothing/,
    /a label's or taint's key/,
  ],
  [
    "an effect in GKE's words",
    tolerations({ key: "ci", effect: "NO_SCHEDULE" }),
    "gocd:agents.docker.placement.tolerations[0].effect",
    /NO_SCHEDULE/,
    /NoSchedule, PreferNoSchedule, NoExecute/,
  ],
  [
    "a value that the operator does not look at",
    tolerations({ key: "ci", operator: "Exists", value: "true" }),
    "gocd:agents.docker.placement.tolerations[0].value",
    /"true"/,
    /nothing where operator is Exists/,
  ],
  [
    "a toleration's key that does not exist",
    tolerations({ key: "ci", tolerationSeconds: 60 }),
    "gocd:agents.docker.placement.tolerations[0].tolerationSeconds",
    /does not exist/,
    /key, operator, value, effect/,
  ],
  ["a restored disk that there is not", { "gocd:server": { use: "monday" } }, "gocd:server.use", /monday/, /no name/],
  [
    "another restored disk than there is",
    { "gocd:server": { restored: { sunday: { data: "snap" } }, use: "monday" } },
    "gocd:server.use",
    /monday/,
    /one of sunday/,
  ],
  [
    "a restored disk of nothing",
    { "gocd:server": { restored: { sunday: {} } } },
    "gocd:server.restored.sunday",
    /\{\}/,
    /data, artifacts/,
  ],
  [
    "a snapshot that is none",
    { "gocd:server": { restored: { sunday: { data: "Not A Snapshot" } } } },
    "gocd:server.restored.sunday.data",
    /Not A/,
    /snapshot/,
  ],
  [
    "a disk to restore where there are only claims",
    {
      "gocd:cluster": { existing: { context: "kind", storageClass: "standard" } },
      "gocd:images": { prebuilt: PREBUILT },
      "gocd:server": { restored: { sunday: { data: "snap" } } },
    },
    "gocd:server.restored",
    /sunday/,
    /storage class/,
  ],
  [
    "a backup that has no name",
    { "gocd:backup": { restore: "yesterday" } },
    "gocd:backup.restore",
    /yesterday/,
    /backup_2026/,
  ],
  [
    "a backup to restore where there is no bucket",
    {
      "gocd:cluster": { existing: { context: "kind", storageClass: "standard" } },
      "gocd:images": { prebuilt: PREBUILT },
      "gocd:backup": { restore: "backup_20260101-020000" },
    },
    "gocd:backup.restore",
    /backup_2026/,
    /no bucket/,
  ],
  [
    "a resource that housekeeping uses",
    pool({ resources: ["draining"] }),
    "gocd:agents.docker.resources",
    /draining/,
    /another name/,
  ],
  [
    "a JVM option with a quote",
    { "gocd:server": { jvmOptions: ["-Da='b'"] } },
    "gocd:server.jvmOptions[0]",
    /-Da='b'/,
    /no blanks, quotes/,
  ],
  [
    "a heap among the JVM options",
    { "gocd:server": { jvmOptions: ["-Dfine=1", "-Xmx4g"] } },
    "gocd:server.jvmOptions[1]",
    /-Xmx4g/,
    /gocd:server\.heap/,
  ],
  [
    "a JVM option that opens the server to local agents",
    { "gocd:server": { jvmOptions: ["-Dgo.auto.register.local.agent.enabled=true"] } },
    "gocd:server.jvmOptions[0]",
    /local\.agent/,
    /never approved unseen/,
  ],
  [
    "a plugin without a checksum",
    { "gocd:server": { plugins: { oauth: { url: "https://example.org/a.jar" } } } },
    "gocd:server.plugins.oauth.sha256",
    /nothing/,
    /64 hex digits/,
  ],
  [
    "a plugin whose name is a path",
    { "gocd:server": { plugins: { "../x": { url: "https://example.org/a.jar", sha256: "a".repeat(64) } } } },
    "gocd:server.plugins.../x",
    /\.\.\/x/,
    /a name of letters/,
  ],
  [
    "a configuration repository with a password in its address",
    { "gocd:server": { configRepository: { url: "https://user:hunter2@example.org/x.git" } } },
    "gocd:server.configRepository.url",
    /./,
    /starts with http/,
  ],
  [
    "a branch that looks like an option",
    { "gocd:server": { configRepository: { url: "https://example.org/x.git", branch: "--upload-pack=x" } } },
    "gocd:server.configRepository.branch",
    /upload-pack/,
    /name of a branch/,
  ],
  [
    "credentials in plain text",
    { "gocd:configRepositoryCredentials": "x" },
    "gocd:configRepositoryCredentials",
    /^plain text$/,
    /--secret/,
  ],
  ["a secret in plain text", { "gocd:adminPassword": "hunter2" }, "gocd:adminPassword", /^plain text$/, /--secret/],
];

describe("bad settings", () => {
  test.each(BAD)(
    "%s is refused by its key, with what was found and what is wanted",
    (_what, change, key, found, wanted) => {
      const problems = problemsOf(() => parse({ ...STACK, ...change }));
      const problem = problems.find((one) => one.key === key);
      expect({ keys: problems.map((one) => one.key), found: problem?.found, wanted: problem?.wanted }).toEqual({
        keys: [key],
        found: expect.stringMatching(found) as string,
        wanted: expect.stringMatching(wanted) as string,
      });
    },
  );

  test("are reported all at once, across parts and kinds", () => {
    const problems = problemsOf(() =>
      parse({
        ...STACK,
        "gcp:zone": "europe-west1-b",
        "gocd:backup": { schedule: "never" },
        "gocd:server": { disk: "5Gi" },
        "gocd:agents": { docker: { replicas: 0 }, Bad: {} },
        "gocd:typo": 1,
      }),
    );
    expect(problems.map(({ key }) => key).sort()).toEqual([
      "gcp:zone",
      "gocd:agents.Bad",
      "gocd:agents.docker.replicas",
      "gocd:backup.schedule",
      "gocd:server.disk",
      "gocd:typo",
    ]);
  });

  test("are reported beside others of the same part, at every level and whichever check finds them", () => {
    const problems = problemsOf(() =>
      parse({
        ...STACK,
        "gcp:project": "My Project",
        "gcp:zone": "europe-west1-b",
        "gocd:cluster": {
          create: { releaseChannel: "FAST", agentNodes: { disk: "1Gi" }, ranges: { pods: "10.0.0.1/8" } },
        },
        "gocd:server": { disk: "5Gi", siteUrl: "ftp://x", egress: ["x", "y"], use: "monday" },
        "gocd:agents": {
          Bad: { replicas: 0, dind: { ram: 1 } },
          docker: { dind: { cpu: -1 }, gracePeriod: "3h", resources: ["a", "A"] },
          large: { dind: { cpu: 30 } },
        },
        "gocd:images": { prebuilt: { server: "x:1", agent: PREBUILT["agent"] } },
      }),
    );
    expect(problems.map(({ key }) => key).sort()).toEqual([
      "gcp:project",
      "gcp:zone",
      "gocd:agents.Bad",
      "gocd:agents.Bad.dind.ram",
      "gocd:agents.Bad.replicas",
      "gocd:agents.docker.dind.cpu",
      "gocd:agents.docker.gracePeriod",
      "gocd:agents.docker.resources",
      "gocd:agents.large",
      "gocd:cluster.create.agentNodes.disk",
      "gocd:cluster.create.ranges.pods",
      "gocd:cluster.create.releaseChannel",
      "gocd:images.prebuilt.dind",
      "gocd:images.prebuilt.housekeeping",
      "gocd:images.prebuilt.server",
      "gocd:server.disk",
      "gocd:server.egress[0]",
      "gocd:server.egress[1]",
      "gocd:server.siteUrl",
      "gocd:server.use",
    ]);
  });

  test("are not held against each other: what depends on a wrong value is not judged by its default", () => {
    const problems = problemsOf(() =>
      parse({
        ...STACK,
        "gcp:region": "central",
        "gocd:cluster": {
          create: { agentNodes: { machineType: "big one", max: 20 }, serverNodes: { machineType: 7 } },
        },
        "gocd:server": { cpu: "30", heap: "60Gi" },
        "gocd:agents": { docker: { replicas: 9, dind: { cpu: 30, memory: "100Gi" } } },
      }),
    );
    expect(problems.map(({ key }) => key).sort()).toEqual([
      "gcp:region",
      "gocd:cluster.create.agentNodes.machineType",
      "gocd:cluster.create.serverNodes.machineType",
    ]);
  });

  test("are problems, never crashes, whatever stands in the file", () => {
    const words = fc.constantFrom(
      "create",
      "existing",
      "docker",
      "dind",
      "nodes",
      "restored",
      "prebuilt",
      "x",
      "__proto__",
    );
    const { value } = fc.letrec<{ readonly value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        fc.jsonValue({ maxDepth: 0 }),
        fc.dictionary(words, tie("value"), { maxKeys: 4 }),
        fc.array(tie("value"), { maxLength: 2 }),
      ),
    }));
    const keys = Object.keys(STACK).concat("gocd:server", "gocd:images", "gocd:backup");
    const stacks = fc.dictionary(fc.constantFrom(...keys), value);
    fc.assert(
      fc.property(stacks, (changes) => {
        const places = problemsOf(() => parse({ ...STACK, ...changes })).map(({ key, wanted }) => `${key} ${wanted}`);
        expect(places).toEqual([...new Set(places)]);
      }),
      { numRuns: 500 },
    );
  });

  test("of a cluster that exists are not taken for those of one that is made here", () => {
    const problems = problemsOf(() =>
      parse({
        "gocd:cluster": { existing: { storageClass: "standard" } },
        "gocd:agents": { docker: { placement: { nodeSelector: { a: "b" } }, dind: { cpu: 64 } } },
        "gocd:images": { prebuilt: PREBUILT },
      }),
    );
    expect(problems.map(({ key }) => key)).toEqual(["gocd:cluster.existing.context"]);
  });

  test("quote no secret, neither one under its own key nor one under a plain key", () => {
    const config = { ...STACK, "gocd:server": { siteUrl: "canary-7f3a" }, "gocd:adminPassword": "canary-9b2c" };
    const problems = problemsOf(() => parse(config, "dev", ["gocd:server", "gocd:adminPassword"]));
    expect(problems.map(({ key, found }) => [key, found])).toEqual([["gocd:server", "a secret"]]);
    expect(JSON.stringify(problems)).not.toContain("canary");
  });

  test("cannot reach the terminal with control characters", () => {
    const problems = problemsOf(() =>
      parse({ ...STACK, "gocd:server": { "\u001b[2J": 1, disk: "\u001b[31m\u009b5" } }),
    );
    expect(problems).toHaveLength(2);
    // eslint-disable-next-line no-control-regex -- control characters are what this looks for
    expect(JSON.stringify(problems).match(/[\u0000-\u001f\u007f-\u009f]/)).toBeNull();
  });

  test.each(["Dev", "dev_1", "1dev", "a".repeat(19), "", "dev-agents", "dev-data", "dev-data-x", "dev-artifacts"])(
    "refuse the stack name %j, which becomes part of others",
    (name) => {
      expect(problemsOf(() => parse(STACK, name)).map(({ key }) => key)).toEqual(["stack"]);
    },
  );
});

describe("good settings", () => {
  test("need no more than a place, a cluster and a pool", () => {
    expect(parse(STACK)).toMatchObject({
      name: "gocd-dev",
      cluster: { mode: "create", google: { zone: "us-central1-a" } },
      storage: { mode: "disks", google: { zone: "us-central1-a" } },
      images: { mode: "google", project: "my-project", registry: "gcr.io", repository: "create" },
      agents: [{ name: "docker", replicas: 2, rotation: 1 }],
    });
  });

  test("may have nothing behind the colon of a part whose every key has a default", () => {
    const empty = { "gocd:server": "", "gocd:images": "", "gocd:access": "", "gocd:backup": "" };
    expect(parse({ ...STACK, ...empty })).toEqual(parse(STACK));
  });

  test("give jobs half an hour by default, and on spot nodes what these give", () => {
    const pools = { shared: {}, own: { nodes: { spot: true } }, longer: { gracePeriod: "3540s" } };
    const periods = (stack: Stack) => parse(stack).agents.map(({ name, gracePeriod }) => [name, gracePeriod]);
    expect(periods({ ...STACK, "gocd:agents": pools })).toEqual([
      ["longer", "3540s"],
      ["own", "45s"],
      ["shared", "30m"],
    ]);
    expect(periods({ ...STACK, ...create({ agentNodes: { spot: true } }) })).toEqual([["docker", "45s"]]);
  });

  test("need nothing of Google's where claims come from a storage class", () => {
    const settings = parse({
      "gocd:cluster": { existing: { context: "kind-gocd", storageClass: "standard" } },
      "gocd:agents": { docker: {} },
      "gocd:images": { prebuilt: PREBUILT },
    });
    expect(settings).toMatchObject({
      storage: { mode: "class", storageClass: "standard" },
      images: { mode: "prebuilt" },
    });
    expect(JSON.stringify(settings)).not.toContain("google");
  });

  test("name nodes of a cluster that exists, for the server and by pool", () => {
    const spot = { key: "cloud.google.com/gke-spot", operator: "Equal", value: "true", effect: "NoSchedule" };
    const placement = {
      nodeSelector: { "cloud.google.com/gke-nodepool": "ci-spot", "cloud.google.com/gke-spot": "true", empty: "" },
      tolerations: [spot, { key: "ci" }, { key: "example.com/any", operator: "Exists" }],
    };
    const settings = parse({
      ...STACK,
      ...existing({ serverPlacement: { nodeSelector: { "cloud.google.com/gke-nodepool": "ci" } } }),
      "gocd:agents": { anywhere: {}, spot: { placement } },
    });
    expect(settings.cluster).toMatchObject({
      serverPlacement: { nodeSelector: { "cloud.google.com/gke-nodepool": "ci" }, tolerations: [] },
    });
    expect(settings.agents.map((each) => each.placement)).toEqual([undefined, placement]);
  });

  test("list pools in the order of their names, whatever the file's", () => {
    const settings = parse({ ...STACK, ...create({ agentNodes: { max: 9 } }), "gocd:agents": { zebra: {}, ant: {} } });
    expect(settings.agents.map(({ name }) => name)).toEqual(["ant", "zebra"]);
  });

  test("accept CPU as a number and as text", () => {
    const settings = parse({ ...STACK, ...pool({ agent: { cpu: 0.5 }, dind: { cpu: 1 } }) });
    expect(settings.agents[0]).toMatchObject({ agent: { cpu: "0.5" }, dind: { cpu: "1" } });
  });

  test.each([
    ["ghcr.io/team", undefined],
    ["docker.io/team", "pusher"],
    ["registry.example.com:5000", undefined],
    ["localhost:5000/a/b-c", undefined],
    ["us-docker.pkg.dev/my-project/gocd", "oauth2accesstoken"],
  ])("push to %s as %s", (registry, username) => {
    const images = { registry, ...(username !== undefined && { username }) };
    const password = username === undefined ? {} : { "gocd:registryPassword": "canary" };
    expect(parse({ ...STACK, "gocd:images": images, ...password }, "dev", ["gocd:registryPassword"]).images).toEqual({
      mode: "registry",
      ...images,
    });
  });

  test.each([
    ["a registry's password without its user", { registry: "ghcr.io/team" }, "gocd:images.username", /belongs to/],
    ["a registry's password that nobody asks for", {}, "gocd:registryPassword", /nothing/],
    ["a registry's password with images built elsewhere", { prebuilt: PREBUILT }, "gocd:registryPassword", /nothing/],
  ])("refuse %s, and do not quote it", (_, images, key, wanted) => {
    const config = { ...STACK, "gocd:images": images, "gocd:registryPassword": "canary-5c1d" };
    const problems = problemsOf(() => parse(config, "dev", ["gocd:registryPassword"]));
    expect(problems).toEqual([
      { key, found: expect.any(String) as string, wanted: expect.stringMatching(wanted) as string },
    ]);
    expect(JSON.stringify(problems)).not.toContain("canary-5c1d");
  });

  test("take the default of Pulumi.yaml, an empty text, as no password", () => {
    expect(problemsOf(() => parse({ ...STACK, "gocd:adminPassword": "" }))).toEqual([]);
  });
});
