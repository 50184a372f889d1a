import type { WireObject } from "../../../../preview/run/wire";
import { ACCESS_RULES } from "./access-rules";
import { at, type Cloud } from "./cloud";
import { OBJECT_RULES } from "./object-rules";
import { QUOTA_RULES } from "./quotas";
import { DOCS, find, inUse, missing, named, needs, PROVIDER, usedBy, type Rule } from "./rule";
import { alreadyThere } from "./taken";
import { ID, TYPE } from "./types";

/** Members of policies. */
export const MEMBERS: readonly string[] = [
  TYPE.projectMember,
  TYPE.bucketMember,
  TYPE.repositoryMember,
  TYPE.webMember,
];

/** Read on 2026-11-28. */
export const RULES: readonly Rule[] = [
  {
    on: "create",
    types: Object.values(TYPE).filter((type) => !MEMBERS.includes(type)),
    source: `${DOCS}/compute/docs/naming-resources (unique in their place); what each service says: taken.ts`,
    refuses: (resource, cloud, project, type) => {
      const id = ID[type]?.(resource, project) ?? "";
      return cloud.get(type, id) === undefined ? undefined : alreadyThere(type, id);
    },
  },
  ...ACCESS_RULES,
  ...OBJECT_RULES,
  ...QUOTA_RULES,
  {
    on: "create",
    types: [TYPE.subnetwork, TYPE.router, TYPE.cluster],
    source: `${DOCS}/vpc/docs/create-modify-vpc-networks`,
    refuses: needs(TYPE.network, "network", "global/networks"),
  },
  {
    on: "create",
    types: [TYPE.nat],
    source: `${PROVIDER}/services/compute/resource_compute_router_nat.go (a PATCH of the router)`,
    refuses: needs(TYPE.router, "router", "routers"),
  },
  {
    on: "create",
    types: [TYPE.cluster],
    source: `${DOCS}/kubernetes-engine/docs/how-to/alias-ips (secondary ranges must exist)`,
    refuses: (resource, cloud) => {
      const subnetwork = find(cloud, TYPE.subnetwork, at(resource, "subnetwork"));
      if (subnetwork === undefined) return missing(at(resource, "subnetwork"));
      const text = JSON.stringify(subnetwork.inputs["secondaryIpRanges"] ?? []);
      const range = ["clusterSecondaryRangeName", "servicesSecondaryRangeName"]
        .map((key) => at(resource, "ipAllocationPolicy", key))
        .find((name) => !text.includes(`"${name}"`));
      return range === undefined
        ? undefined
        : `googleapi: Error 400: Subnetwork "${subnetwork.id}" does not have a secondary range named "${range}"., badRequest`;
    },
  },
  {
    on: "create",
    types: [TYPE.cluster, TYPE.nodePool],
    source: `${DOCS}/kubernetes-engine/docs/how-to/service-accounts; ${DOCS}/iam/docs/service-accounts-create (known after a minute)`,
    refuses: (resource, cloud) => accountMissing(at(resource, "nodeConfig", "serviceAccount"), cloud),
  },
  {
    on: "create",
    types: [TYPE.nodePool],
    source: `${DOCS}/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters.nodePools/create`,
    refuses: (resource, cloud) =>
      cloud.get(TYPE.cluster, at(resource, "cluster")) === undefined
        ? `googleapi: Error 404: Not found: ${at(resource, "cluster")}., notFound`
        : undefined,
  },
  {
    on: "create",
    types: MEMBERS,
    source: `${PROVIDER}/transport/error_retry_predicates.go (IamServiceAccountNotFound)`,
    refuses: (resource, cloud) => {
      const [kind, address = ""] = at(resource, "member").split(":");
      return kind === "serviceAccount" && !address.includes(".svc.id.goog[")
        ? accountMissing(address, cloud)
        : undefined;
    },
  },
  {
    on: "create",
    types: MEMBERS,
    source:
      "https://github.com/terraform-google-modules/terraform-google-kubernetes-engine/issues/916 (the pool comes with the project's first cluster)",
    refuses: (resource, cloud, project) => {
      const pool = /([\w-]+\.svc\.id\.goog)/.exec(at(resource, "member"))?.[1];
      if (pool === undefined) return undefined;
      const there = cloud
        .all(TYPE.cluster)
        .some(({ inputs }) => at(inputs, "workloadIdentityConfig", "workloadPool") === pool);
      return there
        ? undefined
        : `googleapi: Error 400: Identity Pool does not exist (${project}.svc.id.goog)., invalid`;
    },
  },
  {
    on: "create",
    types: [TYPE.bucketMember],
    source: `${PROVIDER}/tpgiamresource/iam.go (the policy is read first)`,
    refuses: (resource, cloud) =>
      cloud.get(TYPE.bucket, at(resource, "bucket")) === undefined
        ? "googleapi: Error 404: The specified bucket does not exist., notFound"
        : undefined,
  },
  {
    on: "create",
    types: [TYPE.repositoryMember],
    source: `${PROVIDER}/tpgiamresource/iam.go (the policy is read first)`,
    refuses: (resource, cloud) =>
      find(cloud, TYPE.repository, at(resource, "repository"), "repositoryId") === undefined
        ? missing(`repositories/${at(resource, "repository")}`)
        : undefined,
  },
  {
    on: "create",
    types: [TYPE.attachment],
    source: `${DOCS}/compute/docs/reference/rest/v1/disks/addResourcePolicies`,
    refuses: (resource, cloud, project) =>
      needs(TYPE.disk, "disk", `zones/${at(resource, "zone")}/disks`)(resource, cloud, project) ??
      needs(TYPE.schedule, "name", "resourcePolicies")(resource, cloud, project),
  },
  {
    on: "create",
    types: [TYPE.regionAttachment],
    source: `${DOCS}/compute/docs/reference/rest/v1/regionDisks/addResourcePolicies`,
    refuses: (resource, cloud, project) =>
      needs(TYPE.regionDisk, "disk", `regions/${at(resource, "region")}/disks`)(resource, cloud, project) ??
      needs(TYPE.schedule, "name", "resourcePolicies")(resource, cloud, project),
  },
  {
    on: "create",
    types: [TYPE.regionDisk],
    source: `${DOCS}/compute/docs/disks/regional-persistent-disk (two zones of the region)`,
    refuses: ({ replicaZones, ...resource }) => {
      const zones = Array.isArray(replicaZones) ? new Set(replicaZones) : new Set();
      const isElsewhere = [...zones].some((zone) => !String(zone).startsWith(`${at(resource, "region")}-`));
      return zones.size === 2 && !isElsewhere
        ? undefined
        : "googleapi: Error 400: Invalid value for field 'resource.replicaZones': two zones of the region., invalid";
    },
  },
  {
    on: "create",
    types: [TYPE.attachment],
    source: `${DOCS}/compute/docs/disks/scheduled-snapshots (one schedule for a disk)`,
    refuses: (resource, cloud) => {
      const other = cloud.all(TYPE.attachment).find(({ inputs }) => at(inputs, "disk") === at(resource, "disk"));
      return other && inUse(at(resource, "disk"), other.id);
    },
  },
  {
    on: "create",
    types: [TYPE.subnetwork],
    source: `${DOCS}/vpc/docs/subnets (ranges of a network must not overlap)`,
    refuses: (resource, cloud) => {
      const taken = cloud
        .all(TYPE.subnetwork)
        .find(
          ({ inputs }) =>
            named(at(inputs, "network")) === named(at(resource, "network")) &&
            at(inputs, "ipCidrRange") === at(resource, "ipCidrRange"),
        );
      return (
        taken &&
        `googleapi: Error 400: Invalid IPCidrRange: ${at(resource, "ipCidrRange")} conflicts with existing subnetwork '${taken.id}', badRequest`
      );
    },
  },
  {
    on: "delete",
    types: [TYPE.network],
    source: `${DOCS}/vpc/docs/create-modify-vpc-networks (Delete a network)`,
    refuses: usedBy([TYPE.subnetwork, TYPE.router, TYPE.cluster], "network"),
  },
  {
    on: "delete",
    types: [TYPE.subnetwork],
    source: `${DOCS}/vpc/docs/create-modify-vpc-networks (Delete a subnet)`,
    refuses: usedBy([TYPE.cluster, TYPE.address], "subnetwork"),
  },
  {
    on: "delete",
    types: [TYPE.schedule],
    source: `${DOCS}/compute/docs/disks/scheduled-snapshots (Delete a schedule: detach it first)`,
    refuses: usedBy([TYPE.attachment, TYPE.regionAttachment], "name"),
  },
  {
    on: "delete",
    types: [TYPE.disk, TYPE.regionDisk],
    source: `${PROVIDER}/services/compute/resource_compute_disk.go, resource_compute_region_disk.go (deletionPolicy)`,
    refuses: (resource) =>
      at(resource, "deletionPolicy") === "PREVENT"
        ? `cannot destroy Disk ${at(resource, "name")} without setting deletion_policy to "DELETE"`
        : undefined,
  },
  {
    on: "delete",
    types: [TYPE.cluster],
    source: `${PROVIDER}/services/container/resource_container_cluster.go (deletion_protection)`,
    refuses: (resource) =>
      resource["deletionProtection"] === false
        ? undefined
        : "cannot destroy cluster without setting deletion_protection=false and running `terraform apply`",
  },
];

