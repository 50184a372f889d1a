import { createRequire, Module } from "node:module";
import type * as Pulumi from "@pulumi/pulumi";

/**
 * Packages that the SDK loads at its start, and uses only where a program hands it a function to write down (dynamic providers): nearly
 * half of the time that it takes to load.
 */
const SELDOM_USED = ["typescript", "@npmcli/arborist"];

/** Loads Pulumi's SDK; what it seldom uses, when it does. */
export async function loadSdk(): Promise<typeof Pulumi> {
  const sdk = createRequire(require.resolve("@pulumi/pulumi"));
  const files = SELDOM_USED.map((name) => sdk.resolve(name)).filter((file) => require.cache[file] === undefined);
  for (const file of files) require.cache[file] = deferred(file, sdk);
  try {
    return await import("@pulumi/pulumi");
  } finally {
    // Whoever else loads them gets them as they are.
    for (const file of files) Reflect.deleteProperty(require.cache, file);
  }
}

/** A module whose file is loaded when one of its exports is read. */
function deferred(file: string, load: NodeJS.Require): NodeJS.Module {
  const exports = new Proxy(
    {},
    {
      // Code that TypeScript compiled copies the exports of what is no ES module.
      get: (_, name) => name === "__esModule" || (load(file) as Record<string | symbol, unknown>)[name],
    },
  );
  return Object.assign(new Module(file), { filename: file, loaded: true, exports });
}
