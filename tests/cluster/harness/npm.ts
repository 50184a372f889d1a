import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { CACHE, ROOT } from "./paths";
import { step } from "./progress";
import { run } from "./run";

const SERVICE = path.join(ROOT, "images/housekeeping");
const LOCK = path.join(SERVICE, "package-lock.json");
const key = () => createHash("sha256").update(readFileSync(LOCK)).digest("hex").slice(0, 12);

/** npm's cache with the packages of housekeeping's lock file, one folder for each version of that file. */
export const NPM_CACHE = path.join(CACHE, "npm", key());

/** Downloads housekeeping's packages where they are not in the cache yet: its image is built where there is no network. */
export async function fillNpmCache(): Promise<void> {
  if (existsSync(NPM_CACHE)) return;
  await step("download housekeeping's packages", async () => {
    const unfinished = `${NPM_CACHE}.${process.pid}`;
    const project = path.join(unfinished, "project");
    rmSync(path.dirname(NPM_CACHE), { recursive: true, force: true });
    mkdirSync(project, { recursive: true });
    for (const file of ["package.json", "package-lock.json"])
      cpSync(path.join(SERVICE, file), path.join(project, file));
    await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--cache", unfinished], { cwd: project });
    rmSync(project, { recursive: true });
    renameSync(unfinished, NPM_CACHE);
  });
}

/** The folder of the npm that is installed here. */
export function npmFolder(): string {
  const beside = path.dirname(process.execPath);
  return path.resolve(path.dirname(realpathSync(path.join(beside, "npm"))), "..");
}
