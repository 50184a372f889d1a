import { readableMap } from "../../preview/run/wire";
import { runs, succeeded, task } from "../support/program";
import { needLines } from "../../tools/preview/needs";

/** Quota SSD_TOTAL_GB of a trial account in a region; a paying account begins with 500. */
const TRIAL_SSD_GB = 250;

async function needsOf(stack: string): Promise<string[]> {
  const [run] = await runs([task({ stack }, {}, false)]);
  if (run === undefined) throw new Error("there is no run");
  return needLines(succeeded(run).map((one) => ({ ...one, inputs: readableMap(one.inputs) })));
}

const pool = (label: string, machineType: string, nodeConfig: object = {}) => ({
  type: "gcp:container/nodePool:NodePool",
  inputs: {
    autoscaling: { totalMinNodeCount: 0, totalMaxNodeCount: 3 },
    upgradeSettings: { maxSurge: 1 },
    nodeConfig: { machineType, diskSizeGb: 50, labels: { nodes: label }, ...nodeConfig },
  },
});
const statefulSet = (label: string, replicas: number, storageClassName: string) => ({
  type: "kubernetes:apps/v1:StatefulSet",
  inputs: {
    spec: {
      replicas,
      template: { spec: { nodeSelector: { nodes: label } } },
      volumeClaimTemplates: [{ spec: { storageClassName, resources: { requests: { storage: "10Gi" } } } }],
    },
  },
});

describe("what a stack needs of Google's quotas", () => {
  test("is a node for each pod, the claims of each, and the largest surge of one pool", () => {
    expect(
      needLines([
        pool("a", "e2-standard-4"),
        pool("b", "e2-standard-8", { diskType: "pd-standard" }),
        statefulSet("a", 2, "standard-rwo"),
        statefulSet("b", 1, "standard"),
        statefulSet("", 1, "gocd-dev-hyperdisk"),
        {
          type: "kubernetes:storage.k8s.io/v1:StorageClass",
          inputs: { metadata: { name: "gocd-dev-hyperdisk" }, parameters: { type: "hyperdisk-balanced" } },
        },
        { type: "gcp:compute/disk:Disk", inputs: { type: "pd-ssd", size: 30 } },
        { type: "gcp:compute/regionDisk:RegionDisk", inputs: { type: "pd-ssd", size: 10 } },
        { type: "gcp:compute/routerNat:RouterNat", inputs: {} },
        { type: "gcp:compute/address:Address", inputs: { addressType: "INTERNAL" } },
      ]),
    ).toEqual([
      "Needs in the region, with the surge of an upgrade: 24 CPUs, 96 GiB of memory, 1 external address",
      "  disks: hyperdisk-balanced 10 GB, pd-balanced 170 GB (SSD_TOTAL_GB), pd-ssd 50 GB (SSD_TOTAL_GB), pd-standard 110 GB",
    ]);
  });

  test("is no more nodes than the autoscaler may start", () => {
    expect(needLines([pool("a", "e2-standard-4"), statefulSet("a", 9, "standard")])[0]).toContain(" 16 CPUs,");
  });

  test("names machines whose size nobody knows", () => {
    expect(needLines([pool("a", "custom-2-4096")])[0]).toMatch(/; without machines of custom-2-4096$/);
  });

  test("is nothing where the stack makes no nodes", async () => {
    expect(await needsOf("existing")).toEqual([]);
  });

  test("fits a trial account's quota of fast disks, for the stack dev as committed", async () => {
    const [first, disks = ""] = await needsOf("dev");
    expect(first).toMatch(/ 14 CPUs, /);
    const fast = [...disks.matchAll(/(\d+) GB \(SSD_TOTAL_GB\)/g)].reduce((sum, [, gb]) => sum + Number(gb), 0);
    expect(fast).toBeGreaterThan(0);
    expect(fast).toBeLessThanOrEqual(TRIAL_SSD_GB);
  });
});
