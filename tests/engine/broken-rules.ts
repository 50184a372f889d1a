import type { WireObject } from "../../preview/run/wire";
import type { Thing } from "./providers/google/cloud";
import type { Rule } from "./providers/google/rule";
import { ID, TYPE } from "./providers/google/types";

/** An operation that breaks one rule of the model of Google Cloud, and no other. */
export interface Broken {
  readonly on: Rule["on"];
  readonly type: string;
  readonly inputs: WireObject;
  /** What the project has. */
  readonly there: readonly Thing[];
  /** What GKE makes a load balancer of. */
  readonly objects?: readonly Thing[];
  /** A part of what Google says. */
  readonly says: string;
}

export const PROJECT = "p";
const REGION = "us-central1";
const ZONE = "us-central1-a";
const EMAIL = "nodes@p.iam.gserviceaccount.com";
const PRINCIPAL = "principal://x/workloadIdentityPools/p.svc.id.goog/subject/ns/a/sa/b";
const GATEWAY = "kubernetes:gateway.networking.k8s.io/v1:Gateway";

const thing = (type: string, inputs: WireObject = {}): Thing => ({
  type,
  id: ID[type]?.(inputs, PROJECT) ?? "",
  inputs,
  made: 0,
});

const network = thing(TYPE.network, { name: "n" });
const subnetwork = thing(TYPE.subnetwork, {
  name: "s",
  region: REGION,
  network: "n",
  ipCidrRange: "10.0.0.0/20",
  secondaryIpRanges: [{ rangeName: "pods" }, { rangeName: "services" }],
});
const router = thing(TYPE.router, { name: "r", region: REGION, network: "n" });
const account = thing(TYPE.account, { accountId: "nodes" });
const cluster = thing(TYPE.cluster, {
  name: "c",
  location: ZONE,
  network: "n",
  subnetwork: "s",
  ipAllocationPolicy: { clusterSecondaryRangeName: "pods", servicesSecondaryRangeName: "services" },
  nodeConfig: { serviceAccount: EMAIL },
  workloadIdentityConfig: { workloadPool: "p.svc.id.goog" },
  gatewayApiConfig: { channel: "CHANNEL_STANDARD" },
  deletionProtection: false,
});
const nodePool = thing(TYPE.nodePool, {
  name: "pool",
  cluster: cluster.id,
  location: ZONE,
  nodeConfig: { serviceAccount: EMAIL },
  initialNodeCount: 1,
});
const bucket = thing(TYPE.bucket, { name: "b" });
const repository = thing(TYPE.repository, { repositoryId: "images", location: "us" });
const disk = thing(TYPE.disk, { name: "d", zone: ZONE, type: "pd-ssd", size: 200 });
const regionDisk = thing(TYPE.regionDisk, {
  name: "rd",
  region: REGION,
  replicaZones: [ZONE, `${REGION}-b`],
  type: "pd-balanced",
  size: 200,
});
const schedule = thing(TYPE.schedule, { name: "daily", region: REGION });
const attachment = thing(TYPE.attachment, { name: "daily", disk: "d", zone: ZONE });
const weekly = thing(TYPE.attachment, { name: "weekly", disk: "d", zone: ZONE });
const regionAttachment = thing(TYPE.regionAttachment, { name: "daily", disk: "rd", region: REGION });
const globalAddress = thing(TYPE.globalAddress, { name: "ip" });
const authorization = thing(TYPE.authorization, { name: "auth", location: "global" });
const certificate = thing(TYPE.certificate, {
  name: "cert",
  location: "global",
  managed: { dnsAuthorizations: [authorization.id] },
});
const certificateMap = thing(TYPE.certificateMap, { name: "map" });
const mapEntry = thing(TYPE.mapEntry, { name: "entry", map: "map", certificates: [certificate.id] });
const armor = thing(TYPE.armor, { name: "people", rules: [{ priority: 2147483647 }] });
const proxies = thing(TYPE.subnetwork, { name: "proxies", region: REGION, purpose: "REGIONAL_MANAGED_PROXY" });

