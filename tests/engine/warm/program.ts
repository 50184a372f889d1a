import { statSync } from "node:fs";
import { RunResponse, type RunRequest } from "@pulumi/pulumi/proto/language_pb";
import { load } from "../../../preview/run/load";

/** Pulumi's own language host for programs that are a function of somebody's process, which the types of its package leave out. */
interface AutomationServer {
  readonly LanguageServer: new (program: () => Promise<unknown>) => {
    run(call: { readonly request: RunRequest }, done: (error?: Error) => void): void;
  };
}

/** What Pulumi's SDK gives the clients of monitor and engine, of which each run makes new ones; the types of its package leave it out. */
interface Settings {
  readonly grpcClientOptions: Record<string, unknown>;
}

/** When each module of a program was written that is loaded here. */
const written = new Map<string, number | undefined>();
const lastWrite = (file: string) => statSync(file, { throwIfNoEntry: false })?.mtimeMs;

/** Loads a program. Its modules keep nothing of a run but for the first of them; all are loaded anew when one of them was changed. */
function loadChanged(directory: string): unknown {
  const own = (file: string) => file.startsWith(`${directory}/`) && !file.includes("/node_modules/");
  const first = require.resolve(directory);
  const isSame = [...written].every(([file, time]) => !own(file) || lastWrite(file) === time);
  try {
    return load(directory, directory, (file) => isSame && file !== first);
  } finally {
    for (const file of Object.keys(require.cache).filter(own)) written.set(file, lastWrite(file));
  }
}

/** Runs the program in this process, as Pulumi's Automation API does. */
export async function runHere(engine: string, request: RunRequest): Promise<RunResponse> {
  const { LanguageServer } = (await import("@pulumi/pulumi/automation/server.js")) as unknown as AutomationServer;
  const { grpcClientOptions } = (await import("@pulumi/pulumi/runtime/settings.js")) as unknown as Settings;
  // Otherwise all clients of a process share what they know of an address, and an engine that gets the port of an earlier one is
  // called gone for as long as the clients of that one wait before they connect again.
  grpcClientOptions["grpc.use_local_subchannel_pool"] = 1;
  // As in the preview: nobody reads these messages, three for each resource, nor the list of promises that have not settled.
  Object.assign(await import("@pulumi/pulumi/log/index.js"), { debug: () => Promise.resolve() });
  const promises = await import("@pulumi/pulumi/runtime/debuggable.js");
  Object.assign(promises, { debuggablePromise: <T>(promise: Promise<T>) => promise });
  const directory = request.getInfo()?.getProgramDirectory() ?? ".";
  process.chdir(directory);
  // Pulumi's SDK asks for the trace of every promise and resource; mapping them to TypeScript takes longer than the program itself.
  Error.stackTraceLimit = 0;
  Error.prepareStackTrace = (error) => String(error);
  // That host is told where the engine is by its first argument.
  const call = { request: request.setArgsList([engine]) };
  let ran = false;
  const host = new LanguageServer(async () => {
    const exported = await loadChanged(directory);
    ran = true;
    return exported;
  });
  return new Promise((resolve) => {
    host.run(call, (error) => {
      // That host calls it well when it does not reach the engine, which would then delete whatever was not registered.
      const unnoticed = ran ? "" : "the program did not reach the engine";
      resolve(new RunResponse().setError(error?.message ?? unnoticed));
    });
  });
}
