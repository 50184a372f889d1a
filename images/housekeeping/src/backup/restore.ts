import { createWriteStream, existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";

import * as yauzl from "yauzl";

import type { Logger } from "../log";
import { compareVersions, FIRST_VERSION, MANIFEST, manifest, type Manifest } from "./manifest";
import { adapted, KEYS_TO_REPLACE, keyIn, openingPlugin, type OtherServer } from "./other-server";
import type { Storage } from "./storage";

/** Where each file of a backup belongs. The wrapper's configuration is the image's own. */
const PLACES: Readonly<Record<string, string>> = {
  "config-dir.zip": "config",
  "db.zip": "db/h2db",
  "config-repo.zip": "db/config.git",
};

/** What a server leaves behind as soon as it has run, or has been seeded. */
const TRACES = ["config/cruise-config.xml", "db/h2db", "db/config.git"];

/** Files that nobody else may read, as first boot makes them. Archives of GoCD keep no modes. */
const PRIVATE: ReadonlySet<string> = new Set(["cipher.aes", "cruise-config.xml"]);

/** Names the backup that the disk was restored from. */
const RESTORED = ".restored-from";
/** The folder in which the restored files are made ready: while it is there nothing has been put in place. */
const STAGING = ".restore";
/** Inside it when everything is ready: from here on only renames are left. */
const COMPLETE = "complete";

export interface RestoreTools {
  /** Name of the backup, such as `backup_20260101-020000`. */
  readonly name: string;
  /** The server's /godata. */
  readonly data: string;
  readonly prefix: string;
  /** Of the GoCD that is going to start on this data. */
  readonly version: string;
  /** The Secret of the server's first boot, with the configuration that it would start from. */
  readonly seed: string;
  readonly otherServer?: OtherServer | undefined;
  readonly storage: Storage;
  readonly log: Logger;
}

/** Why nothing was restored, for the person who set the setting. */
class RestoreError extends Error {}

/**
 * Restores a backup into an empty disk. Done once: the disk remembers, so the setting may stay. Interrupted anywhere, it is
 * done again from the start, or finished when only renames were left.
 *
 * @throws RestoreError when the disk has other data, or the backup is not there, of a newer GoCD, or of another server
 *   without a person's word for it.
 */
export async function restore(tools: RestoreTools): Promise<void> {
  const { data, name, log } = tools;
  const marker = join(data, RESTORED);
  const before = existsSync(marker) ? (await readFile(marker, "utf8")).trim() : undefined;
  if (before === name) {
    log.info({ name }, `this disk was restored from ${name} before: nothing to do`);
    return;
  }
  const staging = join(data, STAGING);
  const ready = join(staging, COMPLETE);
  const unfinished = existsSync(ready) && (await readFile(ready, "utf8")) === name;
  if (!unfinished) {
    const traces = TRACES.filter((trace) => existsSync(join(data, trace)));
    if (before !== undefined || traces.length > 0)
      throw new RestoreError(
        `this disk has data of ${before ?? "a server that has run"} (${[RESTORED, ...traces].slice(before === undefined ? 1 : 0).join(", ")}): ` +
          `${name} is restored into an empty disk only`,
      );
    await stage(tools, staging);
    await adapt(tools, staging);
    await writeFile(ready, name);
  }
  for (const place of Object.values(PLACES)) await putInPlace(join(staging, place), join(data, place));
  await writeFile(marker, `${name}\n`);
  await rm(staging, { recursive: true });
  log.info({ name }, `restored ${name}`);
}

async function stage({ name, prefix, version, storage, log }: RestoreTools, staging: string): Promise<void> {
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true });
  const backup = await readManifest(storage, `${prefix}${name}/${MANIFEST}`, join(staging, MANIFEST));
  if (compareVersions(backup.version, version) > 0)
    throw new RestoreError(
      `${name} was made by GoCD ${backup.version}, and this is ${version}: an older GoCD cannot read its data`,
    );
  if (compareVersions(backup.version, FIRST_VERSION) < 0)
    throw new RestoreError(
      `${name} was made by GoCD ${backup.version}, whose database has another form than that of ${FIRST_VERSION} and later; ${PAGE}`,
    );
  const missing = Object.keys(PLACES).filter((file) => !backup.files.some((one) => one.name === file));
  if (missing.length > 0) throw new RestoreError(`${name} has no ${missing.join(", ")}`);
  for (const file of backup.files) {
    const place = PLACES[file.name];
    if (place === undefined) continue;
    log.info({ file: file.name, bytes: file.size }, `fetching ${file.name}`);
    const archive = join(staging, file.name);
    await storage.download(`${prefix}${name}/${file.name}`, archive, file);
    await unpack(archive, join(staging, place));
    await rm(archive);
  }
}

const PAGE = "docs/operations/move-in.md says how";

/** What another server's data needs to start here: a log-in, and keys that this stack's agents and housekeeping know. */
async function adapt({ name, seed, otherServer }: RestoreTools, staging: string): Promise<void> {
  if (!existsSync(join(staging, "db/h2db/cruise.mv.db")))
    throw new RestoreError(`${name} has no H2 database: of PostgreSQL or MySQL this server knows nothing`);
  const path = join(staging, "config/cruise-config.xml");
  const [config, own] = await Promise.all([readFile(path, "utf8"), readFile(join(seed, "cruise-config.xml"), "utf8")]);
  const isOther = keyIn(config, "tokenGenerationKey") !== keyIn(own, "tokenGenerationKey");
  if (isOther && otherServer === undefined)
    throw new RestoreError(
      `${name} was made by another server, whose keys are not this stack's: gocd:backup.otherServer has to accept it; ${PAGE}`,
    );
  if (isOther && otherServer === "adopt-keys")
    throw new RestoreError(
      `gocd:serverSecrets.keys.tokenGenerationKey is not that of ${name}: adopt its key, or replace it; ${PAGE}`,
    );
  if (otherServer === undefined) return;
  const open = openingPlugin(config);
  if (open !== undefined)
    throw new RestoreError(
      `${name} has a log-in by ${open}, which asks for none: take it out on the old server and make another backup; ${PAGE}`,
    );
  await writeFile(path, adapted(config, own), { mode: 0o600 });
  if (isOther) await writeFile(join(staging, "config", KEYS_TO_REPLACE.file), KEYS_TO_REPLACE.text);
}

async function readManifest(storage: Storage, object: string, path: string): Promise<Manifest> {
  const content = await storage.find(object);
  if (content === undefined)
    throw new RestoreError(`the bucket has no complete backup of that name: ${object} is missing`);
  await storage.download(object, path, content);
  return manifest.parse(JSON.parse(await readFile(path, "utf8")));
}

/** Unpacks a zip file. The reader refuses names that are absolute or lead out of the folder. */
async function unpack(archive: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const zip = await yauzl.openPromise(archive);
  try {
    for await (const entry of zip.eachEntry()) {
      const target = join(folder, entry.fileName);
      if (entry.fileName.endsWith("/")) {
        await mkdir(target, { recursive: true });
        continue;
      }
      await mkdir(dirname(target), { recursive: true });
      await pipeline(
        await zip.openReadStreamPromise(entry),
        createWriteStream(target, { mode: PRIVATE.has(entry.fileName) ? 0o600 : 0o666 }),
      );
    }
  } finally {
    zip.close();
  }
}

/** Moves what is in one folder to another, entry by entry: done again after an interruption, it moves what is left. */
async function putInPlace(from: string, to: string): Promise<void> {
  if (!existsSync(from)) return;
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from)) await rename(join(from, entry), join(to, entry));
}
