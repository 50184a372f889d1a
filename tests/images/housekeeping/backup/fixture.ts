import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { backupMetrics } from "../../../../images/housekeeping/src/backup/metrics";
import { storageOf, uploadOptions } from "../../../../images/housekeeping/src/backup/options";
import type { Storage } from "../../../../images/housekeeping/src/backup/storage";
import { lookForBackups } from "../../../../images/housekeeping/src/backup/upload";
import { logger } from "../../../../images/housekeeping/src/log";
import { StorageStandIn } from "../../../support/storage-stand-in/stand-in";
import { zip } from "../../../support/storage-stand-in/zip";

export const NAME = "backup_20260101-020000";
/** What the backups of this stack have for a configuration, and its Secret. */
export const CONFIG = '<cruise><server tokenGenerationKey="ours"/></cruise>';
/** The objects of a backup of that name. */
export const ALL = [
  "config-dir.zip",
  "config-repo.zip",
  "db.zip",
  "manifest.json",
  "version.txt",
  "wrapper-config-dir.zip",
].map((file) => `gocd/${NAME}/${file}`);

const CHUNK = 256;
/** Only where the bucket never answers, which a test asks for, is this what is waited for; a busy machine is not that slow. */
const HANGS_SECONDS = "0.5";
const ANSWERS_SECONDS = "30";

/** A bucket, the disk of a server, and the sidecar between them. */
export class BackupFixture {
  readonly google = new StorageStandIn();
  readonly disk = mkdtempSync(join(tmpdir(), "disk-"));
  readonly lines: string[] = [];
  readonly metrics = backupMetrics();
  stop = new AbortController();

  async end(): Promise<void> {
    await this.google.stop();
    rmSync(this.disk, { recursive: true });
  }

  log(): ReturnType<typeof logger> {
    return logger({ write: (line) => this.lines.push(line) });
  }

  env(): Record<string, string> {
    return { BACKUP_BUCKET: "backups", STORAGE_URL: this.google.url, METADATA_URL: this.google.url };
  }

  /** The Secret of the server's first boot. */
  seed(): string {
    const folder = join(this.disk, "seed");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "cruise-config.xml"), CONFIG);
    return folder;
  }

  /** Where GoCD leaves its backups. */
  folder(): string {
    return join(this.disk, "serverBackups");
  }

  storage(): Storage {
    const hangs = Object.values(this.google.troubles).flat().includes("hang");
    const options = uploadOptions({ ...this.env(), REQUEST_TIMEOUT_SECONDS: hangs ? HANGS_SECONDS : ANSWERS_SECONDS });
    return storageOf(options, this.stop.signal, { chunk: CHUNK, tries: 3, pause: 1 });
  }

  /** What GoCD leaves, and the mark of its post-backup script. */
  made(name = NAME, version = "26.1.0 (22543-abc)"): void {
    const path = join(this.folder(), name);
    mkdirSync(path, { recursive: true });
    const archives = {
      "config-dir.zip": { "cruise-config.xml": CONFIG, "cipher.aes": "k", "plugins/": "" },
      "db.zip": { "cruise.mv.db": "x".repeat(500) },
      "config-repo.zip": { "refs/heads/master": "1" },
    };
    for (const [archive, files] of Object.entries(archives)) writeFileSync(join(path, archive), zip(files));
    writeFileSync(join(path, "version.txt"), version);
    writeFileSync(join(path, "wrapper-config-dir.zip"), "");
    writeFileSync(`${path}.ready`, "");
  }

  look(): ReturnType<typeof lookForBackups> {
    const [folder, storage, log, metrics] = [this.folder(), this.storage(), this.log(), this.metrics];
    return lookForBackups({ folder, prefix: "gocd/", keepLocal: 1, storage, log, metrics });
  }

  /** The objects in the bucket. */
  stored(): string[] {
    return [...this.google.objects.keys()].sort();
  }

  /** What the last line of the log says went wrong. */
  failure(): string | undefined {
    return (JSON.parse(this.lines.at(-1) ?? "{}") as { readonly failure?: string }).failure;
  }
}

/** A fixture for each test of a file, ended after it. */
export function useBackupFixture(): () => BackupFixture {
  let fixture: BackupFixture | undefined;
  beforeEach(async () => {
    fixture = new BackupFixture();
    await fixture.google.start();
  });
  afterEach(async () => {
    await fixture?.end();
  });
  return () => fixture as BackupFixture;
}
