import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { compile } from "../../cluster/gocd/compile";
import { ROOT } from "../../cluster/kubernetes/paths";

/** A part of Pulumi as a run uses it. */
export interface Plugin {
  readonly name: string;
  readonly origin: "installed" | "built" | "stand-in";
}

/** Providers of the program, as its packages name them. */
const PROVIDERS = ["kubernetes", "random", "tls", "docker", "gcp"] as const;
type ProviderName = (typeof PROVIDERS)[number];

/** What the stand-ins consist of; compiled, so that each start costs no more than Node's own. */
const SOURCES = [
  "tests/engine/plugin",
  "tests/engine/language-host",
  "tests/engine/providers",
  "tests/engine/providers/google",
  "tests/engine/warm",
  "tests/support/resolved-providers.ts",
  "tests/support/keys.ts",
  ...["load", "wire", "providers", "registration"].map((name) => `preview/run/${name}.ts`),
];

/** Environment variable with the port at which the process of warm.ts serves providers. */
export const PROVIDERS_PORT = "GOCD_ENGINE_PROVIDERS";

export const LANGUAGE_HOST = "pulumi-language-nodejs";

/** Compiles what stands in. */
export const compileStandIns = (target: string): Promise<void> => compile(SOURCES, target);

/**
 * Furnishes a folder of plug-ins with one for each provider of the program: that installed on this machine, else that built from its
 * module, else a stand-in.
 *
 * @param built binaries built from Go modules, by provider
 * @param modelled providers that stand in whatever there is, since what is behind them does
 */
export function installPlugins(
  plugins: string,
  compiled: string,
  built: Partial<Record<ProviderName, string>>,
  modelled: readonly ProviderName[] = [],
): readonly Plugin[] {
  mkdirSync(plugins, { recursive: true });
  const main = path.join(compiled, "tests/engine/providers/main.js");
  return PROVIDERS.map((name): Plugin => {
    const version = providerVersion(name);
    const target = path.join(plugins, folderOf(name));
    const program = path.join(target, `pulumi-resource-${name}`);
    const real = !modelled.includes(name);
    const installed = real ? installedPlugin(name) : undefined;
    const binary = real ? built[name] : undefined;
    // A folder with links in it: the CLI passes over a plug-in whose folder is a link.
    if (installed !== undefined) linkFiles(target, filesOf(installed));
    else if (binary === undefined) writeScript(program, [main, name, version], askWarmProcess(name, version));
    else linkFiles(target, { [path.basename(program)]: binary });
    const origin = installed === undefined ? (binary === undefined ? "stand-in" : "built") : "installed";
    return { name: `provider ${name}`, origin };
  });
}

/** Puts the language host of this machine on the PATH, or one that stands in. */
export function linkLanguageHost(programs: string, compiled: string): Plugin {
  const host = onPath(LANGUAGE_HOST);
  const target = path.join(programs, LANGUAGE_HOST);
  if (host === undefined) writeScript(target, [path.join(compiled, "tests/engine/language-host/main.js")]);
  else symlinkSync(host, target);
  return { name: "Node language host", origin: host === undefined ? "stand-in" : "installed" };
}

/** What was real in some place of a run and what was not, in one line. */
export function originsLine(where: string, used: readonly Plugin[]): string {
  const named = (origin: Plugin["origin"]) => used.filter((plugin) => plugin.origin === origin).map(({ name }) => name);
  const parts = [
    ["real, installed here", named("installed")],
    ["real, built from Go modules", named("built")],
    ["stand-ins", named("stand-in")],
  ] as const;
  const told = parts.flatMap(([title, names]) => (names.length === 0 ? [] : [`${title}: ${names.join(", ")}`]));
  return `${where}: ${told.join("; ")}`;
}

export function providerVersion(name: string): string {
  const manifest = JSON.parse(readFileSync(path.join(ROOT, `node_modules/@pulumi/${name}/package.json`), "utf8")) as {
    readonly version: string;
  };
  return manifest.version;
}

const folderOf = (name: string): string => `resource-${name}-v${providerVersion(name)}`;

/** The folder of a provider in the home directory of whoever runs the tests, if it is installed in the version of its package. */
export function installedPlugin(name: string): string | undefined {
  const home = process.env["PULUMI_HOME"] ?? path.join(process.env["HOME"] ?? "/root", ".pulumi");
  const plugin = path.join(home, "plugins", folderOf(name));
  return existsSync(plugin) && readdirSync(plugin).length > 0 ? plugin : undefined;
}

/** Where a program is on the PATH. */
export function onPath(program: string): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(":")
    .map((folder) => path.join(folder, program))
    .find((file) => existsSync(file));
}

const filesOf = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, path.join(folder, name)]));

/** Makes a folder with links to files, by their names there. */
function linkFiles(folder: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(folder);
  for (const [name, file] of Object.entries(files)) symlinkSync(file, path.join(folder, name));
}

function writeScript(file: string, command: readonly string[], first = ""): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const words = [process.execPath, ...command].map((word) => `'${word}'`);
  writeFileSync(file, `#!/usr/bin/env bash\n${first}exec ${words.join(" ")} "$@"\n`, { mode: 0o755 });
}

/**
 * In place of a process of its own, where the project has one that serves providers: hands on its port, and ends with the engine. It
 * starts no process, since one in the background would ignore the engine's interrupt, and the engine wait for it for five seconds.
 */
const askWarmProcess = (name: string, version: string): string => `\
if [ -n "\${${PROVIDERS_PORT}:-}" ]; then
  exec 3<>"/dev/tcp/127.0.0.1/$${PROVIDERS_PORT}"
  echo "${name} ${version} $$" >&3
  read -r port <&3
  echo "$port"
  read -r
  exit
fi
`;
