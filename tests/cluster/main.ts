// npm run test:cluster: the proof on a real Kubernetes. README.md in this folder says how and what.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { bench } from "./harness/bench";
import { buildBinaries } from "./harness/binaries";
import { emptyCgroup, makeCgroup, removeCgroup } from "./harness/cgroups";
import { bringPackages, program } from "./harness/debian";
import { checkGivenCluster, clearGivenCluster, lacksOnGivenCluster } from "./harness/given-cluster";
import { lacks } from "./harness/machine";
import { fillNpmCache } from "./harness/npm";
import { CACHE, LOCK, LOGS, STATE } from "./harness/paths";
import { say, step } from "./harness/progress";
import { closingLine, countsOf, runSuites, skipAll, sum, type Counts } from "./harness/suites";
import { WORLD } from "./harness/world";

const COUNTS = path.join(STATE, "counts.json");
const INSIDE = { cluster: "inside.ts", laptop: "laptop/inside.ts" };
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** A cluster of one's own, or undefined; an empty KUBECONFIG is none, as for kubectl. */
const given = process.env["KUBECONFIG"] || undefined;

async function main(args: readonly string[]): Promise<Counts> {
  if (WORLD === "cluster" && given !== undefined) return onGivenCluster(args);
  // References for somebody else's cluster, which is not what is tested now.
  delete process.env["GOCD_TEST_IMAGES"];
  const missing = lacks();
  if (missing !== undefined) return skipped(missing);
  const unlock = lock();
  try {
    return await onOwnCluster(args);
  } finally {
    unlock();
  }
}

/** On the cluster of KUBECONFIG, which is left as it was found. */
async function onGivenCluster(args: readonly string[]): Promise<Counts> {
  const missing = await lacksOnGivenCluster();
  if (missing !== undefined) return skipped(missing);
  if (args.includes("--hold"))
    throw new Error("--hold is for the tests' own cluster; the one of KUBECONFIG runs already");
  await checkGivenCluster();
  mkdirSync(STATE, { recursive: true });
  const interrupted = new AbortController();
  const interrupt = (signal: NodeJS.Signals) => {
    say(`${signal}: stopping`);
    interrupted.abort();
  };
  for (const signal of SIGNALS) process.once(signal, interrupt);
  try {
    const work = args.includes("--bench") ? measured() : runSuites(args, interrupted.signal);
    return await Promise.race([
      work,
      once(interrupted.signal, "abort").then(() => Promise.reject(new Error("interrupted"))),
    ]);
  } finally {
    await step("remove what the tests have made", clearGivenCluster);
    rmSync(STATE, { recursive: true, force: true });
    for (const signal of SIGNALS) process.off(signal, interrupt);
  }
}

async function measured(): Promise<Counts> {
  await bench();
  return { passed: 0, failed: 0, skipped: 0 };
}

function skipped(why: string): Promise<Counts> {
  say(`${WORLD} tests skipped: ${why}`);
  return skipAll(WORLD);
}

/** Brings what is kept between runs, where it is not there yet. */
async function bringAll(): Promise<void> {
  await bringPackages();
  await buildBinaries();
  await fillNpmCache();
}

async function onOwnCluster(args: readonly string[]): Promise<Counts> {
  await bringAll();
  await cleanUp();
  rmSync(LOGS, { recursive: true, force: true });
  for (const folder of [LOGS, STATE]) mkdirSync(folder, { recursive: true });
  makeCgroup();
  try {
    await inNamespaces(args);
    if (!existsSync(COUNTS))
      throw new Error(`the run ended before its tests did; logs are in ${path.relative(process.cwd(), LOGS)}`);
    return JSON.parse(readFileSync(COUNTS, "utf8")) as Counts;
  } finally {
    await step("clean up", cleanUp);
  }
}

/**
 * Runs what tests this world with mounts, processes, network and host name of its own. Whatever happens to it, the kernel ends its
 * processes and takes away its mounts, interfaces and firewall rules; if this process dies, so does the other one.
 */
