import { RunResponse, type RunRequest } from "@pulumi/pulumi/proto/language_pb";
import { load } from "../../../preview/run/load";

/** Pulumi's own language host for programs that are a function of somebody's process, which the types of its package leave out. */
interface AutomationServer {
  readonly LanguageServer: new (program: () => Promise<unknown>) => {
    run(call: { readonly request: RunRequest }, done: (error?: Error) => void): void;
  };
}

/** What Pulumi's SDK gives the clients of monitor and engine; each run makes both anew. */
interface Settings {
  readonly grpcClientOptions: Record<string, unknown>;
}

/** Runs the program in this process, as Pulumi's Automation API does. Its modules are loaded anew, those of packages are not. */
export async function runHere(engine: string, request: RunRequest): Promise<RunResponse> {
  const { LanguageServer } = (await import("@pulumi/pulumi/automation/server.js")) as unknown as AutomationServer;
  const { grpcClientOptions } = (await import("@pulumi/pulumi/runtime/settings.js")) as unknown as Settings;
  // Otherwise all clients of a process share what they know of an address, and an engine that gets the port of an earlier one is
  // called gone for as long as the clients of that one wait before they connect again.
  grpcClientOptions["grpc.use_local_subchannel_pool"] = 1;
  const directory = request.getInfo()?.getProgramDirectory() ?? ".";
  process.chdir(directory);
  // Pulumi's SDK asks for the trace of every promise and resource; mapping them to TypeScript takes longer than the program itself.
  Error.stackTraceLimit = 0;
  Error.prepareStackTrace = (error) => String(error);
  // That host is told where the engine is by its first argument.
  const call = { request: request.setArgsList([engine]) };
  let ran = false;
  const host = new LanguageServer(async () => {
    const exported = await load(directory, directory);
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
