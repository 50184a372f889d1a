import { Counter, Gauge, Registry } from "prom-client";

/** What the backup sidecar shows at /metrics. */
export function backupMetrics() {
  const registry = new Registry();
  const of = (name: string, help: string) => ({ name: `gocd_backup_${name}`, help, registers: [registry] });
  return {
    registry,
    stored: new Counter(of("stored_total", "Backups stored in the bucket and compared")),
    failures: new Counter({ ...of("failures_total", "Looks that failed, by why"), labelNames: ["failure"] }),
    waiting: new Gauge(of("waiting", "Backups on the disk that are not in the bucket")),
    bytes: new Gauge(of("last_bytes", "Size of the last stored backup")),
    lastSuccess: new Gauge(of("last_success_timestamp_seconds", "When a backup was last stored")),
  };
}

export type BackupMetrics = ReturnType<typeof backupMetrics>;
