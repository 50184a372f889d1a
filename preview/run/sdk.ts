import { createRequire, Module } from "node:module";
import type * as Pulumi from "@pulumi/pulumi";

/**
 * What the SDK loads at its start, and uses only where a program hands it a function to write down (dynamic providers) or runs
 * Pulumi's CLI: half of the time that it takes to load.
 */
const SELDOM_USED = ["typescript", "@npmcli/arborist", "@pulumi/pulumi/automation"];

/** Loads Pulumi's SDK; what it seldom uses, when it does. */
export async function loadSdk(): Promise<typeof Pulumi> {
  const sdk = createRequire(require.resolve("@pulumi/pulumi"));
  const placeholders = SELDOM_USED.map((name) => sdk.resolve(name))
    .filter((file) => require.cache[file] === undefined)
    .map((file) => deferred(file, sdk));
  for (const module of placeholders) require.cache[module.id] = module;
  try {
    return await import("@pulumi/pulumi");
  } finally {
    // Whoever else loads them gets them as they are.
    for (const module of placeholders) remove(module);
  }
}

/** A module whose file is loaded when one of its exports is read. */
function deferred(file: string, load: NodeJS.Require): NodeJS.Module {
  const module = new Module(file);
  const get = (_: object, name: string | symbol): unknown => {
    // Code that TypeScript compiled copies the exports of what is no ES module.
    if (name === "__esModule") return true;
    remove(module);
    return (load(file) as Record<string | symbol, unknown>)[name];
  };
  return Object.assign(module, { filename: file, loaded: true, exports: new Proxy({}, { get }) });
}

function remove(module: NodeJS.Module): void {
  if (require.cache[module.id] === module) Reflect.deleteProperty(require.cache, module.id);
}
