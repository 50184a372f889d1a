import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { companyNodeEnv, companyVolumes } from "../../kubernetes/company";
import { RESTRICTED } from "../../kubernetes/security";

/** Where the backup sidecar shows its metrics. */
export const METRICS_PORT = 8081;

/** Where GoCD's own backups go, and the one to start from where the disk is empty. */
export interface BackupSpec {
  readonly bucket: pulumi.Input<string>;
  /** Where in it; ends in a slash. */
  readonly folder: string;
  /** Name of a backup such as `backup_20260101-020000`. */
  readonly restore?: string | undefined;
  /** Accepts one of another server, and says what becomes of its keys. */
  readonly otherServer?: "replace-keys" | "adopt-keys" | undefined;
}

/** GoCD's post-backup script in images/server, where there is a bucket. */
export const HAND_OVER_BACKUP = "/usr/local/bin/hand-over-backup";
/** The same where there is none: old backups go, and the others stay on the disk. */
export const PRUNE_BACKUPS = "/usr/local/bin/prune-backups";

/** What reaches the bucket: housekeeping's image, with the company's proxy and certificates. */
export interface StorageAccess {
  readonly image: pulumi.Input<string>;
  readonly env: ReturnType<typeof companyNodeEnv>;
  readonly mounts: ReturnType<typeof companyVolumes>["mounts"];
}

/** Stores what the post-backup script hands over; with Workload Identity, without a key. */
export function backupContainer({ bucket, folder }: BackupSpec, storage: StorageAccess) {
  return {
    name: "backup",
    image: storage.image,
    args: ["backup"],
    ports: [{ name: "backup-metrics", containerPort: METRICS_PORT, protocol: "TCP" }],
    env: [{ name: "BACKUP_BUCKET", value: bucket }, { name: "BACKUP_PREFIX", value: folder }, ...storage.env],
    terminationMessagePolicy: "FallbackToLogsOnError",
    resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "256Mi" } },
    securityContext: { ...RESTRICTED, readOnlyRootFilesystem: true },
    // A backup that is not off the cluster shows as an event of the pod, without any right to write events. The restart after a
    // day of it does no harm; a readiness probe would take the server out of its Service.
    livenessProbe: {
      httpGet: { path: "/healthz", port: "backup-metrics" },
      periodSeconds: 60,
      timeoutSeconds: 5,
      failureThreshold: 1440,
    },
    volumeMounts: [{ name: "artifacts", mountPath: "/godata/artifacts", subPath: "artifacts" }, ...storage.mounts],
  } satisfies k8s.types.input.core.v1.Container;
}

/**
 * Before the first boot: brings a backup back to an empty disk, and does nothing on one that it has brought it to before.
 *
 * @param version of GoCD, such as `26.1.0`; backups of newer ones are refused.
 * @param storage with the server's Secret among its mounts, which has the keys of this stack's backups.
 */
export function restoreContainer(
  { bucket, folder, otherServer }: BackupSpec,
  name: string,
  version: string,
  storage: StorageAccess,
) {
  return {
    name: "restore",
    image: storage.image,
    args: ["restore"],
    env: [
      { name: "BACKUP_BUCKET", value: bucket },
      { name: "BACKUP_PREFIX", value: folder },
      { name: "RESTORE_NAME", value: name },
      { name: "GOCD_VERSION", value: version },
      ...(otherServer === undefined ? [] : [{ name: "OTHER_SERVER", value: otherServer }]),
      ...storage.env,
    ],
    terminationMessagePolicy: "FallbackToLogsOnError",
    resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "256Mi" } },
    securityContext: { ...RESTRICTED, readOnlyRootFilesystem: true },
    volumeMounts: [{ name: "data", mountPath: "/godata", subPath: "godata" }, ...storage.mounts],
  } satisfies k8s.types.input.core.v1.Container;
}
