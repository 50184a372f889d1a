import type { WireValue } from "../../../../preview/run/wire";
import { TYPE } from "./types";

// `ForceNew` and `ForceNewIfChange` of terraform-provider-google 7, google/services/…, for the arguments that this program can give.

const MEMBER = [
  TYPE.bucketMember,
  TYPE.projectMember,
  TYPE.repositoryMember,
  TYPE.webMember,
  TYPE.attachment,
] as readonly string[];

const NODES = "spot preemptible serviceAccount oauthScopes shieldedInstanceConfig metadata minCpuPlatform localSsdCount"
  .split(" ")
  .map((key) => `nodeConfig.${key}`);

const FIXED: Readonly<Record<string, readonly string[]>> = {
  [TYPE.account]: ["accountId", "project"],
  [TYPE.address]: ["name", "addressType", "purpose", "region", "subnetwork", "project"],
  [TYPE.armor]: ["name", "type", "project"],
  [TYPE.authorization]: ["name", "domain", "location", "type", "project"],
  [TYPE.bucket]: ["name", "location", "project"],
  [TYPE.certificate]: ["name", "location", "managed", "scope", "project"],
  [TYPE.certificateMap]: ["name", "project"],
  [TYPE.cluster]: [
    ...["name", "location", "description", "network", "subnetwork", "networkingMode", "datapathProvider", "project"],
    ...[
      "initialNodeCount",
      "ipAllocationPolicy.clusterSecondaryRangeName",
      "ipAllocationPolicy.servicesSecondaryRangeName",
    ],
    ...["masterAuth.clientCertificateConfig", "privateClusterConfig.masterIpv4CidrBlock", ...NODES],
  ],
  [TYPE.disk]: ["name", "zone", "type", "snapshot", "image", "description", "project"],
  [TYPE.globalAddress]: ["name", "addressType", "description", "ipVersion", "purpose", "project"],
  [TYPE.mapEntry]: ["name", "map", "hostname", "matcher", "project"],
  [TYPE.nat]: ["name", "router", "region", "project"],
  [TYPE.network]: ["name", "autoCreateSubnetworks", "description", "project"],
  [TYPE.nodePool]: ["cluster", "location", "name", "initialNodeCount", "maxPodsPerNode", "project", ...NODES],
  [TYPE.regionDisk]: ["name", "replicaZones", "region", "type", "snapshot", "description", "project"],
  [TYPE.repository]: ["location", "repositoryId", "format", "mode", "project"],
  [TYPE.router]: ["name", "network", "region", "project"],
  [TYPE.schedule]: ["region", "project"],
  [TYPE.subnetwork]: ["name", "network", "region", "description", "project"],
};

type Condition = (before: WireValue | undefined, after: WireValue | undefined) => boolean;

const CONDITIONS: Readonly<Record<string, Condition>> = {
  [`${TYPE.disk} size`]: (before, after) => Number(after) < Number(before),
  [`${TYPE.regionDisk} size`]: (before, after) => Number(after) < Number(before),
  [`${TYPE.subnetwork} ipCidrRange`]: (before, after) => !isWider(text(before), text(after)),
};

/** Whether a type takes the project of the provider's configuration where the program says nothing (CustomizeDiff, DefaultProviderProject). */
export const takesProject = (type: string): boolean => (FIXED[type] ?? []).includes("project");

/** Whether a changed argument makes a resource of Google's anew. */
export function replaces(
  type: string,
  path: string,
  before: WireValue | undefined,
  after: WireValue | undefined,
): boolean {
  if (MEMBER.includes(type)) return true;
  const condition = CONDITIONS[`${type} ${path}`];
  if (condition !== undefined) return condition(before, after);
  return (FIXED[type] ?? []).some((field) => path === field || path.startsWith(`${field}.`));
}

/** Whether an IPv4 range holds the whole of another. */
function isWider(before: string, after: string): boolean {
  const [old, now] = [range(before), range(after)];
  return now.first <= old.first && now.last >= old.last;
}

function range(cidr: string): { readonly first: number; readonly last: number } {
  const [address = "", bits = "32"] = cidr.split("/");
  const number = address.split(".").reduce((value, part) => value * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(bits));
  const first = Math.floor(number / size) * size;
  return { first, last: first + size - 1 };
}

const text = (value: WireValue | undefined) => (typeof value === "string" ? value : "");
