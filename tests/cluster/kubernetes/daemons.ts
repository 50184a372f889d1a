import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { LOGS, STATE } from "./paths";
import { eventually } from "./run";

/** A program that keeps running: its name is that of its log and pid files. */
export interface Daemon {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

const PIDS = path.join(STATE, "pids");

/**
 * Starts a daemon in a session of its own, so that Ctrl-C does not reach it before the tests are done with it. Any
 * process of the harness can stop it later, because its process id is in a file.
 */
export function startDaemon(daemon: Daemon): void {
  mkdirSync(PIDS, { recursive: true });
  mkdirSync(LOGS, { recursive: true });
  const log = openSync(logOf(daemon.name), "a");
  const child = spawn(daemon.command, daemon.args, {
    detached: true,
    stdio: ["ignore", log, log],
    env: { ...process.env, ...daemon.env },
  });
  closeSync(log);
  if (child.pid === undefined) throw new Error(`${daemon.name} could not be started: ${daemon.command}`);
  writeFileSync(pidFile(daemon.name), String(child.pid));
  child.unref();
}

/** Asks a daemon to end (`signal`, default SIGTERM), waits until it has, and kills it after `timeout` milliseconds, default ten seconds. */
export async function stopDaemon(name: string, signal: NodeJS.Signals = "SIGTERM", timeout = 10_000): Promise<void> {
  if (!existsSync(pidFile(name))) return;
  const pid = Number(readFileSync(pidFile(name), "utf8"));
  send(pid, signal);
  try {
    await eventually(`${name} to end`, () => Promise.resolve(isRunning(pid) ? undefined : true), timeout, 50);
  } catch {
    send(pid, "SIGKILL");
  }
  rmSync(pidFile(name));
}

/** The daemons that have ended though nobody stopped them, with the end of their logs; empty while all run. */
export function crashedDaemons(): string {
  return (existsSync(PIDS) ? readdirSync(PIDS) : [])
    .filter((name) => !isRunning(Number(readFileSync(pidFile(name), "utf8"))))
    .map((name) => `${name} has ended by itself:\n${endOfLog(name)}`)
    .join("\n");
}

/** The end of a daemon's log, for an error message; of a crash its beginning, which says why. */
export function endOfLog(name: string): string {
  const lines = readFileSync(logOf(name), "utf8").trim().split("\n");
  const crash = lines.findLastIndex((line) => CRASH.test(line));
  return (crash === -1 ? lines.slice(-LINES) : lines.slice(crash, crash + LINES)).join("\n");
}

/** The log file of a daemon. */
const logOf = (name: string): string => path.join(LOGS, `${name}.log`);

const LINES = 15;
/** What the runtime of Go says first, and Kubernetes' own log of a fatal error. */
const CRASH = /^(fatal error: |panic: |F\d{4} )/;

const pidFile = (name: string) => path.join(PIDS, name);

function isRunning(pid: number): boolean {
  try {
    // A zombie is over; its parent may just not have asked for it yet.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it has ended by itself
  }
}
