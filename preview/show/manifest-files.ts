import { lstatSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { UsageError } from "../command";
import { toYaml, type Manifest } from "../manifests";

/** First line of every file that the preview writes; by it, it knows its own. */
const MARK = "# Written by npm run preview; do not edit.";

/** The manifest as the text of a file. */
export function manifestFile({ urn, object }: Manifest): string {
  return `${MARK}\n# ${urn}\n${toYaml(object)}`;
}

/**
 * Makes a directory hold exactly these manifests, beside whatever else is in it. Files of an earlier preview that are
 * no longer wanted go, and so do directories that this empties; nothing else is removed or overwritten.
 *
 * @throws {Error} when somebody else's file is where a manifest belongs; nothing is written then
 */
export function writeManifests(directory: string, manifests: readonly Manifest[]): void {
  const wanted = new Map(manifests.map((manifest) => [join(directory, manifest.file), manifest]));
  for (const file of wanted.keys()) {
    if (exists(file) && !isOurs(file))
      throw new Error(`${file} is in the way: npm run preview did not write it. Move it, or choose --out.`);
  }
  for (const file of ourFiles(directory)) if (!wanted.has(file)) removeWithEmptyParents(file, directory);
  for (const [file, manifest] of wanted) {
    makeFolder(dirname(file));
    writeFileSync(file, manifestFile(manifest));
  }
}

/**
 * Makes a folder and those above it, one by one: Node's own recursive way does not end where the system has no folder to
 * give, as below /proc.
 *
 * @throws {UsageError} where that is impossible
 */
export function makeFolder(folder: string): void {
  // From the top: below a file there is not even an answer.
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  if (found !== undefined) throw new UsageError(`--out: ${folder} is no folder`);
  try {
    mkdirSync(folder);
  } catch (error) {
    throw new UsageError(
      `--out: the folder ${folder} cannot be made (${String((error as NodeJS.ErrnoException).code)})`,
    );
  }
}

/** Our files at the two levels at which there can be any. */
function ourFiles(directory: string): string[] {
  return entries(directory)
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => entries(join(directory, name)).map((file) => join(directory, name, file.name)))
    .filter((file) => file.endsWith(".yaml") && isOurs(file));
}

function entries(directory: string) {
  return exists(directory) ? readdirSync(directory, { withFileTypes: true }) : [];
}

/** A link is never ours: what it leads to is somebody else's. */
function isOurs(file: string): boolean {
  return lstatSync(file).isFile() && readFileSync(file, "utf8").startsWith(`${MARK}\n`);
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function removeWithEmptyParents(file: string, directory: string): void {
  rmSync(file);
  const parent = dirname(file);
  if (parent !== directory && entries(parent).length === 0) rmdirSync(parent);
}
