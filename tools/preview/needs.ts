import { bytes } from "../../kubernetes/quantities";
import type { Registration } from "../../preview/run/registration";
import { machine } from "../../settings/capacity";
import { at, list, number, text } from "../plain";

/** A resource as the preview shows it: inputs are plain. */
type Resource = Pick<Registration, "type" | "inputs">;

interface Node {
  readonly machineType: string;
  readonly disk: { readonly type: string; readonly gb: number };
}

/** Nodes of one pool, and how many are added while they are upgraded. GKE upgrades one pool after the other. */
interface NodePool extends Node {
  readonly nodes: number;
  readonly surge: number;
}

/** What a stack takes of Google's quotas. */
interface Needs {
  readonly cpus: number;
  readonly memoryGib: number;
  /** Size of all disks of a type. */
  readonly disks: ReadonlyMap<string, number>;
}

/** What GKE takes where nothing is said. */
const BOOT_DISK = "pd-balanced";
/** What GKE's storage classes make disks of ("Persistent volumes"). */
const CLASSES: Readonly<Record<string, string>> = {
  "standard-rwo": "pd-balanced",
  "premium-rwo": "pd-ssd",
  standard: "pd-standard",
};
/** Disk types that count towards SSD_TOTAL_GB (Compute Engine: "Allocation quotas"). */
const SSD = new Set(["pd-balanced", "pd-ssd"]);

/**
 * What the Google resources of a stack need of the quotas of its region, in lines for people; none where it makes none. Nodes
 * are counted as one for each pod of a StatefulSet that selects them, within the bounds of the autoscaler.
 */
export function needLines(resources: readonly Resource[]): string[] {
  const pools = nodePools(resources);
  if (pools.length === 0) return [];
  const running = sum([...pools.flatMap(({ nodes, ...node }) => nodeNeeds(node, nodes)), ...diskNeeds(resources)]);
  const surges = pools.map(({ surge, ...node }) => sum(nodeNeeds(node, surge)));
  const most = (of: (needs: Needs) => number) => Math.max(...surges.map(of));
  const cpus = running.cpus + most((needs) => needs.cpus);
  const memory = running.memoryGib + most((needs) => needs.memoryGib);
  const disks = [...running.disks]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([type, gb]) => {
      const more = most((needs) => needs.disks.get(type) ?? 0);
      return `${type} ${gb + more} GB${SSD.has(type) ? " (SSD_TOTAL_GB)" : ""}`;
    });
  const addresses = resources.filter(
    ({ type, inputs }) =>
      type === "gcp:compute/routerNat:RouterNat" ||
      (type === "gcp:compute/address:Address" && at(inputs, "addressType") !== "INTERNAL"),
  ).length;
  const unknown = [...new Set(pools.map(({ machineType }) => machineType))].filter(
    (type) => machine(type) === undefined,
  );
  const without = unknown.length === 0 ? "" : `; without machines of ${unknown.join(", ")}`;
  return [
    `Needs in the region, with the surge of an upgrade: ${cpus} CPUs, ${memory} GiB of memory, ${addresses} external ${addresses === 1 ? "address" : "addresses"}${without}`,
    `  disks: ${disks.join(", ")}`,
  ];
}

function nodePools(resources: readonly Resource[]): NodePool[] {
  return resources
    .filter(({ type }) => type === "gcp:container/nodePool:NodePool")
    .map(({ inputs }) => {
      const label = JSON.stringify(at(inputs, "nodeConfig", "labels"));
      const pods = statefulSets(resources)
        .filter((spec) => JSON.stringify(at(spec, "template", "spec", "nodeSelector")) === label)
        .reduce<number>((total, spec) => total + number(at(spec, "replicas")), 0);
      const least = number(at(inputs, "autoscaling", "totalMinNodeCount"));
      return {
        machineType: text(at(inputs, "nodeConfig", "machineType")),
        disk: {
          type: text(at(inputs, "nodeConfig", "diskType")) || BOOT_DISK,
          gb: number(at(inputs, "nodeConfig", "diskSizeGb")),
        },
        nodes: Math.max(least, Math.min(pods, number(at(inputs, "autoscaling", "totalMaxNodeCount")))),
        surge: number(at(inputs, "upgradeSettings", "maxSurge")),
      };
    });
}

const statefulSets = (resources: readonly Resource[]) =>
  resources.filter(({ type }) => type === "kubernetes:apps/v1:StatefulSet").map(({ inputs }) => at(inputs, "spec"));

function nodeNeeds({ machineType, disk }: Node, count: number): Needs[] {
  const { cpu, memory } = machine(machineType) ?? { cpu: 0, memory: 0 };
  return [{ cpus: cpu * count, memoryGib: (memory / 1024) * count, disks: new Map([[disk.type, disk.gb * count]]) }];
}

/** Disks that the stack makes, and those that the cluster makes for claims. */
function diskNeeds(resources: readonly Resource[]): Needs[] {
  // A regional disk counts in each of its two zones.
  const own = Object.entries({ "gcp:compute/disk:Disk": 1, "gcp:compute/regionDisk:RegionDisk": 2 }).flatMap(
    ([kind, copies]) =>
      resources
        .filter(({ type }) => type === kind)
        .map(({ inputs }) => [text(at(inputs, "type")), copies * number(at(inputs, "size"))] as const),
  );
  const classes = Object.fromEntries(
    resources
      .filter(({ type }) => type === "kubernetes:storage.k8s.io/v1:StorageClass")
      .map(({ inputs }) => [text(at(inputs, "metadata", "name")), text(at(inputs, "parameters", "type"))]),
  );
  const claimed = statefulSets(resources).flatMap((spec) =>
    list(at(spec, "volumeClaimTemplates")).map((template) => {
      const name = text(at(template, "spec", "storageClassName"));
      const type = CLASSES[name] ?? classes[name] ?? BOOT_DISK;
      const gb = bytes(text(at(template, "spec", "resources", "requests", "storage"))) / 2 ** 30;
      return [type, gb * number(at(spec, "replicas"))] as const;
    }),
  );
  return [...own, ...claimed].map(([type, gb]) => ({ cpus: 0, memoryGib: 0, disks: new Map([[type, gb]]) }));
}

function sum(needs: readonly Needs[]): Needs {
  const disks = new Map<string, number>();
  for (const [type, gb] of needs.flatMap((one) => [...one.disks])) disks.set(type, (disks.get(type) ?? 0) + gb);
  const total = (of: "cpus" | "memoryGib") => needs.reduce((all, one) => all + one[of], 0);
  return { cpus: total("cpus"), memoryGib: total("memoryGib"), disks };
}
