import { z } from "zod";
import { quartzProblem } from "./cron";
import {
  choice,
  cidr,
  cpu,
  digest,
  duration,
  gocdName,
  labelKey,
  labelValue,
  machineType,
  map,
  origin,
  registry,
  size,
  snapshot,
  text,
  url,
  whole,
} from "./values";

/** A name that becomes part of a disk's name. */
const RESTORED_NAME = /^[a-z0-9]([a-z0-9-]{0,14}[a-z0-9])?$/;

/** A DNS label short enough for a StatefulSet whose pods carry it in the label `controller-revision-hash` (63 − 11, and room for suffixes). */
const POOL_NAME = /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/;

const nodes = z.strictObject(
  {
    machineType: machineType.default("e2-standard-4").describe("machine type"),
    disk: size.default("50Gi").describe("boot disk"),
    max: whole("a whole number of nodes from 1 to 100", 1, 100)
      .default(4)
      .describe("most nodes that the autoscaler may start"),
    spot: z
      .boolean({ error: "true or false" })
      .default(false)
      .describe("cheaper nodes that Google may take back at any time"),
  },
  map("a map with machineType, disk, max, spot"),
);

const toleration = z
  .strictObject(
    {
      key: labelKey,
      operator: choice("Equal", "Exists").optional(),
      value: labelValue.optional(),
      effect: choice("NoSchedule", "PreferNoSchedule", "NoExecute").optional(),
    },
    map("a map with key, operator, value, effect"),
  )
  .refine(({ operator, value }) => operator !== "Exists" || value === undefined, {
    path: ["value"],
    error: "nothing where operator is Exists, which goes past every value",
  });

/** Nodes that somebody else labels and taints, in Kubernetes' own terms, for these pods. */
const placement = (pods: string) =>
  z
    .strictObject(
      {
        nodeSelector: z
          .record(
            labelKey,
            labelValue.describe(`label of the nodes that ${pods} go to, such as cloud.google.com/gke-nodepool: NAME`),
            map("a map of labels"),
          )
          .default({}),
        tolerations: z
          .array(toleration, { error: "a list of tolerations, each with key, operator, value, effect" })
          .default([])
          .describe(`taints that do not keep ${pods} off`),
      },
      map("a map with nodeSelector, tolerations"),
    )
    .optional();

const create = z.strictObject(
  {
    releaseChannel: choice("RAPID", "REGULAR", "STABLE", "EXTENDED")
      .default("REGULAR")
      .describe("GKE release channel that upgrades control plane and nodes"),
    serverNodes: z
      .strictObject(
        {
          machineType: machineType
            .default("e2-standard-2")
            .describe("machine type of the node that runs server and housekeeping"),
          disk: size.default("50Gi").describe("boot disk"),
        },
        map("a map with machineType, disk"),
      )
      .prefault({}),
    agentNodes: nodes.prefault({}).describe("nodes of every pool that has none of its own"),
    ranges: z
      .strictObject(
        {
          nodes: cidr.default("10.10.0.0/20").describe("primary range of the subnetwork"),
          pods: cidr.default("10.20.0.0/16").describe("secondary range for pods; GKE gives each node a /24 of it"),
          services: cidr.default("10.30.0.0/20").describe("secondary range for Services"),
        },
        map("a map with nodes, pods, services"),
      )
      .prefault({}),
  },
  map("a map with releaseChannel, serverNodes, agentNodes, ranges"),
);

const existing = z.strictObject(
  {
    context: text("the name of a kubeconfig context", /^\S.*$/).describe("kubeconfig context of the cluster"),
    storageClass: text("the name of a StorageClass", /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/)
      .optional()
      .describe("class that every claim comes from; leave it out on GKE, where the server's disks are Google disks"),
    nodeVolumes: z
      .boolean({ error: "true or false" })
      .default(false)
      .describe("let claims have directories of the node, as on kind, k3s or minikube"),
    serverPlacement: placement("server and housekeeping").describe(
      "nodes that server and housekeeping go to; wherever there is room if absent",
    ),
  },
  map("a map with context, serverPlacement and, off GKE, storageClass, nodeVolumes"),
);

export const cluster = z
  .strictObject({ create: create.optional(), existing: existing.optional() }, map("a map with create or existing"))
  .refine((value) => (value.create === undefined) !== (value.existing === undefined), {
    error: "exactly one of create, existing",
  });

/** What the program sets itself, with the reason. */
const OWN_JVM_OPTIONS = /^-(Xm[sx]|Dgo\.auto\.register\.local\.agent\.enabled)/;