const gateway = (spec: WireObject, annotations: WireObject = {}): WireObject => ({
  metadata: { namespace: "n", name: "g", annotations },
  spec: { gatewayClassName: "gke-l7-global-external-managed", addresses: [{ value: "ip" }], ...spec },
});
const withMap = gateway({}, { "networking.gke.io/certmap": "map" });
const internal = gateway({ gatewayClassName: "gke-l7-rilb", addresses: [{ value: "inside" }] });
const inside = thing(TYPE.address, { name: "inside", region: REGION, subnetwork: "s" });
const object = (inputs: WireObject, type = GATEWAY): Thing => ({ type, id: "n/g", inputs });
const policy = object(
  { metadata: { namespace: "n", name: "g" }, spec: { default: { securityPolicy: "people" } } },
  "kubernetes:networking.gke.io/v1:GCPBackendPolicy",
);
const WORKLOAD = { metadata: { namespace: "n", name: "server" } };

const create = ({ type, inputs }: Thing, there: readonly Thing[], says: string, changes: WireObject = {}): Broken => ({
  on: "create",
  type,
  inputs: { ...inputs, ...changes },
  there,
  says,
});
const remove = (gone: Thing, there: readonly Thing[], says: string, objects: readonly Thing[] = []): Broken => ({
  on: "delete",
  type: gone.type,
  inputs: gone.inputs,
  there: [gone, ...there],
  objects,
  says,
});
const member = (type: string, inputs: WireObject) => thing(type, { role: "r", ...inputs });
const many = (count: number, of: Thing) =>
  Array.from({ length: count }, (_, index) => thing(of.type, { ...of.inputs, name: `other-${index}` }));

