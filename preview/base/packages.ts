import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";

/** A package as a lock file has it. */
interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly link?: boolean;
}

// By itself npm waits five minutes for each request, and three attempts: with a registry that does not answer, half an hour.
const INSTALL = [
  "ci",
  "--ignore-scripts",
  "--no-audit",
  "--no-fund",
  "--loglevel=error",
  "--fetch-timeout=30000",
  "--fetch-retries=1",
];
/** Seconds for the whole installation. */
const INSTALL_TIMEOUT = 180;

/** Packages on their way into a checkout. */
export interface Provision {
  readonly done: Promise<void>;
  /** Ends an installation that is under way. */
  readonly stop: () => void;
}

/**
 * Gives a checkout the packages that its lock file names: those installed here, when they are the same, or an installation
 * of its own. Where that fails, those installed here serve all the same: most programs do not notice.
 *
 * @param timeout seconds for the installation
 * @param progress is told when it takes longer, and when packages are not the ones named
 */
export function packages(
  here: string,
  checkout: string,
  progress: (line: string) => void,
  timeout = INSTALL_TIMEOUT,
): Provision {
  const installed = join(here, "node_modules");
  const borrow = () => {
    rmSync(join(checkout, "node_modules"), { recursive: true, force: true });
    symlinkSync(installed, join(checkout, "node_modules"), "dir");
  };
  if (existsSync(installed) && suffices(installed, checkout)) {
    borrow();
    return { done: Promise.resolve(), stop: () => undefined };
  }
  progress("Installing the packages of the base version, which are others than those here (npm ci) …");
  const { done, stop } = install(checkout, timeout);
  const orElse = (error: unknown) => {
    if (!existsSync(installed)) throw error;
    progress(
      `${error instanceof Error ? error.message : String(error)}; going on with the packages that are installed here`,
    );
    borrow();
  };
  return { done: done.catch(orElse), stop };
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
      // What is installed is described by its own package.json, which may say v1.0.0 and knows of no integrity.
      const same = found?.version?.replace(/^v/, "") === version?.replace(/^v/, "");
      return same && (found?.integrity === undefined || found.integrity === integrity);
    });
}

function lockedPackages(file: string): Readonly<Record<string, Locked>> {
  if (!existsSync(file)) return {};
  const content = JSON.parse(readFileSync(file, "utf8")) as { readonly packages?: Readonly<Record<string, Locked>> };
  return content.packages ?? {};
}

function install(checkout: string, timeout: number): Provision {
  // A group of its own, so that all of npm can be stopped.
  const npm = spawn("npm", INSTALL, { cwd: checkout, detached: true, stdio: ["ignore", "ignore", "pipe"] });
  let output = "";
  npm.stderr.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  const stop = () => {
    stopGroup(npm.pid);
  };
  const done = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`npm ci of the base version took longer than ${timeout} seconds`));
    }, timeout * 1000);
    npm.on("error", reject);
    npm.on("close", (code) => {
      clearTimeout(timer);
      if (code === 0) resolve();
      else reject(new Error(`npm ci of the base version failed: ${firstReason(output)}`));
    });
  });
  return { done, stop };
}

/** npm says much; the reason is the first line that is one. */
function firstReason(output: string): string {
  const lines = output.split("\n").map((line) => line.replace(/^npm (error|ERR!)\s*/, "").trim());
  return lines.find((line) => line !== "" && !line.startsWith("code ")) ?? "no reason given";
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
