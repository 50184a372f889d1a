import * as organizations from "@pulumi/gcp/organizations";
import * as gcp from "@pulumi/gcp/storage";
import * as pulumi from "@pulumi/pulumi";
import { principal } from "../../kubernetes/identity";
import { SERVER } from "../server/server";
import { backupFolder, bucketArgs, bucketLocation, bucketName, writerRoles } from "./bucket";

export interface BackupArgs {
  readonly project: string;
  readonly region: string;
  /** Where the bucket is: a region, two, or a continent. Default: the region. */
  readonly location?: string | undefined;
  readonly keepDays: number;
  /** The cluster whose creation makes the pool of identities, where it is made here. IAM refuses members of no pool. */
  readonly identityPool?: pulumi.Resource | undefined;
}

/** A bucket for GoCD's own backups, off the cluster and off its disks. Like the disks it depends on neither. */
export class Backup extends pulumi.ComponentResource {
  /** The bucket's name, once the writer may write, and where in it: a folder with the slash at its end. */
  readonly place: { readonly bucket: pulumi.Output<string>; readonly folder: string };

  constructor(name: string, args: BackupArgs, opts?: pulumi.ComponentResourceOptions) {
    const { project, keepDays, identityPool } = args;
    // Who may add and read backups: by names that are known before there is a cluster.
    const writer = { namespace: name, serviceAccount: SERVER };
    super("gocd:backup:Backup", name, {}, opts);
    const physicalName = bucketName(project, name);
    const bucket = new gcp.Bucket(
      name,
      bucketArgs({
        name: physicalName,
        location: bucketLocation(args.location ?? args.region),
        labels: { "gocd-stack": name },
        keepDays,
      }),
      { parent: this, protect: true },
    );
    const folder = backupFolder(name);
    const member = organizations
      .getProjectOutput({ projectId: project }, { parent: this })
      .number.apply((number) => principal({ id: project, number }, writer.namespace, writer.serviceAccount));
    const members = Object.entries(writerRoles(physicalName, folder)).map(
      ([role, condition]) =>
        new gcp.BucketIAMMember(
          `${name}-${role}`,
          { bucket: bucket.name, role: `roles/storage.${role}`, member, condition },
          // The pool is named, not referred to. It must be the members that wait: the bucket outlives the cluster.
          { parent: this, ...(identityPool && { dependsOn: [identityPool] }) },
        ),
    );
    const written = pulumi.all([bucket.name, members.map((granted) => granted.bucket)]).apply(([known]) => known);
    this.place = { bucket: written, folder };
    this.registerOutputs(this.place);
  }
}
