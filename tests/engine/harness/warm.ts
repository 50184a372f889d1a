import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import { createInterface } from "node:readline";
import { LANGUAGE_HOST, onPath, PROVIDERS_PORT } from "./plugins";
import { Project } from "./project";

/**
 * A project with a process of its own (tests/engine/warm) in which Node, Pulumi's SDK and the providers that stand in stay loaded; every
 * command starts them several times otherwise, which is most of what it takes. That process ends with this one. A language host that
 * is installed on this machine is used all the same.
 */
export async function warmed({ directory, environment }: Project, main: string): Promise<Project> {
  const child = spawn(process.execPath, ["--max-semi-space-size=64", "--require", "@swc-node/register", main], {
    cwd: directory,
    env: environment,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  const [language = "", providers = ""] = line.split(" ");
  // It must not keep Jest from ending.
  child.unref();
  for (const stream of [child.stdin, child.stdout]) (stream as unknown as Socket).unref();
  return new Project(directory, {
    ...environment,
    // The engine lives for seconds: it need not collect its garbage often.
    GOGC: "400",
    [PROVIDERS_PORT]: providers,
    ...(onPath(LANGUAGE_HOST) === undefined && { PULUMI_DEBUG_LANGUAGES: `nodejs:${language}` }),
  });
}
