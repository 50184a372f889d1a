import * as organizations from "@pulumi/gcp/organizations";
import * as gcp from "@pulumi/gcp/storage";
import * as pulumi from "@pulumi/pulumi";
import { bucketArgs, bucketName, principal } from "./bucket";

export interface BackupArgs {
  readonly project: string;
  /** Where the bucket is, such as `us-central1`. */
  readonly region: string;
  readonly keepDays: number;
  /** Who may add and read backups: a service account of the cluster, by names that are known before there is one. */
  readonly writer: { readonly namespace: string; readonly serviceAccount: string };
}

/** A bucket for GoCD's own backups, off the cluster and off its disks. Like the disks it depends on neither. */
export class Backup extends pulumi.ComponentResource {
  readonly bucket: pulumi.Output<string>;

  constructor(name: string, { project, region, keepDays, writer }: BackupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gocd:backup:Backup", name, { project, region, keepDays, writer }, opts);
    const bucket = new gcp.Bucket(
      name,
      bucketArgs({ name: bucketName(project, name), location: region, labels: { "gocd-stack": name }, keepDays }),
      { parent: this, protect: true },
    );
    const member = organizations
      .getProjectOutput({ projectId: project }, { parent: this })
      .number.apply((number) => principal({ id: project, number }, writer.namespace, writer.serviceAccount));
    // Add and read, but neither overwrite nor delete: whoever takes the server cannot take its backups.
    for (const role of ["objectCreator", "objectViewer"]) {
      new gcp.BucketIAMMember(
        `${name}-${role}`,
        { bucket: bucket.name, role: `roles/storage.${role}`, member },
        { parent: this },
      );
    }
    this.bucket = bucket.name;
    this.registerOutputs({ bucket: this.bucket });
  }
}
