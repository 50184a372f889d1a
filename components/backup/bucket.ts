import type * as gcp from "@pulumi/gcp/storage";

const DAY_SECONDS = 86_400;

/** A bucket's name, which is globally unique: the project's id is, too. */
export function bucketName(project: string, instance: string): string {
  return `${project}-${instance}-backups`;
}

/** A location as Google writes it back: regions as they are, two regions and continents in capitals. */
export const bucketLocation = (location: string): string =>
  location.includes("-") ? location : location.toUpperCase();

/**
 * A bucket that nobody can read without a role, and whose objects nobody can delete or overwrite before their time.
 *
 * @param keepDays days that each backup is kept; afterwards the bucket deletes it.
 */
export function bucketArgs(spec: {
  readonly name: string;
  readonly location: string;
  readonly labels: { readonly [key: string]: string };
  readonly keepDays: number;
}) {
  return {
    name: spec.name,
    location: spec.location,
    labels: spec.labels,
    uniformBucketLevelAccess: true,
    publicAccessPrevention: "enforced",
    // Not locked: whoever owns the project may still change their mind.
    retentionPolicy: { retentionPeriod: String(spec.keepDays * DAY_SECONDS) },
    // Nothing about uploads that were given up: they are resumable sessions, which end by themselves after a week and store nothing.
    lifecycleRules: [{ action: { type: "Delete" }, condition: { age: spec.keepDays } }],
  } satisfies gcp.BucketArgs;
}

/** The folder of an instance's backups in its bucket, with the slash at its end. */
export const backupFolder = (instance: string): string => `${instance}/`;

/**
 * Conditions under which the writer has each of its roles: add and read, in one folder, but neither overwrite nor delete.
 * Whoever takes the server cannot take its backups.
 */
export function writerRoles(bucket: string, folder: string) {
  const inFolder = `resource.name.startsWith("projects/_/buckets/${bucket}/objects/${folder}")`;
  const condition = (expression: string) => ({ title: "backups", description: `Objects in ${folder}`, expression });
  return {
    objectCreator: condition(inFolder),
    // Names may be listed in the whole bucket: without that right Google answers 403 for an object that does not exist, and
    // not 404, on which the upload relies.
    objectViewer: condition(`resource.type == "storage.googleapis.com/Bucket" || ${inFolder}`),
  } satisfies { readonly [role: string]: gcp.BucketIAMMemberArgs["condition"] };
}
