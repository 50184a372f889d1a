import { createWriteStream, readdirSync } from "node:fs";
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";
import {
  compareVersions,
  FIRST_VERSION,
  MANIFEST,
  NAME,
  type Manifest,
} from "../../images/housekeeping/src/backup/manifest";
import { contentOfFile } from "../../images/housekeeping/src/backup/storage";
import type { Options } from "./arguments";
import { MoveInError, PARTS, type Source } from "./source";

/** A backup that is ready to be copied to the bucket. */
export interface Prepared {
  readonly name: string;
  readonly folder: string;
}

/** @throws MoveInError if its version is not known, or has a database of another form. */
export async function prepare(source: Source, options: Options, now: Date): Promise<Prepared> {
  const version = versionOf(source, options);
  const own = basename(source.folder);
  const name = source.kind === "backup" && NAME.test(own) ? own : `backup_${timestamp(now)}`;
  const folder = join(options.to, name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const [file, part] of Object.entries(PARTS)) {
    const target = join(folder, file);
    if (source.kind === "backup") await copyFile(join(source.folder, file), target);
    else await pack(join(source.folder, part), target);
  }
  await writeFile(join(folder, "version.txt"), version);
  const files = [];
  for (const file of readdirSync(folder).sort())
    files.push({ name: file, ...(await contentOfFile(join(folder, file))) });
  // What makes it complete is made last.
  await writeFile(join(folder, MANIFEST), JSON.stringify({ name, version, files } satisfies Manifest));
  return { name, folder };
}

function versionOf({ folder, version: told }: Source, options: Options): string {
  const version = options.version ?? told;
  if (version === undefined)
    throw new MoveInError(
      `${folder}: does not tell which GoCD it is of: --version X.Y.Z, which its log and its pages show`,
    );
  if (compareVersions(version, FIRST_VERSION) >= 0) return version;
  if (options.migrated) return FIRST_VERSION;
  throw new MoveInError(
    `${folder}: is of GoCD ${version}, whose database has another form than that of ${FIRST_VERSION} and later: ` +
      "migrate it with gocd-database-migrator, then --migrated (docs/operations/move-in.md)",
  );
}

/** As GoCD names its backups, in UTC. */
const timestamp = (now: Date): string => now.toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);

/** Every file below a folder. */
async function pack(folder: string, archive: string): Promise<void> {
  const zip = new ZipFile();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) zip.addFile(path, relative(folder, path));
  }
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(archive, { mode: 0o600 }));
}
