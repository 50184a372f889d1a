import * as gcp from "@pulumi/gcp/compute";
import * as pulumi from "@pulumi/pulumi";
import { gibibytes } from "../kubernetes/quantities";

export interface DisksArgs {
  region: string;
  zone: string;
  /** Disk type, such as `pd-balanced`. Changing it replaces the disks, which `protect` stops. */
  type: string;
  /** Sizes such as `30Gi`; raising one grows the disk in place. */
  sizes: { data: string; artifacts: string };
  /** Days that snapshots are kept; they stay when the disk is gone. */
  keepDays: number;
}

/** A disk as a volume refers to it: the handle of the PD CSI driver, and the only zone it can be used in. */
export interface Disk {
  readonly handle: pulumi.Output<string>;
  readonly zone: string;
}

/** The server's disks. They depend on neither cluster nor Kubernetes, so that destroying those leaves them alone. */
export class Disks extends pulumi.ComponentResource {
  readonly data: Disk;
  readonly artifacts: Disk;

  constructor(name: string, args: DisksArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gocd:disks:Disks", name, args, opts);
    const child = { parent: this };

    const schedule = new gcp.ResourcePolicy(
      name,
      {
        name: `${name}-snapshots-${args.keepDays}d`,
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
    const disk = (purpose: keyof DisksArgs["sizes"]): Disk => {
      const disk = new gcp.Disk(
        `${name}-${purpose}`,
        {
          name: `${name}-${purpose}`,
          zone: args.zone,
          type: args.type,
          size: gibibytes(args.sizes[purpose]),
          labels: { "gocd-stack": name },
          deletionPolicy: "PREVENT",
        },
        // The snapshot schedule attaches through a resource of its own, and a disk once made from a snapshot stays.
        { ...child, protect: true, ignoreChanges: ["snapshot", "resourcePolicies"] },
      );
      new gcp.DiskResourcePolicyAttachment(
        `${name}-${purpose}`,
        { name: schedule.name, disk: disk.name, zone: args.zone },
        child,
      );
      const handle = pulumi.interpolate`projects/${disk.project}/zones/${disk.zone}/disks/${disk.name}`;
      return { handle, zone: args.zone };
    };
    this.data = disk("data");
    this.artifacts = disk("artifacts");
    this.registerOutputs({ data: this.data, artifacts: this.artifacts });
  }
}
