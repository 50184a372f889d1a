import { spawn } from "node:child_process";
import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";

/** A package as a lock file has it. */
interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly link?: boolean;
}

const INSTALL = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];

/**
 * Gives a checkout the packages that its lock file names: those installed here, when they are the same, or an installation
 * of its own.
 *
 * @param progress is told when it takes longer
 * @returns how to stop an installation that is under way, and the end of it
 */
export function packages(
  here: string,
  checkout: string,
  progress: (line: string) => void,
): { readonly done: Promise<void>; readonly stop: () => void } {
  const installed = join(here, "node_modules");
  if (existsSync(installed) && suffices(installed, checkout)) {
    symlinkSync(installed, join(checkout, "node_modules"), "dir");
    return { done: Promise.resolve(), stop: () => undefined };
  }
  progress("Installing the packages of the base version, which are others than those here (npm ci) …");
  return install(checkout);
}

/** True when everything that the checkout's program can need is installed here in the same version. */
function suffices(installed: string, checkout: string): boolean {
  const lock = join(checkout, "package-lock.json");
  if (!existsSync(lock)) return true;
  const have = lockedPackages(join(installed, ".package-lock.json"));
  return Object.entries(lockedPackages(lock))
    .filter(([path, { dev, optional, link }]) => path.startsWith("node_modules/") && !dev && !optional && !link)
    .every(([path, { version, integrity }]) => {
      const found = have[path];
      return found?.version === version && found?.integrity === integrity;
    });
}

function lockedPackages(file: string): Readonly<Record<string, Locked>> {
  if (!existsSync(file)) return {};
  const content = JSON.parse(readFileSync(file, "utf8")) as { readonly packages?: Readonly<Record<string, Locked>> };
  return content.packages ?? {};
}

function install(checkout: string): { readonly done: Promise<void>; readonly stop: () => void } {
  // A group of its own, so that all of npm can be stopped.
  const npm = spawn("npm", INSTALL, { cwd: checkout, detached: true, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  npm.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const done = new Promise<void>((resolve, reject) => {
    npm.on("error", reject);
    npm.on("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`npm ci of the base version ended with ${String(code)}: ${said.trim()}`));
    });
  });
  return { done, stop: () => stopGroup(npm.pid) };
}

/** Ends a process that was started detached, and everything that it has started. */
export function stopGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}
