import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { binary } from "../../cluster/kubernetes/binaries";
import { ROOT } from "../../cluster/kubernetes/paths";
import { run } from "../../cluster/kubernetes/run";
import { kubernetesProvider, pulumiOrigin, pulumiProgram } from "./binaries";
import { compileStandIns, installPlugins, linkLanguageHost, type Plugin } from "./plugins";
import { Project } from "./project";

/** Everything that a run makes, beside the checkout's packages, so that Node finds them; git ignores it. */
export const ENGINE_FOLDER = path.join(ROOT, ".cache/engine");
const PROGRAMS = path.join(ENGINE_FOLDER, "programs");
const COMPILED = path.join(ENGINE_FOLDER, "compiled");
/** The program of the process that keeps things loaded; see warm.ts. */
export const WARM_PROCESS = path.join(COMPILED, "tests/engine/warm/main.js");
/** Plug-ins for the cluster that runs here, and for stacks whose cluster is in the model of Google Cloud. */
const PLUGINS = {
  cluster: path.join(ENGINE_FOLDER, "plugins"),
  google: path.join(ENGINE_FOLDER, "plugins-google"),
} as const;

/** Opens secrets of every stack here. */
const PASSPHRASE = "planted-passphrase-of-the-tests";

/**
 * Makes what every command needs: programs for the PATH, plug-ins, the compiled policy pack. Returns what is used on the cluster, and on
 * the model of Google Cloud, where all that is behind the plug-ins stands in.
 */
export async function setUpPulumi(): Promise<Readonly<Record<Plugins, readonly Plugin[]>>> {
  rmSync(ENGINE_FOLDER, { recursive: true, force: true });
  mkdirSync(PROGRAMS, { recursive: true });
  symlinkSync(pulumiProgram(), path.join(PROGRAMS, "pulumi"));
  symlinkSync(binary("kubectl"), path.join(PROGRAMS, "kubectl"));
  await compileStandIns(COMPILED);
  const everywhere = [pulumiOrigin(), linkLanguageHost(PROGRAMS, COMPILED)];
  const built = { kubernetes: kubernetesProvider() };
  const cluster = installPlugins(PLUGINS.cluster, COMPILED, built);
  const google = installPlugins(PLUGINS.google, COMPILED, built, ["gcp", "docker", "kubernetes"]);
  await run("npm", ["run", "-s", "build:policy"], { cwd: ROOT });
  return {
    cluster: [...everywhere, ...cluster],
    google: [...everywhere, ...google, { name: "Vault", origin: "stand-in" }],
  };
}

/**
 * Gives whoever runs the tests another home in this sandbox: `pulumi login --local` keeps state there, and it asks the system where
 * that is, not the environment.
 */
export async function moveHome(): Promise<void> {
  const home = path.join(ENGINE_FOLDER, "home");
  mkdirSync(home, { recursive: true });
  const users = path.join(ENGINE_FOLDER, "passwd");
  const lines = readFileSync("/etc/passwd", "utf8").split("\n");
  writeFileSync(users, lines.map((line) => line.replace(/^(root:(?:[^:]*:){4})[^:]*/, `$1${home}`)).join("\n"));
  await run("mount", ["--bind", users, "/etc/passwd"]);
}

type Plugins = keyof typeof PLUGINS;

/** A new copy of the checkout with a home directory of its own, in which people work. */
export function makeProject(name: string, plugins: Plugins, environment: NodeJS.ProcessEnv = {}): Project {
  rmSync(path.join(ENGINE_FOLDER, name), { recursive: true, force: true });
  return openProject(name, plugins, environment);
}

/** The copy of that name, which may be there from another suite. */
export function openProject(name: string, plugins: Plugins, environment: NodeJS.ProcessEnv = {}): Project {
  const folder = path.join(ENGINE_FOLDER, name);
  const home = path.join(folder, "home");
  mkdirSync(path.join(home, ".pulumi"), { recursive: true });
  const linked = path.join(home, ".pulumi/plugins");
  if (!existsSync(linked)) symlinkSync(PLUGINS[plugins], linked);
  return new Project(path.join(folder, "project"), {
    ...process.env,
    PATH: `${PROGRAMS}:${process.env["PATH"] ?? ""}`,
    HOME: home,
    PULUMI_HOME: path.join(home, ".pulumi"),
    PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // Nobody is there to be asked.
    PULUMI_SKIP_CONFIRMATIONS: "true",
    ...environment,
  });
}

/** Gives a project the compiled policy pack, in place of `npm run build:policy`; without it Pulumi compiles the pack at every start. */
export function givePolicyPack({ directory }: Project): void {
  cpSync(path.join(ROOT, "policy/dist"), path.join(directory, "policy/dist"), { recursive: true });
}

/** Where `pulumi login --local` keeps the state of the stacks on the cluster. */
export const LOCAL_STATE = path.join(ENGINE_FOLDER, "home/.pulumi");
