import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import * as yauzl from "yauzl";
import { versionIn } from "../../images/housekeeping/src/backup/manifest";

/** What a restore needs, by the file of a backup that holds it: from where in a server's data it is packed. */
export const PARTS = { "config-dir.zip": "config", "db.zip": "db/h2db", "config-repo.zip": "db/config.git" } as const;

const CONFIG = "cruise-config.xml";
const DATABASE = "cruise.mv.db";

/** What another server has left. */
export interface Source {
  readonly kind: "backup" | "data";
  readonly folder: string;
  /** Absent where nothing tells. */
  readonly version: string | undefined;
  readonly config: string;
}

/** Why nothing can be made of a folder, for the person who named it. */
export class MoveInError extends Error {}

/** @throws MoveInError if it is neither a backup nor the data of a server, or something in it is missing. */
export async function sourceIn(folder: string): Promise<Source> {
  if (!existsSync(folder)) throw new MoveInError(`${folder}: there is no such folder`);
  const data = [folder, join(folder, "godata")].find((path) => existsSync(join(path, "config", CONFIG)));
  return data === undefined ? backupIn(folder) : dataIn(data);
}

async function backupIn(folder: string): Promise<Source> {
  const missing = [...Object.keys(PARTS), "version.txt"].filter((file) => !existsSync(join(folder, file)));
  if (missing.length > 0)
    throw new MoveInError(
      `${folder}: neither a backup of GoCD (no ${missing.join(", ")}) nor its data (no config/${CONFIG})`,
    );
  if ((await entryOf(join(folder, "db.zip"), DATABASE)) === undefined)
    throw new MoveInError(`${folder}: db.zip has no ${DATABASE}: only H2, GoCD's own database, can be restored`);
  const config = await entryOf(join(folder, "config-dir.zip"), CONFIG);
  if (config === undefined) throw new MoveInError(`${folder}: config-dir.zip has no ${CONFIG}`);
  const version = versionIn(readFileSync(join(folder, "version.txt"), "utf8"));
  return { kind: "backup", folder, version, config };
}

function dataIn(folder: string): Source {
  const missing = ["config/cipher.aes", `db/h2db/${DATABASE}`, "db/config.git"].filter(
    (path) => !existsSync(join(folder, path)),
  );
  if (missing.length > 0) throw new MoveInError(`${folder}: the data of a server, but without ${missing.join(", ")}`);
  return { kind: "data", folder, version: undefined, config: readFileSync(join(folder, "config", CONFIG), "utf8") };
}

/** The text of a file in an archive, or nothing. */
async function entryOf(archive: string, name: string): Promise<string | undefined> {
  const zip = await yauzl.openPromise(archive);
  try {
    for await (const entry of zip.eachEntry())
      // Of a database its presence is enough: it may have gigabytes.
      if (entry.fileName === name) return name === DATABASE ? "" : await text(await zip.openReadStreamPromise(entry));
    return undefined;
  } finally {
    zip.close();
  }
}
