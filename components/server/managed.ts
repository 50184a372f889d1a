import { purgeOf, type Purge } from "./cruise-config";
import { HAND_OVER_BACKUP, PRUNE_BACKUPS } from "./backup";

/** Settings that follow the stack file: seeded before the first start, and kept by housekeeping afterwards. */
export interface Managed {
  readonly siteUrl: string;
  /** Quartz schedule of GoCD's own backup, in UTC. */
  readonly backupSchedule: string;
  /** Path of a program in the image that GoCD runs after a backup. */
  readonly postBackupScript: string;
  readonly purge: Purge;
  readonly environments: readonly string[];
}

/**
 * @param artifacts size of the artifacts' disk, such as `100Gi`.
 * @param bucket whether backups go to one.
 */
export function managedSettings({
  artifacts,
  bucket,
  ...settings
}: Pick<Managed, "siteUrl" | "backupSchedule" | "environments"> & {
  readonly artifacts: string;
  readonly bucket: boolean;
}): Managed {
  return {
    ...settings,
    postBackupScript: bucket ? HAND_OVER_BACKUP : PRUNE_BACKUPS,
    purge: purgeOf(artifacts),
  };
}
