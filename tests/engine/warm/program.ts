import { RunResponse, type RunRequest } from "@pulumi/pulumi/proto/language_pb";
import { load } from "../../../preview/run/load";

/** Pulumi's own language host for programs that are a function of somebody's process, which the types of its package leave out. */
interface AutomationServer {
  readonly LanguageServer: new (program: () => Promise<unknown>) => {
    run(call: { readonly request: RunRequest }, done: (error?: Error, response?: RunResponse) => void): void;
  };
}

/** Runs the program in this process, as Pulumi's Automation API does. Its modules are loaded anew, those of packages are not. */
export async function runHere(engine: string, request: RunRequest): Promise<RunResponse> {
  const { LanguageServer } = (await import("@pulumi/pulumi/automation/server.js")) as unknown as AutomationServer;
  const directory = request.getInfo()?.getProgramDirectory() ?? ".";
  process.chdir(directory);
  // Pulumi's SDK asks for the trace of every promise; mapping them to TypeScript takes longer than the program itself.
  Error.prepareStackTrace = (error) => String(error);
  // That host is told where the engine is by its first argument.
  const call = { request: request.setArgsList([engine]) };
  const host = new LanguageServer(() => Promise.resolve().then(() => load(directory, directory)));
  return new Promise((resolve) => {
    host.run(call, (error, response) => {
      resolve(response ?? new RunResponse().setError(error?.message ?? ""));
    });
  });
}
