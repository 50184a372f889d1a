import { existsSync } from "node:fs";
import { readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Logger } from "../log";
import type { BackupMetrics } from "./metrics";
import { MANIFEST, NAME, versionIn, type Manifest } from "./manifest";
import { StorageError, type Storage } from "./storage";

/** Made beside a backup's folder by the post-backup script: GoCD writes to it no more. */
const READY = ".ready";
/** Made beside it by us: everything is in the bucket, and compared. Holds the manifest. */
const STORED = ".stored";

export interface UploadTools {
  /** GoCD's serverBackups. */
  readonly folder: string;
  /** Before every name in the bucket; empty, or ends in a slash. */
  readonly prefix: string;
  /** Newest backups that stay on the disk; at least 1. */
  readonly keepLocal: number;
  readonly storage: Storage;
  readonly log: Logger;
  readonly metrics: BackupMetrics;
}

/** About one backup: the others may do better. */
const OF_ONE: ReadonlySet<string> = new Set(["different", "missing", "refused", "unexpected"]);

/**
 * Looks once for backups that were handed over, stores and compares them, oldest first, then removes the oldest stored ones
 * from the disk: GoCD never does. One that cannot be stored holds up no other. Never throws: the next look tries again.
 *
 * @returns why the last thing that failed did; nothing when all went well.
 */
export async function lookForBackups(tools: UploadTools): Promise<string | undefined> {
  const { folder, log, metrics } = tools;
  let failure: string | undefined;
  const fail = (error: unknown): void => {
    failure = error instanceof StorageError ? error.failure : "unexpected";
    metrics.failures.inc({ failure });
    log.error({ failure }, `backup failed: ${(error as Error).message}`);
  };
  try {
    const names = (await readdir(folder)).filter((name) => NAME.test(name)).sort();
    const is = (name: string, mark: string): boolean => existsSync(join(folder, name + mark));
    const waiting = (): string[] => names.filter((name) => is(name, READY) && !is(name, STORED));
    for (const name of waiting()) {
      await store(tools, name).catch(fail);
      if (failure !== undefined && !OF_ONE.has(failure)) break;
    }
    metrics.waiting.set(waiting().length);
    const stored = names.filter((name) => is(name, STORED));
    const newest = stored.at(-1);
    // From the disk, so that it is right after a restart as well.
    if (newest !== undefined) metrics.lastSuccess.set((await stat(join(folder, newest + STORED))).mtimeMs / 1000);
    for (const name of stored.slice(0, -tools.keepLocal)) await forget(tools, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") fail(error); // else no backup has been made yet
  }
  return failure;
}

async function store(tools: UploadTools, name: string): Promise<void> {
  const { storage, prefix, folder, metrics, log } = tools;
  const path = join(folder, name);
  const version = versionIn(await readFile(join(path, "version.txt"), "utf8"));
  if (version === undefined) throw new StorageError("refused", `${name}: version.txt holds no version`);
  const files: Manifest["files"] = [];
  for (const file of (await readdir(path)).sort())
    files.push({ name: file, ...(await storage.upload(`${prefix}${name}/${file}`, join(path, file))) });
  await storeManifest(tools, { name, version, files });
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  metrics.stored.inc();
  metrics.bytes.set(bytes);
  log.info({ name, version, bytes }, `backup ${name} is in the bucket`);
}

/** The manifest is what makes a backup complete, in the bucket; its copy beside the backup is the mark that it is there. */
async function storeManifest({ storage, prefix, folder }: UploadTools, content: Manifest): Promise<void> {
  const mark = join(folder, content.name + STORED);
  await writeFile(`${mark}.new`, JSON.stringify(content));
  await storage.upload(`${prefix}${content.name}/${MANIFEST}`, `${mark}.new`);
  await rename(`${mark}.new`, mark);
}

async function forget({ folder, log }: UploadTools, name: string): Promise<void> {
  await rm(join(folder, name), { recursive: true, force: true });
  for (const mark of [READY, STORED]) await rm(join(folder, name + mark), { force: true });
  log.info({ name }, `backup ${name} is removed from the disk; it is in the bucket`);
}
