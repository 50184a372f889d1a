import { AsyncLocalStorage } from "node:async_hooks";
import type { Server, UntypedServiceImplementation } from "@grpc/grpc-js";

type Handler = (...call: readonly unknown[]) => void;

const ofCommand = new AsyncLocalStorage<NodeJS.ProcessEnv>();

/** The environment of the command for which a provider works: one process may serve several, one after the other. */
export const environment = (): NodeJS.ProcessEnv => ofCommand.getStore() ?? process.env;

/** The same service, whose methods find this environment. */
export function within(
  env: NodeJS.ProcessEnv,
  service: Parameters<Server["addService"]>[1],
): UntypedServiceImplementation {
  const methods = Object.entries(service as Readonly<Record<string, Handler>>);
  return Object.fromEntries(
    methods.map(([name, method]): [string, Handler] => [
      name,
      (...call) => {
        ofCommand.run(env, method, ...call);
      },
    ]),
  );
}
