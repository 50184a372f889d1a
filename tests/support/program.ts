import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { manifests } from "../../preview/manifests";
import { type Project, readProject } from "../../preview/run/project";
import type { Registration } from "../../preview/run/registration";
import type { Run } from "../../preview/run/run";
import { unwrappedMap, type WireObject } from "../../preview/run/wire";

/** The repository. */
export const ROOT = join(__dirname, "..", "..");

/** A stack to run the program for: one of the repository's stack files, or one that exists only in a test. */
export interface StackSource {
  /** Name of the stack. Default: dev. */
  readonly stack?: string;
  /** Path of the stack file. Default: `Pulumi.<stack>.yaml` in the repository; `Pulumi.dev.yaml` if that is absent. */
  readonly file?: string;
  /** Keys that replace those of the stack file, with their namespace; a structured value replaces the whole key. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Secret keys and their plain values, likewise. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Keys of the stack file to leave out. */
  readonly without?: readonly string[];
}

/** How the program is run. */
export interface RunOptions {
  /** Directory of another project than the repository. */
  readonly directory?: string;
  /**
   * File that keeps what providers made (keys, certificates, passwords), as Pulumi's state does: a second run with the
   * same file gets the same values. Without one, each run makes new ones. Only for {@link resolvedRun}.
   */
  readonly state?: string;
}

/** Environment variable with the socket of the process that runs programs for all tests; {@link startProgramHost}. */
export const PROGRAM_HOST = "GOCD_TEST_PROGRAM_HOST";

/** What the process that runs programs is asked to do; see program-host.ts. */
export interface Task {
  readonly project: Project;
  readonly directory: string;
  readonly resolved: boolean;
  readonly state: string | undefined;
}

/** A Kubernetes object as `kubectl apply` takes it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [key: string]: unknown };
  readonly [key: string]: unknown;
}

/** Runs the program as `pulumi preview` does: what providers compute is unknown. */
export async function plannedRun(source: StackSource = {}, options: RunOptions = {}): Promise<Run> {
  return onlyRun(await runs([task(source, options, false)]));
}

/** Runs the program as `pulumi up` does, with providers that make real keys, certificates, passwords and digests. */
export async function resolvedRun(source: StackSource = {}, options: RunOptions = {}): Promise<Run> {
  return onlyRun(await runs([task(source, options, true)]));
}

/**
 * The program's Kubernetes objects with real values in them, ready to be applied to a cluster: Secrets are filled,
 * certificates and keys are real and belong together. Sorted so that namespaces come before what is in them.
 *
 * @example
 * const objects = await resolvedManifests({
 *   stack: "test",
 *   config: { "gocd:images": { prebuilt: { … } }, "gocd:cluster": { existing: { context: "test", storageClass: "local" } } },
 * }, { state: "/tmp/state.json" });
 *
 * @throws {Error} with the program's own message when it fails
 */
export async function resolvedManifests(
  source: StackSource = {},
  options: RunOptions = {},
): Promise<KubernetesObject[]> {
  return kubernetesObjects(await resolvedRun(source, options));
}

/** The same for a run that has been. */
export function kubernetesObjects(run: Run): KubernetesObject[] {
  const registrations = succeeded(run);
  const inputs = new Map(registrations.map((resource) => [resource.urn, resource.inputs]));
  const objects = manifests(registrations).map(
    ({ urn }) => unwrappedMap(inputs.get(urn) ?? {}) as WireObject & KubernetesObject,
  );
  const rank = ({ kind }: KubernetesObject) => ["Namespace", "PersistentVolume"].indexOf(kind) + 1 || 3;
  return objects.sort((a, b) => rank(a) - rank(b));
}

/**
 * What a run registered.
 *
 * @throws {Error} with the program's own message when it failed
 */
export function succeeded(run: Run): readonly Registration[] {
  if (run.errors.length > 0)
    throw new Error(run.errors.map(({ message, trace }) => [message, ...trace].join("\n")).join("\n"));
  return run.registrations;
}

/** Runs tasks one after the other in the process of {@link startProgramHost}, or in one of their own where there is none. */
export async function runs(tasks: readonly Task[]): Promise<Run[]> {
  const shared = process.env[PROGRAM_HOST];
  if (shared !== undefined) return askAll(shared, tasks);
  const host = await startProgramHost();
  try {
    return await askAll(host.socket, tasks);
  } finally {
    await host.stop();
  }
}

async function askAll(socketPath: string, tasks: readonly Task[]): Promise<Run[]> {
  const results: Run[] = [];
  for (const one of tasks) results.push(JSON.parse(await ask(socketPath, JSON.stringify(one))) as Run);
  return results;
}

function ask(socketPath: string, task: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, method: "POST", agent: false }, (response) => {
      text(response).then((answer) => {
        if (response.statusCode === 200) resolve(answer);
        else reject(new Error(`the program's process answered: ${answer}`));
      }, reject);
    });
    asked.on("error", reject).end(task);
  });
}

// A run makes much that is soon garbage.
const FEW_COLLECTIONS = ["--max-semi-space-size=64"];

/** A process that runs programs; see program-host.ts. */
export interface ProgramHost {
  /** The Unix socket on which it listens. */
  readonly socket: string;
  readonly stop: () => Promise<void>;
}

/** Starts the process that runs programs. It ends with the process that started it. */
export async function startProgramHost(): Promise<ProgramHost> {
  const directory = await mkdtemp(join(tmpdir(), "gocd-run-"));
  const socket = join(directory, "socket");
  const child = fork(join(__dirname, "program-host.ts"), [socket], {
    cwd: ROOT,
    execArgv: [...FEW_COLLECTIONS, "-r", "offline-preview/register"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  await once(child, "message");
  return {
    socket,
    stop: async () => {
      const ended = once(child, "exit");
      child.kill();
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** One task of {@link runs}. */
export function task(source: StackSource, { directory = ROOT, state }: RunOptions, resolved: boolean): Task {
  return { project: projectOf(source, directory), directory, resolved, state };
}

/** The configuration that a stack source stands for. */
export function projectOf(
  { stack = "dev", file, config = {}, secrets = {}, without = [] }: StackSource,
  directory = ROOT,
): Project {
  const project = readProject(directory, stack, file);
  const given = Object.entries(config).map(
    ([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)] as const,
  );
  const values = { ...project.config, ...Object.fromEntries(given), ...secrets };
  const kept = Object.entries(values).filter(([key]) => !without.includes(key));
  const secretKeys = new Set([...project.secretKeys, ...Object.keys(secrets)]);
  return {
    ...project,
    config: Object.fromEntries(kept),
    secretKeys: [...secretKeys].filter((key) => !without.includes(key)),
  };
}

function onlyRun([run]: readonly Run[]): Run {
  if (run === undefined) throw new Error("the program's process returned nothing");
  return run;
}
