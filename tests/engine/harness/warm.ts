import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import type { Socket } from "node:net";
import { createInterface } from "node:readline";
import { LANGUAGE_HOST, onPath, PROVIDERS_PORT } from "./plugins";
import { Project } from "./project";
import { WARM_PROCESS } from "./setup";

/** Environment variable with the ports that the process tells. */
const PORTS = "GOCD_ENGINE_WARM";

/**
 * Starts the process (tests/engine/warm) in which Node, Pulumi's SDK and the providers that stand in stay loaded; every command starts
 * them several times otherwise, which is most of what it takes. Jest calls this once for a folder of suites. The process ends with this one.
 */
export default async function start(): Promise<void> {
  // Nothing was prepared: the suites are only counted.
  if (!existsSync(WARM_PROCESS)) return;
  const child = spawn(
    process.execPath,
    ["--min-semi-space-size=32", "--max-semi-space-size=64", "--require", "offline-preview/register", WARM_PROCESS],
    {
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  const ended = once(child, "close").then(() => Promise.reject(new Error("the process that stays has ended")));
  const line = once(createInterface({ input: child.stdout }), "line");
  const [ports] = (await Promise.race([line, ended])) as [string];
  process.env[PORTS] = ports;
  // It must not keep Jest from ending.
  child.unref();
  for (const stream of [child.stdin, child.stdout]) (stream as unknown as Socket).unref();
}

/** Where the process serves a Vault, and how it lets a command in. */
export const vaultVariables = (): NodeJS.ProcessEnv => ({
  VAULT_SERVER_URL: `http://127.0.0.1:${(process.env[PORTS] ?? "").split(" ")[2] ?? ""}`,
  VAULT_SERVER_TOKEN: "tests",
});

/** The same project, whose commands find what they start loaded already. A language host that is installed on this machine is used all the same. */
export function warm({ directory, environment }: Project): Project {
  const [language = "", providers = ""] = (process.env[PORTS] ?? "").split(" ");
  if (providers === "") return new Project(directory, environment);
  return new Project(directory, {
    ...environment,
    // The engine lives for seconds: it need not collect its garbage often.
    GOGC: "400",
    // The state is written when an update ends, not at each of its steps, which is up to two thirds of what the engine does.
    PULUMI_SKIP_CHECKPOINTS: "true",
    [PROVIDERS_PORT]: providers,
    ...(onPath(LANGUAGE_HOST) === undefined && { PULUMI_DEBUG_LANGUAGES: `nodejs:${language}` }),
  });
}
