// npm run test:cluster: the program on a real Kubernetes. README.md in this folder says how and what.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { buildPulumi } from "../engine/harness/binaries";
import { readArguments, type Work } from "./arguments";
import { bench } from "./gocd/bench";
import { checkExternalCluster, clearExternalCluster, missingForExternalCluster } from "./gocd/external-cluster";
import { bringPrerequisites } from "./gocd/prerequisites";
import {
  closingLine,
  countsOf,
  isPicked,
  runSuites,
  skipAll,
  sum,
  target,
  TARGETS,
  type Counts,
  type Selection,
} from "./gocd/run-suites";
import { openApi } from "./kubernetes/api";
import { missingOfficialImages, startOnOfficialImages } from "./official-images";
import { withLock } from "./kubernetes/lock";
import { missingPrerequisite } from "./kubernetes/machine";
import { LOCK, LOGS, ROOT, STATE } from "./kubernetes/paths";
import { say, step } from "./kubernetes/progress";
import { runInSandbox, SIGNALS } from "./kubernetes/run-in-sandbox";
import { asArgument, COUNTS, NO_TESTS } from "./work";

const INSIDE = { cluster: "inside.ts", laptop: "gocd/laptop/inside.ts", engine: "../engine/inside.ts" };

const ALL: Selection = { suites: [], except: [] };

/** The kubeconfig of a cluster that exists, or undefined; an empty KUBECONFIG is none, as for kubectl. */
const external = target === "cluster" ? process.env["KUBECONFIG"] || undefined : undefined;

async function onExternalCluster(work: Work): Promise<Counts> {
  const missing = await missingForExternalCluster();
  if (missing !== undefined) return skipped(missing, work);
  if (work.mode === "hold") throw new Error("--hold is for the tests' own cluster; the one of KUBECONFIG runs already");
  await checkExternalCluster();
  mkdirSync(STATE, { recursive: true });
  const closeApi = await openApi();
  const interrupted = new AbortController();
  const interrupt = (signal: NodeJS.Signals) => {
    say(`${signal}: stopping`);
    interrupted.abort();
  };
  for (const signal of SIGNALS) process.once(signal, interrupt);
  try {
    return await Promise.race([
      work.mode === "test" ? runSuites(work, { interrupted: interrupted.signal }) : bench().then(() => NO_TESTS),
      once(interrupted.signal, "abort").then(() => Promise.reject(new Error("interrupted"))),
    ]);
  } finally {
    closeApi();
    await step("remove what the tests have made", clearExternalCluster);
    rmSync(STATE, { recursive: true, force: true });
    for (const signal of SIGNALS) process.off(signal, interrupt);
  }
}

function skipped(why: string, work: Work): Promise<Counts> {
  if (work.mode === "test" && work.required) throw new Error(`${target} tests cannot run: ${why}`);
  say(`${target} tests skipped: ${why}`);
  return skipAll(target, work.mode === "test" ? work : ALL);
}

/** Whether the suites of a folder run that takes what the others do not need. */
const wants = (work: Work, folder: "access" | "builders" | "company" | "network" | "standalone" | "walls") =>
  target === "cluster" && work.mode === "test" && isPicked(folder, work);

/** In a sandbox of its own: a cluster, or the laptop's Docker. */
async function inOwnSandbox(work: Work): Promise<Counts> {
  const missing = missingPrerequisite();
  if (missing !== undefined) return skipped(missing, work);
  // Images for another cluster are not what is tested now.
  delete process.env["GOCD_TEST_IMAGES"];
  // Two runs of one target would take each other's files away.
  return withLock(LOCK, async () => {
    const access = wants(work, "access");
    const [builders, company] = [wants(work, "builders"), wants(work, "company")];
    const guest = wants(work, "standalone");
    await bringPrerequisites({
      network: access || wants(work, "network"),
      access,
      builders,
      company,
      guest,
      walls: wants(work, "walls"),
    });
    if (target === "engine") await buildPulumi();
    return runInSandbox(path.join(__dirname, INSIDE[target]), [asArgument(work)], () => {
      if (existsSync(COUNTS)) return JSON.parse(readFileSync(COUNTS, "utf8")) as Counts;
      throw new Error(`the run ended before its tests did; logs are in ${path.relative(process.cwd(), LOGS)}`);
    });
  });
}

/**
 * The laptop's tests run in a process of their own, whose last line tells how they ended. In a session of its own, so that
 * Ctrl-C reaches it once, and told to clean up should this process die.
 */
function onLaptop(): Promise<Counts> {
  return new Promise((resolve, reject) => {
    const again = [process.execPath, "-r", "offline-preview/register", __filename];
    const child = spawn("setpriv", ["--pdeathsig", "TERM", ...again], {
      env: { ...process.env, TEST_TARGET: "laptop" },
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
  return { ...NO_TESTS, failed: 1 };
}

/** In a process of its own, which reads from its environment which cluster and which images to use. */
function onOfficialImages(work: Work & { readonly mode: "test" }): Promise<Counts> {
  const missing = missingOfficialImages();
  if (missing !== undefined) return skipped(missing, work);
  const except = work.except.flatMap((folder) => ["--except", folder]);
  const args = [...work.suites, ...except, ...(work.required ? ["--required"] : [])];
  const again = ["-r", "offline-preview/register", __filename, ...args];
  const child = spawn(process.execPath, again, {
    env: { ...process.env, ...startOnOfficialImages() },
    stdio: ["ignore", "pipe", "inherit"],
  });
  return new Promise((resolve, reject) => {
    let last = "";
    createInterface({ input: child.stdout }).on("line", (line) => (last = line));
    child.on("error", reject);
    child.on("close", () => {
      resolve(countsOf(last));
    });
  });
}

async function everything(work: Work): Promise<Counts> {
  // On a cluster that is given, the images are given, too.
  if (target === "cluster" && work.mode === "test" && work.official && external === undefined)
    return onOfficialImages(work);
  if (external !== undefined) return onExternalCluster(work);
  // Whoever asks for something in particular wants no more than that.
  if (target !== "cluster" || work.mode !== "test" || work.suites.length > 0) return inOwnSandbox(work);
  if (missingPrerequisite() !== undefined && !work.required)
    return sum(await inOwnSandbox(work), await skipAll("laptop", ALL));
  // Once, not by both.
  await bringPrerequisites();
  const [cluster, laptop] = await Promise.all([inOwnSandbox(work).catch(broken), onLaptop()]);
  return sum(cluster, laptop);
}

async function main(): Promise<number> {
  const work = readArguments(target, process.argv.slice(2), path.join(ROOT, TARGETS[target].suites));
  if ("line" in work) {
    (work.mode === "help" ? console.log : console.error)(work.line);
    return work.mode === "help" ? 0 : 2;
  }
  const counts = await everything(work).catch(broken);
  say(closingLine(counts));
  return counts.failed === 0 ? 0 : 1;
}

void main().then((status) => {
  process.exitCode = status;
});
