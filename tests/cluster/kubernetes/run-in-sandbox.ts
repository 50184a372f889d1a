import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { emptyCgroup, makeCgroup, removeCgroup } from "./cgroups";
import { program } from "./packages";
import { LOGS, STATE } from "./paths";
import { say, step } from "./progress";
import { eventually } from "./run";

/** Signals that end a run. */
export const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const NAMESPACES = [
  "--mount",
  "--propagation",
  "private",
  "--pid",
  "--fork",
  "--mount-proc",
  "--net",
  "--uts",
  "--ipc",
];
/** Holds the process id, outside, of the first process in the namespaces. */
const FIRST_PROCESS = path.join(STATE, "first-process");

/**
 * Runs a TypeScript file in mount, process, network, host-name and IPC namespaces of its own, and calls `result` once it has
 * ended. Whatever happens to it, the kernel ends its processes and takes away its mounts, interfaces and firewall rules; if this
 * process dies, so does the other one. What it leaves outside is removed before and after.
 */
export async function runInSandbox<T>(script: string, args: readonly string[], result: () => T): Promise<T> {
  await cleanUp();
  rmSync(LOGS, { recursive: true, force: true });
  for (const folder of [LOGS, STATE]) mkdirSync(folder, { recursive: true });
  makeCgroup();
  try {
    await inNamespaces([process.execPath, "-r", "offline-preview/register", script, ...args]);
    return result();
  } finally {
    await step("clean up", cleanUp);
  }
}

/** How to enter the sandbox of this run: a command that starts others in it. Of this run, whatever else runs on the machine. */
export const enterCommand = (): string => `nsenter --all --target ${readFileSync(FIRST_PROCESS, "utf8")}`;

async function inNamespaces(command: readonly string[]): Promise<void> {
  const unshare = ["unshare", "--kill-child", ...NAMESPACES, program("tini"), "--", ...command];
  const child = spawn("setpriv", ["--pdeathsig", "KILL", ...unshare], {
    stdio: ["ignore", "inherit", "inherit"],
    detached: true,
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => {
      resolve();
    });
  });
  // In a session of its own it does not get Ctrl-C: one place decides what an interrupted run leaves behind.
  const interrupt = (signal: NodeJS.Signals) => {
    say(`${signal}: stopping`);
    child.kill("SIGKILL");
  };
  for (const signal of SIGNALS) process.once(signal, interrupt);
  if (child.pid !== undefined) await Promise.race([ended, noteFirstProcess(child.pid)]);
  await ended;
  for (const signal of SIGNALS) process.off(signal, interrupt);
}

/** The only child of `unshare`. */
async function noteFirstProcess(unshare: number): Promise<void> {
  const pid = await eventually("the first process in the namespaces", () => {
    const children = readFileSync(`/proc/${unshare}/task/${unshare}/children`, "utf8").trim();
    return Promise.resolve(children === "" ? undefined : children);
  });
  writeFileSync(FIRST_PROCESS, pid);
}

/** Removes what a run leaves outside its namespaces: control groups with their processes, files, disks. */
async function cleanUp(): Promise<void> {
  await emptyCgroup();
  removeCgroup();
  rmSync(STATE, { recursive: true, force: true });
}
