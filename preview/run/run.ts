import { load } from "./load";
import { Monitor, procedure, type LogLine } from "./monitor";
import type { Problem, Project } from "./project";
import type { Providers } from "./providers";
import type { Registration } from "./registration";
import { loadSdk } from "./sdk";
import type { WireObject } from "./wire";

/** What a program did. */
export interface Run {
  readonly project: string;
  readonly stack: string;
  readonly registrations: readonly Registration[];
  /** The stack's outputs in wire form. */
  readonly outputs: WireObject;
  readonly logs: readonly LogLine[];
  /** Why the program failed; empty when it did not. */
  readonly errors: readonly Failure[];
}

/** One reason why a program failed. */
export interface Failure {
  readonly message: string;
  /** Stack trace, down to the program's own files. */
  readonly trace: readonly string[];
  /** Set when the stack's settings are to blame: everything that is wrong with them. */
  readonly problems?: readonly Problem[];
}

/** How to run a program. */
export interface Request {
  readonly project: Project;
  /** Directory of the program. */
  readonly directory: string;
  /** Path of the program's main module. */
  readonly program: string;
  readonly providers: Providers;
  /** True: as in `pulumi preview`, what providers compute is unknown. False: as in `pulumi up`. */
  readonly dryRun: boolean;
  /** Modules of the program that do the same in each run, and are not loaded anew for it. Default: none. */
  readonly keeps?: (file: string) => boolean;
}

/** What the SDK keeps for one run, as far as it has no public setter. */
interface State {
  readonly LocalStore: new () => { readonly settings: { readonly options: object } };
}

/** Through this the SDK follows its promises. */
interface Debuggable {
  readonly debuggablePromise: <T>(promise: Promise<T>) => Promise<T>;
}

/**
 * Runs a Pulumi program in this process, as Pulumi's Node host does, against {@link Monitor} in place of the engine.
 * It ends when the event loop is empty, like the host: a process that keeps servers or children open must run programs
 * in a child. One run at a time.
 */
export async function runProgram(request: Request): Promise<Run> {
  // The SDK takes a stack trace for each of its promises, a fifth of the whole run. So only a second run, of what has failed, has them.
  const run = await runOnce(request, 0);
  // Most of what the SDK holds is garbage now. Collected before anything is made of the run, where Node is started with --expose-gc.
  globalThis.gc?.();
  const logged = new Set(run.logs.map(({ message }) => message));
  const untraced = run.errors.some(({ message, problems }) => problems === undefined && !logged.has(message));
  return untraced ? runOnce(request, Error.stackTraceLimit) : run;
}

/** @param frames that a stack trace has at most. */
async function runOnce(request: Request, frames: number): Promise<Run> {
  const { project, directory, program, providers, dryRun, keeps = () => false } = request;
  // Loaded here: it takes longer than to explain the command, or to refuse what it is called with.
  const { log, runtime } = await loadSdk();
  // Both are exported at run time, and left out of the type declarations or read-only in them.
  const debuggable = (await import("@pulumi/pulumi/runtime/debuggable.js")) as unknown as Debuggable;
  const { LocalStore } = (await import("@pulumi/pulumi/runtime/state.js")) as unknown as State;
  const monitor = new Monitor(project.stack, project.name, providers);
  const thrown = new Set<unknown>();
  const fail = (error: unknown) => {
    thrown.add(error);
  };
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is put back as it was, and never called here
  const { prepareStackTrace, stackTraceLimit } = Error;
  const { asyncLocalStorage } = globalThis as { readonly asyncLocalStorage?: object };
  const { debuggablePromise } = debuggable;
  const { debug } = log;
  const store = new LocalStore();
  process.on("unhandledRejection", fail).on("uncaughtException", fail);
  process.chdir(directory);
  try {
    // Not mapped to TypeScript before somebody reads them.
    Error.prepareStackTrace = (error) => String(error);
    Error.stackTraceLimit = frames;
    // In place of the SDK's AsyncLocalStorage, with which Node 20 follows each promise: a fifth of the run.
    Object.assign(globalThis, { asyncLocalStorage: { getStore: () => store } });
    // The SDK keeps a list of its promises, to say at the end which never settled; here that is found out below.
    Object.assign(debuggable, { debuggablePromise: <T>(promise: Promise<T>) => promise });
    // Nobody reads them, and they are three for each resource.
    Object.assign(log, { debug: () => Promise.resolve() });
    const monitorClient = procedures(monitor.resourceMonitor);
    runtime.setMockOptions(monitorClient, project.name, project.stack, dryRun, "organization");
    runtime.setAllConfig(project.config, [...project.secretKeys]);
    Object.assign(store.settings.options, { rootDirectory: directory });
    Object.assign(store.settings, { engine: procedures(monitor.engine) });
    const ended = runtime
      .runInPulumiStack(() => Promise.resolve().then(() => load(program, directory, keeps)))
      .then(() => true);
    const settled = await Promise.race([ended, eventLoopEmpty().then(() => false)]).catch(fail);
    await eventLoopEmpty();
    if (settled === false && thrown.size === 0) fail(new Error("The program waits for something that never happens."));
  } finally {
    Object.assign(Error, { prepareStackTrace, stackTraceLimit });
    Object.assign(globalThis, { asyncLocalStorage });
    Object.assign(debuggable, { debuggablePromise });
    Object.assign(log, { debug });
    process.off("unhandledRejection", fail).off("uncaughtException", fail);
  }
  // Traces are only formatted when they are read, which is now.
  const failures = [...thrown].map((error) => failure(error, directory));
  const logged = monitor.logs
    .filter((line) => line.severity === "error")
    .map(({ message }) => ({ message, trace: [] }));
  return {
    project: project.name,
    stack: project.stack,
    registrations: monitor.registrations,
    outputs: monitor.outputs,
    logs: monitor.logs,
    errors: distinct([...failures, ...logged]),
  };
}

/**
 * Resolves when nothing is left to do, which is how the host knows that a program has ended: a promise that never
 * settles, or a resource that a timer registers, cannot be distinguished otherwise.
 */
function eventLoopEmpty(): Promise<void> {
  return new Promise((resolve) => {
    process.once("beforeExit", () => {
      resolve();
    });
    // One more turn: Node asks again only if there was something to do since it asked last.
    setImmediate(() => undefined);
  });
}

type Handler = (request: never) => unknown;

/** The methods of a service as the SDK's generated client has them. */
function procedures(service: Readonly<Record<string, Handler>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(service).map(([name, handler]) => [name, procedure(handler)]));
}

function failure(error: unknown, directory: string): Failure {
  if (!(error instanceof Error)) return { message: String(error), trace: [] };
  // Whoever wrote the settings has no use for where the program read them.
  if ("problems" in error && Array.isArray(error.problems))
    return { message: error.message, trace: [], problems: error.problems as Problem[] };
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  const own = frames.filter((line) => line.includes(directory) && !/node_modules|\bpreview\/\w+\.ts\b/.test(line));
  const trace = own.map((line) => line.trim().replace(`${directory}/`, ""));
  return { message: error.message, trace };
}

/** One failed registration rejects everything that waits for it, with the same message. */
function distinct(failures: readonly Failure[]): Failure[] {
  const byMessage = new Map<string, Failure>();
  for (const one of failures) if (!byMessage.has(one.message)) byMessage.set(one.message, one);
  return [...byMessage.values()];
}
