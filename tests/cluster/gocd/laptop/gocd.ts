import { compose, composeOutcome } from "./engine";
import { eventually, type Ended } from "../../kubernetes/run";

/** An agent as GoCD shows it. */
export interface Agent {
  readonly uuid: string;
  readonly hostname: string;
  readonly agent_state: string;
  readonly agent_config_state: string;
  readonly resources: readonly string[];
  readonly environments: readonly { readonly name: string }[];
}

const GOCD = "http://127.0.0.1:8153/go";

let asked: Promise<string> | undefined;

/** What the user types to log in, as one command prints it; it stays the same for the life of the data. */
export const password = (): Promise<string> =>
  (asked ??= compose(["run", "--rm", "setup", "password"]).then((printed) => printed.trim()));

/** What is asked of GoCD's API beside a path. */
interface Asked {
  /** Of the API, whose versions are each its own; the default is that of agents. */
  readonly version?: number;
  /** Posted, if there is any. */
  readonly body?: object;
}

/** Asks GoCD's API as this user; without a user as a stranger. */
export function ask(
  path: string,
  user?: { readonly name: string; readonly password: string },
  { version = 7, body }: Asked = {},
): Promise<Response> {
  const headers: Record<string, string> = { accept: `application/vnd.go.cd.v${version}+json` };
  if (user) headers["authorization"] = `Basic ${Buffer.from(`${user.name}:${user.password}`).toString("base64")}`;
  if (body === undefined) return fetch(`${GOCD}${path}`, { headers });
  headers["content-type"] = "application/json";
  return fetch(`${GOCD}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
}

async function askAsAdmin(path: string, asked?: Asked): Promise<unknown> {
  const answer = await ask(path, { name: "admin", password: await password() }, asked);
  if (answer.status !== 200) throw new Error(`GoCD answers ${answer.status} to ${path}`);
  return answer.json();
}

/** The agents that GoCD knows. */
export async function agents(): Promise<readonly Agent[]> {
  return ((await askAsAdmin("/api/agents")) as { readonly _embedded: { readonly agents: Agent[] } })._embedded.agents;
}

const ENVIRONMENTS = "/api/admin/environments";

/** Makes an environment as somebody does who clicks: nothing but GoCD's own data knows of it. */
export async function makeEnvironment(name: string): Promise<void> {
  await askAsAdmin(ENVIRONMENTS, { version: 3, body: { name } });
}

/** The names of all environments. */
export async function environments(): Promise<string[]> {
  const answer = await askAsAdmin(ENVIRONMENTS, { version: 3 });
  return (
    answer as { readonly _embedded: { readonly environments: { readonly name: string }[] } }
  )._embedded.environments.map(({ name }) => name);
}

/** Waits until an agent is approved and waits for work. */
export const ready = (hostname: string): Promise<Agent> =>
  eventually(
    `${hostname} to be enabled and idle`,
    async () =>
      (await agents()).find(
        (agent) =>
          agent.hostname === hostname && agent.agent_config_state === "Enabled" && agent.agent_state === "Idle",
      ),
    120_000,
    1000,
  );

/** Runs a shell script in a service's container; tells how it ended. */
export const inService = (service: string, script: string): Promise<Ended> =>
  composeOutcome(["exec", "-T", service, "sh", "-c", script]);

/** Runs a script in an agent's container as a job would; returns what it printed, without blanks around it. */
export async function job(agent: string, script: string): Promise<string> {
  const { code, stdout, stderr } = await inService(`${agent}-agent`, `set -eu; ${script}`);
  if (code !== 0) throw new Error(`in ${agent}: ${script}\nended with ${code}: ${stderr || stdout}`);
  return stdout.trim();
}

/** An image to start containers from. Nothing listens on port 1: a builder that wants to look for a newer one is refused. */
export const TOOL = "localhost:1/tool:1";

/** Gives it to an agent's daemon: the busybox of the stand-in's image. */
export const loadTool = (agent: string): Promise<string> =>
  job(
    agent,
    `docker image inspect ${TOOL} >/dev/null 2>&1 ||
    tar -c -C / bin/busybox bin/sh bin/cat bin/sleep bin/nc bin/touch bin/mkdir | docker import -c 'CMD ["sh"]' - ${TOOL}`,
  );
