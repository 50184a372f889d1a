import { createHash } from "node:crypto";
import { existsSync, lstatSync, readFileSync, readlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Registration } from "../run/registration";
import { isObject } from "../run/wire";
import { sources } from "./git";

const IMAGE = "docker:index/image:Image";

/** For each image that a version builds, by URN, what its build context holds: a digest of its files. */
export type Contexts = Readonly<Record<string, string>>;

/**
 * Looks at the files that images are built from. No registration shows their content, and yet each change of one makes
 * another digest, which rolls whatever runs the image.
 */
export async function contexts(directory: string, registrations: readonly Registration[]): Promise<Contexts> {
  const entries = registrations
    .filter(({ type }) => type === IMAGE)
    .map(async ({ urn, inputs }) => {
      const build = isObject(inputs["build"]) ? inputs["build"] : {};
      const folder = resolve(directory, typeof build["context"] === "string" ? build["context"] : ".");
      return [urn, existsSync(folder) ? await digest(folder) : ""] as const;
    });
  return Object.fromEntries(await Promise.all(entries));
}

/** URNs of images that both versions build from different files. */
export function rebuiltImages(before: Contexts, after: Contexts): Set<string> {
  return new Set(Object.keys(after).filter((urn) => urn in before && before[urn] !== after[urn]));
}

async function digest(folder: string): Promise<string> {
  const hash = createHash("sha256");
  for (const file of await sources(folder)) {
    const path = join(folder, file);
    const found = lstatSync(path, { throwIfNoEntry: false });
    // Listed by git's index, but deleted in the working tree.
    if (found === undefined || found.isDirectory()) continue;
    const executable = (found.mode & 0o100) !== 0 ? "x" : "-";
    const content = found.isSymbolicLink() ? readlinkSync(path) : readFileSync(path);
    hash.update(`${file}\0${executable}\0${String(content.length)}\0`).update(content);
  }
  return hash.digest("hex");
}