/** IAM's first minute, in milliseconds: the other services do not know a new account yet. */
const FIRST_MINUTE = 600;

function accountMissing(email: string, cloud: Cloud): string | undefined {
  const account = cloud.all(TYPE.account).find(({ id }) => id.endsWith(`/${email}`));
  const known = account !== undefined && Date.now() - (account.made ?? 0) >= FIRST_MINUTE;
  return known ? undefined : `googleapi: Error 400: Service account ${email} does not exist., badRequest`;
}

/** What the project says against an operation, and which rule it is by; the first that is broken comes first. */
export const refusals = (
  on: Rule["on"],
  type: string,
  resource: WireObject,
  cloud: Cloud,
  project: string,
): readonly { readonly rule: Rule; readonly message: string }[] =>
  RULES.filter(
    ({ on: when, types }) => when === on && (types instanceof RegExp ? types.test(type) : types.includes(type)),
  )
    .map((rule) => ({ rule, message: rule.refuses(resource, cloud, project, type) }))
    .flatMap(({ rule, message }) => (message === undefined ? [] : [{ rule, message }]));

/** Throws what Google says where an operation breaks a rule. */
export function refuse(on: Rule["on"], type: string, resource: WireObject, cloud: Cloud, project: string): void {
  const [first] = refusals(on, type, resource, cloud, project);
  if (first !== undefined) throw new Error(first.message);
}
