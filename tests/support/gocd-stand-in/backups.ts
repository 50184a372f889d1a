// Backups: what a server tells of them, and the files that they leave. Read in gocd/gocd at tag 26.1.0:
//   server/…/server/service/BackupService.java, …/service/backup/PostBackupScript.java
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface Backup {
  readonly id: number;
  readonly time: string;
  readonly path: string;
  readonly status: "IN_PROGRESS" | "COMPLETED" | "ERROR";
  readonly message: string;
  readonly user: string;
}

/** A backup's archives by name: what is in them. */
export type Archives = Readonly<Record<string, string | Buffer>>;

/** One that has just begun. */
export function newBackup(id: number, user: string, now: number, artifactsDir: string): Backup {
  const time = new Date(now).toISOString().replace(/\.\d+/, "");
  const stamp = time.replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
  const path = join(artifactsDir, "serverBackups", `backup_${stamp}`);
  return { id, time, path, status: "IN_PROGRESS", message: "Backing up Database", user };
}

/** What became of it. */
export const ended = (well: boolean, script: string): Pick<Backup, "status" | "message"> =>
  well
    ? { status: "COMPLETED", message: "Backup was generated successfully." }
    : { status: "ERROR", message: `Post backup script '${script}' failed.` };

/** The files of a backup; an archive that nobody gives has contents that a test can tell apart. */
export function writeBackup(path: string, archives: Archives = {}): void {
  mkdirSync(path, { recursive: true });
  for (const name of ["version.txt", "config-dir.zip", "wrapper-config-dir.zip", "config-repo.zip", "db.zip"])
    writeFileSync(
      join(path, name),
      name === "version.txt" ? "26.1.0 (22543-0)" : (archives[name] ?? `${name} of ${path}`),
    );
}

/** Runs the post-backup script; resolves with whether it went well. */
export function runPostBackupScript(script: string, path: string, user: string): Promise<boolean> {
  const env = {
    ...process.env,
    GOCD_BACKUP_STATUS: "success",
    GOCD_BACKUP_BASE_DIR: dirname(path),
    GOCD_BACKUP_PATH: path,
    GOCD_BACKUP_TIMESTAMP: new Date().toISOString(),
    GOCD_BACKUP_INITIATED_VIA: "USER",
    GOCD_BACKUP_INITIATED_BY_USER: user,
  };
  return new Promise((resolve) => {
    const child = spawn(script, [], { env, stdio: ["ignore", "inherit", "inherit"] });
    child.on("error", () => {
      resolve(false);
    });
    child.on("close", (code) => {
      resolve(code === 0);
    });
  });
}
