import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { ROOT } from "../support/program";

const read = (folder: string) =>
  JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8")) as {
    readonly name: string;
    readonly workspaces?: readonly string[];
    readonly dependencies?: object;
    readonly devDependencies?: object;
    readonly peerDependencies?: object;
  };

/** Sources of a package, without its tests, which need what the project has. */
function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !/(^|\/)(node_modules|dist|template)\//.test(file))
    .filter((file) => !file.endsWith(".test.ts"))
    .map((file) => join(ROOT, folder, file));
}

/** `@scope/name` or `name` of a module that an import names. */
const packageOf = (module: string) => (/^(@[^/]+\/[^/]+|[^/]+)/.exec(module) ?? [module])[0];

describe("the packages of the repository", () => {
  const { workspaces = [] } = read(".");

  // What a package does not name, npm gives it here, because another one does, and nowhere else.
  test.each(workspaces)("name whatever they import: %s", (folder) => {
    const { name, dependencies, devDependencies, peerDependencies } = read(folder);
    const named = [name, ...Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies })];
    const imported = sources(folder).flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/^(?:import|export|\}) ?.*? ?from "([^."][^"]*)";$/gm)].map(
        ([, module = ""]) => module,
      ),
    );
    expect(imported.length).toBeGreaterThan(0);
    const missing = new Set(imported.filter((module) => !isBuiltin(module)).map(packageOf));
    expect([...missing].filter((module) => !named.includes(module) && !named.includes(`@types/${module}`))).toEqual([]);
  });
});