const jvmOption = text(
  "an option such as -Dhttp.proxyHost=proxy.example: no blanks, quotes, backslashes, $, %, # or backquotes",
  /^-[A-Za-z][^\s'"\\$%#`]*$/,
).refine((value) => !OWN_JVM_OPTIONS.test(value), {
  error:
    "nothing that the program sets itself: the heap is gocd:server.heap, and local agents are never approved unseen",
});

const plugin = z.strictObject(
  {
    url: url.describe("where its jar is downloaded from, once"),
    sha256: text("64 hex digits", /^[0-9a-f]{64}$/).describe("checksum of the jar; another one is refused"),
  },
  map("a map with url, sha256"),
);

const configRepository = z.strictObject(
  {
    url: url.describe("Git repository with a cruise-config.xml that asks for a log-in"),
    branch: text("the name of a branch", /^\w[\w./-]*$/)
      .optional()
      .describe("branch; the repository's own default if absent"),
  },
  map("a map with url, branch"),
);

export const server = z.strictObject(
  {
    disk: size.default("30Gi").describe("disk for configuration, database and plugins"),
    artifacts: size.default("100Gi").describe("disk for artifacts and logs of jobs"),
    diskType: choice("pd-balanced", "pd-ssd", "pd-standard", "hyperdisk-balanced")
      .default("pd-balanced")
      .describe("type of both disks; changing it replaces them"),
    heap: size.default("1Gi").describe("heap of the server's JVM, fixed (-Xms = -Xmx)"),
    cpu: cpu.default("500m").describe("CPU request"),
    siteUrl: origin.default("http://127.0.0.1:8153").describe("address people use, without /go"),
    jvmOptions: z
      .array(jvmOption, { error: "a list of JVM options" })
      .default([])
      .describe("further options of the server's JVM"),
    plugins: z
      .record(
        text("a name of letters, digits, dots, dashes and underscores", /^[A-Za-z0-9][\w.-]*$/),
        plugin,
        map("a map of plugins by a name of your own"),
      )
      .default({})
      .describe("GoCD plugins, kept on the disk; one that is taken away here goes from there"),
    configRepository: configRepository
      .optional()
      .describe(
        "what the first boot starts from in place of this program's configuration; afterwards it is not looked at",
      ),
    egress: z
      .array(cidr, { error: "a list of IPv4 ranges" })
      .default([])
      .describe("private ranges the server may reach, such as an internal Git server"),
    restored: z
      .record(
        text("a name of at most 16 characters: small letters, digits, dashes", RESTORED_NAME),
        z
          .strictObject(
            {
              data: snapshot.optional().describe("makes a second disk for configuration, database and plugins"),
              artifacts: snapshot.optional().describe("makes a second disk for artifacts"),
            },
            map("a map with data, artifacts"),
          )
          .refine((disks) => Object.keys(disks).length > 0, { error: "at least one of data, artifacts" }),
        map("a map of snapshots by a name of your own"),
      )
      .default({})
      .describe("disks made from snapshots, or empty ones to restore a backup into, beside the first ones"),
    use: z
      .string({ error: "a name of gocd:server.restored" })
      .optional()
      .describe("which of the restored disks the server uses; the first ones if absent"),
  },
  map(
    "a map with disk, artifacts, diskType, heap, cpu, siteUrl, jvmOptions, plugins, configRepository, egress, restored, use",
  ),
);

const pool = z.strictObject(
  {
    replicas: whole("a whole number of agents from 1 to 200", 1, 200)
      .default(1)
      .describe("agents in the pool, each with its own Docker daemon"),
    resources: z
      .array(gocdName, { error: "a list of GoCD resource names" })
      .default([])
      .describe("GoCD resources of every agent"),
    environments: z
      .array(gocdName, { error: "a list of GoCD environment names" })
      .default([])
      .describe("GoCD environments of every agent"),
    workspace: size.default("50Gi").describe("claim for the jobs' working directories"),
    cache: size.default("100Gi").describe("claim for the daemon's images and build cache"),
    rotation: whole("a whole number from 1", 1, 1_000_000)
      .default(1)
      .describe("raise it to make new certificates and restart the pool, one agent after the other"),
    gracePeriod: duration.default("30m").describe("how long a stopping agent may finish its job"),
    workloadIdentity: z
      .boolean({ error: "true or false" })
      .default(false)
      .describe("let jobs reach the metadata server and act as the pool's service account"),
    egress: z
      .array(cidr, { error: "a list of IPv4 ranges" })
      .default([])
      .describe("private ranges that jobs may reach beside the internet"),
    nodes: nodes.optional().describe("nodes of this pool alone, where the cluster is made here"),
    placement: placement("the pool's agents").describe(
      "nodes that this pool goes to, where the cluster exists; wherever there is room if absent",
    ),
    image: digest.optional().describe("agent image of this pool alone, built from images/agent with other tools in it"),
    agent: z
      .strictObject(
        {
          cpu: cpu.default("500m").describe("CPU request of the agent's own container"),
          memory: size.default("1Gi").describe("memory request and limit of the agent's own container"),
        },
        map("a map with cpu, memory"),
      )
      .prefault({}),
    dind: z
      .strictObject(
        {
          cpu: cpu.default("2").describe("CPU request of daemon and jobs' containers"),
          memory: size.default("4Gi").describe("memory request and limit of daemon and jobs' containers"),
          mtu: whole("a whole number from 576 to 8896", 576, 8896)
            .default(1460)
            .describe("MTU of Docker's networks; no more than the pod network's"),
          mirrors: z
            .array(url, { error: "a list of URLs" })
            .default(["https://mirror.gcr.io"])
            .describe("registry mirrors for docker.io"),
          addressPools: z
            .array(cidr, { error: "a list of IPv4 ranges" })
            .min(1, { error: "at least one IPv4 range" })
            .default(["172.30.0.0/16"])
            .describe("ranges that Docker's networks are cut from"),
        },
        map("a map with cpu, memory, mtu, mirrors, addressPools"),
      )
      .prefault({}),
  },
  map("a map with replicas, resources, environments, workspace, cache, …"),
);

export const agents = z
  .record(
    text("a pool name: a DNS label of at most 40 characters that starts with a letter", POOL_NAME),
    pool,
    map("a map of pools by name"),
  )
  .refine((pools) => Object.keys(pools).length > 0, { error: "at least one pool" });

export const images = z
  .strictObject(
    {
      registry: registry
        .optional()
        .describe(
          "where the images are pushed to: one of Google's hosts, or any registry with its path; default gcr.io",
        ),
      username: text("the name of a user of the registry", /^[!-~]+$/)
        .optional()
        .describe(
          "who pushes to a registry that is not one of Google's hosts, with the secret gocd:registryPassword; without both, " +
            "whoever docker login has logged in where Pulumi runs",
        ),
      repository: choice("create", "existing")
        .optional()
        .describe("whether this stack makes the project's one gcr.io repository; default create"),
      prebuilt: z
        .strictObject(
          {
            server: digest.describe("image built from images/server"),
            agent: digest.describe("image built from images/agent"),
            dind: digest.describe("image built from images/dind"),
            housekeeping: digest.describe("image built from images/housekeeping"),
          },
          map("a map with server, agent, dind, housekeeping"),
        )
        .optional()
        .describe("images built elsewhere; with them no Docker daemon is needed where Pulumi runs"),
    },
    map("a map with registry, username, repository, or with prebuilt"),
  )
  .refine(({ prebuilt, ...built }) => prebuilt === undefined || Object.keys(built).length === 0, {
    error: "either prebuilt, or registry, username and repository",
  });

export const access = z
  .literal("port-forward", { error: '"port-forward", the only way so far' })
  .describe("how people reach GoCD");

export const backup = z.strictObject(
  {
    schedule: z
      .string({ error: 'a Quartz schedule such as "0 0 2 * * ?"' })
      .refine((value) => quartzProblem(value) === undefined, {
        error: (issue) => quartzProblem(String(issue.input)) ?? "",
      })
      .default("0 0 2 * * ?")
      .describe("when GoCD backs itself up, as a Quartz schedule in UTC"),
    keepDays: whole("a whole number of days from 1 to 3650", 1, 3650)
      .default(30)
      .describe("how long disk snapshots and backups are kept"),
    restore: text("the name of a backup, such as backup_20260101-020000", /^backup_\d{8}-\d{6}$/)
      .optional()
      .describe("backup in the bucket to start from where the server's disk is empty; harmless if it stays"),
  },
  map("a map with schedule, keepDays, restore"),
);

const PROJECT = /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/;

/** Google's own keys; needed unless the cluster exists outside Google. */
export const google = z.object({
  project: text("a Google Cloud project id", PROJECT).describe("where everything is made"),
  region: text("a Compute Engine region such as us-central1", /^[a-z]+-[a-z]+\d+$/).describe(
    "of network and snapshots",
  ),
  zone: text("a Compute Engine zone such as us-central1-a", /^[a-z]+-[a-z]+\d+-[a-z]$/).describe(
    "of the disks, and so of cluster and nodes",
  ),
});

/** Every key under `gocd:` that is not a secret, with the schema of its value. */
export const GOCD = { cluster, server, agents, images, access, backup } as const;

/** Secret keys: read as Outputs, never as plain text, so they have no schema. */
export const SECRETS = ["adminPassword", "registryPassword", "configRepositoryCredentials"] as const;
