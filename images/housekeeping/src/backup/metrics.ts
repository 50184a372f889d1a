import { Counter, Gauge, Registry } from "prom-client";

/** What the backup sidecar shows at /metrics. */
export function backupMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const name = (rest: string): string => `gocd_backup_${rest}`;
  return {
    registry,
    stored: new Counter({ name: name("stored_total"), help: "Backups stored in the bucket and compared", registers }),
    failures: new Counter({
      name: name("failures_total"),
      help: "Looks that failed, by why",
      labelNames: ["failure"],
      registers,
    }),
    waiting: new Gauge({ name: name("waiting"), help: "Backups on the disk that are not in the bucket", registers }),
    bytes: new Gauge({ name: name("last_bytes"), help: "Size of the last stored backup", registers }),
    lastSuccess: new Gauge({
      name: name("last_success_timestamp_seconds"),
      help: "When a backup was last stored",
      registers,
    }),
  };
}

export type BackupMetrics = ReturnType<typeof backupMetrics>;