/** At least one for each rule of the model, by what is being made or deleted. */
export const BROKEN: readonly Broken[] = [
  create(network, [network], "The resource 'projects/p/global/networks/n' already exists, alreadyExists"),
  create(account, [account], "Service account nodes already exists within project projects/p., alreadyExists"),
  create(bucket, [bucket], "Your previous request to create the named bucket succeeded and you already own it."),
  create(repository, [repository], "the repository already exists"),
  create(nodePool, [account, cluster, nodePool], "Already exists: projects/p/locations/us-central1-a/clusters/c/nodeP"),
  create(subnetwork, [], "The resource 'projects/p/global/networks/n' was not found, notFound"),
  create(router, [], "'projects/p/global/networks/n' was not found"),
  create(cluster, [account, subnetwork], "'projects/p/global/networks/n' was not found"),
  create(thing(TYPE.nat, { name: "nat", router: "r", region: REGION }), [], "'projects/p/routers/r' was not found"),
  create(
    thing(TYPE.nat, { name: "nat", router: "r", region: REGION }),
    [router, thing(TYPE.nat, { name: "nat", router: "r", region: REGION })],
    "existing object already found",
  ),
  create(cluster, [account, network], "The resource 's' was not found"),
  create(cluster, [account, network, thing(TYPE.subnetwork, { name: "s" })], 'a secondary range named "pods"'),
  create(cluster, [network, subnetwork], `Service account ${EMAIL} does not exist.`),
  create(nodePool, [cluster, { ...account, made: Date.now() + 60_000 }], `Service account ${EMAIL} does not exist.`),
  create(nodePool, [account], `Not found: ${cluster.id}.`),
  create(member(TYPE.projectMember, { member: `serviceAccount:${EMAIL}` }), [], `account ${EMAIL} does not exist.`),
  create(member(TYPE.projectMember, { member: PRINCIPAL }), [], "Identity Pool does not exist (p.svc.id.goog)."),
  create(member(TYPE.bucketMember, { bucket: "b", member: "x" }), [], "The specified bucket does not exist."),
  create(member(TYPE.repositoryMember, { repository: "images" }), [], "'repositories/images' was not found"),
  create(attachment, [schedule], "'projects/p/zones/us-central1-a/disks/d' was not found"),
  create(attachment, [disk], "'projects/p/resourcePolicies/daily' was not found"),
  create(regionAttachment, [schedule], "'projects/p/regions/us-central1/disks/rd' was not found"),
  create(regionAttachment, [regionDisk], "'projects/p/resourcePolicies/daily' was not found"),
  create(attachment, [disk, schedule, weekly], `'d' is already being used by '${weekly.id}'`),
  create(regionDisk, [], "two zones of the region", { replicaZones: [ZONE] }),
  create(regionDisk, [], "two zones of the region", { replicaZones: [ZONE, "europe-west1-b"] }),
  create(network, many(5, network), "Quota 'NETWORKS' exceeded. Limit: 5.0 globally."),
  create(router, [network, ...many(10, router)], "Quota 'ROUTERS' exceeded. Limit: 10.0 globally."),
  create(disk, many(2, disk), "Quota 'SSD_TOTAL_GB' exceeded. Limit: 500.0 in region us-central1."),
  create(regionDisk, [disk], "Quota 'SSD_TOTAL_GB' exceeded."),
  create(nodePool, [account, cluster, ...many(2, disk)], "Quota 'SSD_TOTAL_GB' exceeded.", { initialNodeCount: 2 }),
  create(subnetwork, [network, thing(TYPE.subnetwork, { ...subnetwork.inputs, name: "t" })], "conflicts with existing"),
  create(inside, [], "'projects/p/subnetworks/s' was not found"),
  create(certificate, [], `The resource '${authorization.id}' was not found`),
  create(certificate, [authorization], "must be in the same location", { location: REGION }),
  create(mapEntry, [certificate], "'projects/p/locations/global/certificateMaps/map' was not found"),
  create(mapEntry, [certificateMap], `The resource '${certificate.id}' was not found`),
  create(armor, [], "must have a default rule", { rules: [] }),
  create(armor, [], "'match.config.srcIpRanges': at most 10.", {
    rules: [{ priority: 2147483647, match: { config: { srcIpRanges: Array.from({ length: 11 }, String) } } }],
  }),
  create({ ...object(WORKLOAD, "kubernetes:core/v1:Secret") }, [], "cluster is unreachable"),
  { on: "read", type: "kubernetes:core/v1:Secret", inputs: {}, there: [], says: "cluster is unreachable" },
  { on: "delete", type: "kubernetes:core/v1:Secret", inputs: {}, there: [], says: "cluster is unreachable" },
  create(object(WORKLOAD, "kubernetes:apps/v1:StatefulSet"), [cluster], '"n/server" was successfully created, but'),
  create(object(withMap), [thing(TYPE.cluster, { name: "c" }), globalAddress, certificateMap], "no matches for kind"),
  create(object(withMap), [cluster, certificateMap], "The resource 'ip' was not found"),
  create(object(withMap), [cluster, globalAddress], "The resource 'map' was not found"),
  create(object(internal), [cluster, inside], "An active proxy-only subnetwork is required"),
  remove(authorization, [certificate], `'auth' is already being used by '${certificate.id}'`),
  remove(certificate, [mapEntry], `'cert' is already being used by '${mapEntry.id}'`),
  remove(certificateMap, [mapEntry], `'map' is already being used by '${mapEntry.id}'`),
  remove(certificateMap, [], "'map' is already being used by 'n/g'", [object(withMap)]),
  remove(globalAddress, [], "'ip' is already being used by 'n/g'", [object(withMap)]),
  remove(armor, [], "'people' is already being used by 'n/g'", [object(withMap), policy]),
  remove(network, [], "'n' is already being used by 'n/g'", [object(withMap)]),
  remove(proxies, [], "'proxies' is already being used by 'n/g'", [object(internal)]),
  remove(network, [router], `'n' is already being used by '${router.id}'`),
  remove(subnetwork, [cluster], `'s' is already being used by '${cluster.id}'`),
  remove(schedule, [attachment], `'daily' is already being used by '${attachment.id}'`),
  remove(thing(TYPE.disk, { name: "d", zone: ZONE, deletionPolicy: "PREVENT" }), [], "without setting deletion_policy"),
  remove(thing(TYPE.cluster, { name: "c", location: ZONE }), [], "without setting deletion_protection=false"),
];
