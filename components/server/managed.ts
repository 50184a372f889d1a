import { purgeOf, type Managed } from "./cruise-config";
import { HAND_OVER_BACKUP, PRUNE_BACKUPS } from "./backup";

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
