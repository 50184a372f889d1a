import * as gcp from "@pulumi/gcp/compute";
import * as pulumi from "@pulumi/pulumi";
import { gibibytes } from "../../kubernetes/quantities";

/** What a disk holds: configuration, database and plugins, or artifacts and logs of jobs. */
type Purpose = "data" | "artifacts";

/** Zones of disks, as far as they are not the stack's one zone. */
interface Place {
  readonly zone?: string | undefined;
  /** A second zone, which makes a disk regional. */
  readonly replicaZone?: string | undefined;
}

/** In place of a snapshot's name: a disk with nothing on it, for a backup to be restored into. */
const EMPTY = "empty";

export interface DisksArgs {
  readonly region: string;
  readonly zone: string;
  /** Where the first disks are, if not in that zone, and where Google keeps a copy of them. */
  readonly firstDisks: Place;
  /** Disk types, such as `pd-balanced`. Changing one replaces the disks of that purpose, which `protect` stops. */
  readonly diskTypes: { readonly [purpose in Purpose]: string };
  /** Sizes such as `30Gi`; raising one grows the disks of that purpose in place. */
  readonly sizes: { [purpose in Purpose]: string };
  /** Days that snapshots are kept; they stay when the disk is gone. */
  readonly keepDays: number;
  /** Snapshots to make further disks from, by a name and by what they hold; `empty` makes an empty one. */
  readonly restored: { readonly [name: string]: Place & { [purpose in Purpose]?: string | undefined } };
  /** Which of those the server uses; the first ones if absent. */
  readonly use?: string | undefined;
}

/** A disk as a volume refers to it: the handle of the PD CSI driver, and the zones that it can be used in. */
export interface Disk {
  /** `gocd-dev-data`, or `gocd-dev-data-NAME` for one made from a snapshot. */
  readonly name: string;
  readonly handle: pulumi.Output<string>;
  readonly zones: readonly string[];
}

/** The server's disks. They depend on neither cluster nor Kubernetes, so that destroying those leaves them alone. */
export class Disks extends pulumi.ComponentResource {
  readonly data: Disk;
  readonly artifacts: Disk;

  constructor(name: string, args: DisksArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gocd:disks:Disks", name, {}, opts);
    const child = { parent: this };

    const schedule = new gcp.ResourcePolicy(
      name,
      {
        name: `${name}-snapshots`,
        region: args.region,
        snapshotSchedulePolicy: {
          // Two hours after GoCD's own backup by default, so that each snapshot holds a consistent one.
          schedule: { dailySchedule: { daysInCycle: 1, startTime: "04:00" } },
          retentionPolicy: { maxRetentionDays: args.keepDays, onSourceDiskDelete: "KEEP_AUTO_SNAPSHOTS" },
          snapshotProperties: { labels: { "gocd-stack": name }, guestFlush: false },
        },
      },
      child,
    );
    const make = (purpose: Purpose, diskName: string, place: Place, snapshot?: string): Disk => {
      const common = {
        name: diskName,
        type: args.diskTypes[purpose],
        size: gibibytes(args.sizes[purpose]),
        ...(snapshot !== undefined && snapshot !== EMPTY && { snapshot }),
        labels: { "gocd-stack": name },
        deletionPolicy: "PREVENT",
      };
      // What a disk was made from matters once; the schedule attaches through a resource of its own.
      const kept = { ...child, protect: true, ignoreChanges: ["snapshot", "resourcePolicies"] };
      const { zone = args.zone, replicaZone } = place;
      if (replicaZone !== undefined) {
        const { region } = args;
        const zones = [zone, replicaZone];
        const regional = { ...common, region, replicaZones: zones };
        const disk = new gcp.RegionDisk(diskName, regional, { ...kept, ignoreChanges: ["snapshot"] });
        new gcp.RegionDiskResourcePolicyAttachment(diskName, { name: schedule.name, disk: disk.name, region }, child);
        return {
          name: diskName,
          handle: pulumi.interpolate`projects/${disk.project}/regions/${disk.region}/disks/${disk.name}`,
          zones,
        };
      }
      const disk = new gcp.Disk(diskName, { ...common, zone }, kept);
      new gcp.DiskResourcePolicyAttachment(diskName, { name: schedule.name, disk: disk.name, zone }, child);
      return {
        name: diskName,
        handle: pulumi.interpolate`projects/${disk.project}/zones/${disk.zone}/disks/${disk.name}`,
        zones: [zone],
      };
    };
    const choose = (purpose: Purpose): Disk => {
      const first = make(purpose, `${name}-${purpose}`, args.firstDisks);
      const restored = Object.entries(args.restored).flatMap(([label, snapshots]) => {
        const snapshot = snapshots[purpose];
        return snapshot === undefined
          ? []
          : [[label, make(purpose, `${name}-${purpose}-${label}`, snapshots, snapshot)] as const];
      });
      return restored.find(([label]) => label === args.use)?.[1] ?? first;
    };
    this.data = choose("data");
    this.artifacts = choose("artifacts");
    this.registerOutputs({ data: this.data, artifacts: this.artifacts });
  }
}
