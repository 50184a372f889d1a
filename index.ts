import { FrontAccess } from "./components/access/component";
import { visitorsOf } from "./components/access/visitors";
import { AgentPool } from "./components/agents/component";
import { podNames } from "./components/agents/pods";
import { Backup } from "./components/backup/component";
import { Builds } from "./components/builds/component";
import { Certificates } from "./components/certificates/component";
import { Cluster, ExistingCluster } from "./components/cluster/component";
import { Credentials } from "./components/credentials/component";
import { Disks } from "./components/disks/component";
import { GoogleAccess } from "./components/google-access/component";
import { Guardrails } from "./components/guardrails/component";
import { Housekeeping } from "./components/housekeeping/component";
import { Images } from "./components/images/component";
import { Network } from "./components/network/component";
import { Roles } from "./components/roles/component";
import { Server } from "./components/server/component";
import { managedSettings } from "./components/server/managed";
import { PORT } from "./components/server/server";
import { Volume } from "./components/volumes/component";
import type { Create } from "./settings/cluster";
import { readSecrets, readSettings } from "./settings/load";

const settings = readSettings();
const { name, server, storage, cluster: clusterSpec, environments, access, roles, builds: pushes } = settings;
const { schedule: backupSchedule, keepDays, restore, otherServer } = settings.backup;
const secrets = readSecrets();

// What outlives the cluster: nothing here refers to it.
const credentials = new Credentials(name, { ...secrets, users: Object.keys(server.users) });
const images = new Images(name, { ...settings.images, password: secrets.registryPassword });
const google = storage.mode === "disks" ? storage.google : undefined;
const { disk: data, artifacts, siteUrl } = server;
const disks = google && new Disks(name, { ...google, ...server, sizes: { data, artifacts }, keepDays });

const cluster = clusterSpec.mode === "create" ? gke(clusterSpec) : new ExistingCluster(name, clusterSpec);
// The bucket outlives it, too; but whoever writes to the bucket is known to Google only once there is a cluster.
const { identityPool, subnetwork } = cluster;
const backup = google && new Backup(name, { ...google, ...settings.backup, identityPool });
const builds = google && pushes.pools.length > 0 && new Builds(name, { ...google, ...pushes, identityPool });
const inCluster = { provider: cluster.kubernetes };
const { namespaces } = new Guardrails(
  name,
  {
    server: { ...server, backup: Boolean(backup), visitors: visitorsOf(access) },
    pools: settings.agents,
    dindRepository: images.dindRepository,
    ...clusterSpec,
    agentGrants: builds ? builds.grants : [],
  },
  inCluster,
);

const managed = managedSettings({ siteUrl, backupSchedule, environments, artifacts, bucket: backup !== undefined });
const gocd = new Server(
  name,
  {
    ...server,
    ...managed,
    namespace: namespaces.server,
    images: images.references,
    placement: cluster.placement.server,
    backup: backup && { ...backup.place, restore, otherServer },
    keepDays,
    claims: { data: claim("data", data), artifacts: claim("artifacts", artifacts) },
    keys: credentials.keys,
    admins: credentials.users,
    passwordFile: credentials.passwordFile,
    gitCredentials: secrets.configRepositoryCredentials,
    gitSsh: secrets.gitSsh,
  },
  inCluster,
);

const pools = settings.agents.map((pool) => ({ ...pool, identities: credentials.agents(podNames(pool)) }));
const housekeeping = new Housekeeping(
  name,
  {
    namespaces,
    company: server.company,
    image: images.references.housekeeping,
    placement: cluster.placement.server,
    serverUrl: gocd.url,
    password: credentials.housekeeping.plain,
    managed,
    owned: { settings: server, secrets: secrets.serverSecrets },
    pools,
    tokenGenerationKey: credentials.keys.tokenGenerationKey,
  },
  inCluster,
);

for (const pool of pools) {
  const poolName = `${name}-${pool.name}`;
  new AgentPool(
    poolName,
    {
      instance: name,
      namespace: namespaces.agents,
      images: images.agents(pool.architecture),
      pool,
      storageClass: (pool.hyperdisk && cluster.hyperdisk) || storage.storageClass,
      placement: cluster.placement.agents(pool.name),
      serverUrl: gocd.url,
      housekeepingUrl: housekeeping.url,
      certificates: new Certificates(poolName, { pods: [...pool.identities.keys()], rotation: pool.rotation }).agents,
      secrets,
    },
    inCluster,
  );
}

if (roles.open.length + roles.operate.length > 0) new Roles(name, { ...roles, namespaces }, inCluster);

const entry = access.mode === "port-forward" ? undefined : enter(access);
/** GoCD's URL; where it has none, the command that opens it on http://127.0.0.1:8153 for as long as it runs. */
export const open = entry?.url ?? gocd.open;
/** Records to make where the domain of the host is kept; none without a host. */
export const dns = entry?.dns ?? [];
/** Makes `kubectl` talk to the cluster. */
export const kubectl = cluster.connect;
export const adminPassword = credentials.admin.plain;
/** For agents that people attach themselves; this program's own need none. */
export const autoRegisterKey = credentials.keys.autoRegisterKey;

function claim(purpose: "data" | "artifacts", size: string) {
  const source = disks?.[purpose] ?? { name: `${name}-${purpose}`, storageClass: storage.storageClass };
  return new Volume(source.name, { instance: name, namespace: namespaces.server.name, size, source }, inCluster).claim;
}

function enter(way: Exclude<typeof access, { readonly mode: "port-forward" }>) {
  const place = { namespace: namespaces.server.name, service: gocd.service, port: PORT };
  if (way.mode !== "google") return new FrontAccess(name, { ...way, ...place }, inCluster);
  return new GoogleAccess(name, { ...way, ...place, subnetwork, iapClientSecret: secrets.iapClientSecret }, inCluster);
}

function gke({ google: { project, region, zone }, ranges, proxies, ...spec }: Create) {
  const network = new Network(name, { region, ranges, proxies });
  return new Cluster(name, { ...spec, ...network.place, project, location: zone, repository: images.repository });
}