async function inNamespaces(args: readonly string[]): Promise<void> {
  const namespaces = [
    "unshare",
    "--mount",
    "--propagation",
    "private",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
    "--net",
    "--uts",
    "--ipc",
  ];
  const inside = [process.execPath, "-r", "@swc-node/register", path.join(__dirname, INSIDE[WORLD]), ...args];
  const child = spawn("setpriv", ["--pdeathsig", "KILL", ...namespaces, program("tini"), "--", ...inside], {
    stdio: ["ignore", "inherit", "inherit"],
    detached: true,
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => {
      resolve();
    });
  });
  // In a session of its own it does not hear Ctrl-C: one place decides what an interrupted run leaves behind.
  const interrupt = (signal: NodeJS.Signals) => {
    say(`${signal}: stopping`);
    child.kill("SIGKILL");
  };
  for (const signal of SIGNALS) process.once(signal, interrupt);
  await ended;
  for (const signal of SIGNALS) process.off(signal, interrupt);
}

/** Two runs would take each other's files away. Returns what gives the lock back. */
function lock(): () => void {
  mkdirSync(CACHE, { recursive: true });
  const holder = existsSync(LOCK) ? readFileSync(LOCK, "utf8") : "";
  if (holder !== "" && isRun(holder)) throw new Error(`another run is under way: process ${holder}`);
  writeFileSync(LOCK, String(process.pid));
  return () => {
    rmSync(LOCK);
  };
}

/** Whether this process is a run. The number of one that was killed may be another program's by now. */
function isRun(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(path.join("cluster", path.basename(__filename)));
  } catch {
    return false;
  }
}

/** Removes what a run leaves outside its namespaces: groups of processes, files, disks. */
async function cleanUp(): Promise<void> {
  await emptyCgroup();
  removeCgroup();
  rmSync(STATE, { recursive: true, force: true });
}

/**
 * The laptop's tests run in a process of their own, whose last line tells how they ended. In a session of its own, so that
 * Ctrl-C reaches it once, and told to clean up should this process die.
 */
function onLaptop(): Promise<Counts> {
  return new Promise((resolve, reject) => {
    const again = [process.execPath, "-r", "@swc-node/register", __filename];
    const child = spawn("setpriv", ["--pdeathsig", "TERM", ...again], {
      env: { ...process.env, GOCD_TESTS: "laptop" },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let last = "";
    createInterface({ input: child.stdout }).on("line", (line) => {
      last = line;
      say(`laptop: ${line}`);
    });
    createInterface({ input: child.stderr }).on("line", (line) => {
      console.error(`laptop: ${line}`);
    });
    const forward = (signal: NodeJS.Signals) => child.kill(signal);
    for (const signal of SIGNALS) process.once(signal, forward);
    child.on("error", reject);
    child.on("close", () => {
      for (const signal of SIGNALS) process.off(signal, forward);
      resolve(countsOf(last));
    });
  });
}

/** Whatever ends a run before its tests could counts as one that failed. */
function broken(error: unknown): Counts {
  console.error(error instanceof Error ? error.message : error);
  return { passed: 0, failed: 1, skipped: 0 };
}

async function everything(args: readonly string[]): Promise<Counts> {
  // Whoever asks for something in particular, or brings a cluster, wants no more than that.
  if (WORLD === "laptop" || args.length > 0 || given !== undefined) return main(args);
  if (lacks() !== undefined) return sum(await main(args), await skipAll("laptop"));
  // Once, not by both.
  await bringAll();
  const [cluster, laptop] = await Promise.all([main(args).catch(broken), onLaptop()]);
  return sum(cluster, laptop);
}

void everything(process.argv.slice(2))
  .catch(broken)
  .then((counts) => {
    say(closingLine(counts));
    process.exitCode = counts.failed === 0 ? 0 : 1;
  });
