import * as pulumi from "@pulumi/pulumi";
import { AgentPool } from "./components/agents/component";
import { agentToken, agentUuid, podNames } from "./components/agents/identity";
import { Backup } from "./components/backup/component";
import { Certificates } from "./components/certificates/component";
import { Cluster, ExistingCluster } from "./components/cluster/component";
import { Credentials } from "./components/credentials/component";
import { passwordFile } from "./components/credentials/passwords";
import { Disks } from "./components/disks/component";
import { Guardrails } from "./components/guardrails/component";
import { Housekeeping } from "./components/housekeeping/component";
import { HOUSEKEEPING_PORT } from "./components/housekeeping/housekeeping";
import { Images } from "./components/images/component";
import { Network } from "./components/network/component";
import { Server } from "./components/server/component";
import { purgeOf } from "./components/server/cruise-config";
import { HAND_OVER_BACKUP, METRICS_PORT, PORT, PRUNE_BACKUPS, SERVER } from "./components/server/server";
import { Volume } from "./components/volumes/component";
import { readSecrets, readSettings } from "./settings/load";
import type { Settings } from "./settings/types";

const settings = readSettings();
const { name, server, storage } = settings;
const secrets = readSecrets();
const environments = [...new Set(settings.agents.flatMap((pool) => pool.environments))].sort();

// What outlives the cluster: nothing here refers to it.
const credentials = new Credentials(name, secrets);
const images = new Images(name, { ...settings.images, password: secrets.registryPassword });
const sources = storage.mode === "disks" ? disks(storage) : classes(storage.storageClass);

const cluster = settings.cluster.mode === "create" ? gke(settings.cluster) : existing(settings.cluster);
// The bucket outlives it, too; but whoever writes to the bucket is known to Google only once there is a cluster.
const backup = storage.mode === "disks" ? backups(storage) : undefined;
const inCluster = { provider: cluster.kubernetes };
const { namespaces } = new Guardrails(
  name,
  {
    server: {
      port: PORT,
      metricsPort: backup && METRICS_PORT,
      egress: server.egress,
      workloadIdentity: backup !== undefined,
    },
    housekeeping: { port: HOUSEKEEPING_PORT },
    pools: settings.agents,
    dindRepository: images.dindRepository,
    nodeVolumes: settings.cluster.mode === "existing" && settings.cluster.nodeVolumes ? "allow" : "refuse",
  },
  inCluster,
);

const volume = { instance: name, namespace: namespaces.server };
const data = new Volume(sources.data.name, { ...volume, size: server.disk, source: sources.data }, inCluster);
const artifacts = new Volume(
  sources.artifacts.name,
  { ...volume, size: server.artifacts, source: sources.artifacts },
  inCluster,
);
const managed = {
  siteUrl: server.siteUrl,
  backupSchedule: settings.backup.schedule,
  postBackupScript: backup ? HAND_OVER_BACKUP : PRUNE_BACKUPS,
  purge: purgeOf(server.artifacts),
  environments,
};
const gocd = new Server(
  name,
  {
    ...server,
    ...managed,
    namespace: namespaces.server,
    image: images.references.server,
    placement: cluster.placement.server,
    backup: backup && {
      bucket: backup.bucket,
      folder: backup.folder,
      image: images.references.housekeeping,
      restore: settings.backup.restore,
    },
    keepDays: settings.backup.keepDays,
    claims: { data: data.claim, artifacts: artifacts.claim },
    keys: credentials.keys,
    admins: ["admin", "housekeeping"],
    gitCredentials: secrets.configRepositoryCredentials,
    passwordFile: pulumi.all([credentials.admin.hash, credentials.housekeeping.hash]).apply(([admin, housekeeping]) =>
      passwordFile([
        { name: "admin", hash: admin },
        { name: "housekeeping", hash: housekeeping },
      ]),
    ),
  },
  inCluster,
);

const pools = settings.agents.map((pool) => ({
  ...pool,
  pods: podNames(pool.name, pool.replicas).map((pod) => ({ pod, ...identity(pod) })),
}));
const housekeeping = new Housekeeping(
  name,
  {
    namespace: namespaces.server,
    agentsNamespace: namespaces.agents,
    image: images.references.housekeeping,
    placement: cluster.placement.server,
    serverUrl: gocd.url,
    username: "housekeeping",
    password: credentials.housekeeping.plain,
    managed,
    agents: pools.flatMap(({ name: pool, pods, resources, environments }) =>
      pods.map(({ pod, uuid }) => ({ hostname: pod, pool, uuid, resources, environments })),
    ),
    tokenGenerationKey: credentials.keys.tokenGenerationKey,
  },
  inCluster,
);

for (const { name: pool, pods, rotation, image, ...shape } of pools) {
  const certificates = new Certificates(`${name}-${pool}`, { pods: pods.map(({ pod }) => pod), rotation });
  new AgentPool(
    `${name}-${pool}`,
    {
      ...shape,
      pool,
      rotation,
      instance: name,
      namespace: namespaces.agents,
      images: { agent: image ?? images.references.agent, dind: images.references.dind },
      placement: cluster.placement.agents(pool),
      storageClass: storage.storageClass,
      serverUrl: gocd.url,
      housekeepingUrl: housekeeping.url,
      certificates: certificates.agents,
      identities: new Map(pods.map(({ pod, uuid, token }) => [pod, { uuid, token }])),
    },
    inCluster,
  );
}

/** Opens GoCD on http://127.0.0.1:8153 for as long as it runs. */
export const open = pulumi.interpolate`kubectl --namespace ${namespaces.server} port-forward service/${SERVER} ${PORT}`;
/** Makes `kubectl` talk to the cluster. */
export const kubectl = cluster.connect;
export const adminPassword = credentials.admin.plain;
/** For agents that people attach themselves; this program's own need none. */
export const autoRegisterKey = credentials.keys.autoRegisterKey;

/** Who a pod's agent is to the server, derived so that it stays the same whatever happens to disks and clusters. */
function identity(pod: string) {
  const uuid = credentials.identityKey.apply((key) => agentUuid(key, pod));
  return {
    uuid,
    token: pulumi.all([credentials.keys.tokenGenerationKey, uuid]).apply(([key, id]) => agentToken(key, id)),
  };
}

function disks({ google }: Extract<Settings["storage"], { readonly mode: "disks" }>) {
  const { diskType: type, restored, use } = server;
  const sizes = { data: server.disk, artifacts: server.artifacts };
  return new Disks(name, { ...google, type, sizes, restored, use, keepDays: settings.backup.keepDays });
}

function backups({ google }: Extract<Settings["storage"], { readonly mode: "disks" }>) {
  const writer = { namespace: name, serviceAccount: SERVER };
  const { identityPool } = cluster;
  return new Backup(name, { ...google, writer, identityPool, keepDays: settings.backup.keepDays });
}

function classes(storageClass: string) {
  return { data: { name: `${name}-data`, storageClass }, artifacts: { name: `${name}-artifacts`, storageClass } };
}

function existing(shape: Extract<Settings["cluster"], { readonly mode: "existing" }>) {
  return new ExistingCluster(name, shape);
}

function gke({ google, ranges, ...shape }: Extract<Settings["cluster"], { readonly mode: "create" }>) {
  const network = new Network(name, { region: google.region, ranges });
  const { repository } = images;
  return new Cluster(name, {
    ...shape,
    ...network.place,
    project: google.project,
    location: google.zone,
    ...(repository && { repository }),
  });
}
