import { isObject, type WireObject } from "../../../../preview/run/wire";
import { at } from "./cloud";
import { DOCS, type Rule } from "./rule";
import { TYPE } from "./types";

/**
 * What a new project may have of a type: `gcloud compute project-info describe` lists it, Google's pages give no figures.
 * docs/operations/install.md has the same.
 */
const LIMITS: Readonly<Record<string, { readonly quota: string; readonly limit: number }>> = {
  [TYPE.network]: { quota: "NETWORKS", limit: 5 },
  [TYPE.router]: { quota: "ROUTERS", limit: 10 },
};

const SSD_GB = 500;
/** Disk types that count towards SSD_TOTAL_GB. */
const SSD = ["pd-balanced", "pd-ssd"];
/** What GKE takes for boot disks where nothing is said. */
const BOOT_DISK = { type: "pd-balanced", gb: 100 } as const;

/** A new project's quotas. Read on 2026-11-29. */
export const QUOTA_RULES: readonly Rule[] = [
  {
    on: "create",
    types: Object.keys(LIMITS),
    source: `${DOCS}/vpc/docs/quota; https://github.com/trailofbits/algo/issues/1520 (Quota 'NETWORKS' exceeded. Limit: 5.0 globally.)`,
    refuses: (_, cloud, _project, type) => {
      const { quota = "", limit = Infinity } = LIMITS[type] ?? {};
      return cloud.all(type).length >= limit
        ? `googleapi: Error 403: Quota '${quota}' exceeded. Limit: ${limit}.0 globally., quotaExceeded`
        : undefined;
    },
  },
  {
    on: "create",
    types: [TYPE.disk, TYPE.regionDisk, TYPE.nodePool],
    source: `${DOCS}/compute/resource-usage (SSD_TOTAL_GB of a region: balanced and SSD disks, a regional one in each of its zones)`,
    refuses: (resource, cloud, _project, type) => {
      const region = regionOf(resource);
      const wanted = ssdOf(type, resource);
      const used = cloud
        .all()
        .filter(({ inputs }) => regionOf(inputs) === region)
        .reduce((sum, thing) => sum + ssdOf(thing.type, thing.inputs), 0);
      return wanted > 0 && used + wanted > SSD_GB
        ? `googleapi: Error 403: Quota 'SSD_TOTAL_GB' exceeded. Limit: ${SSD_GB}.0 in region ${region}., quotaExceeded`
        : undefined;
    },
  },
];

/** `us-central1` of whatever is there or in one of its zones. */
const regionOf = (resource: WireObject): string =>
  [at(resource, "region"), at(resource, "zone"), at(resource, "location")]
    .find((place) => place !== "")
    ?.replace(/-[a-z]$/, "") ?? "";

/** Gigabytes of SSD that something takes: of a node pool those of the boot disks of its first nodes. */
function ssdOf(type: string, resource: WireObject): number {
  const { nodeConfig, autoscaling } = resource;
  const ifFast = (disk: string, gb: number) => (SSD.includes(disk) ? gb : 0);
  if (type === TYPE.disk) return ifFast(at(resource, "type"), number(resource["size"]));
  if (type === TYPE.regionDisk) return ifFast(at(resource, "type"), 2 * number(resource["size"]));
  if (type !== TYPE.nodePool) return 0;
  const node = isObject(nodeConfig) ? nodeConfig : {};
  const least = isObject(autoscaling) ? number(autoscaling["totalMinNodeCount"]) : 0;
  const nodes = Math.max(number(resource["initialNodeCount"]), least);
  return ifFast(at(node, "diskType") || BOOT_DISK.type, nodes * number(node["diskSizeGb"], BOOT_DISK.gb));
}

const number = (value: unknown, otherwise = 0): number => (typeof value === "number" ? value : otherwise);
