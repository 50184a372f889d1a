import {
  AGENTS,
  contentOf,
  outgoing,
  send,
  type AgentList,
  type ApiAgent,
  type ApiAnswer,
  type ApiRequest,
  type User,
} from "../gocd-api";
import { compose, composeOutcome } from "./engine";
import { eventually, type Ended } from "../../kubernetes/run";

const GOCD = "http://127.0.0.1:8153";

let asked: Promise<string> | undefined;

/** What the user types to log in, as one command prints it; it stays the same for the life of the data. */
export const password = (): Promise<string> =>
  (asked ??= compose(["run", "--rm", "setup", "password"]).then((printed) => printed.trim()));

/** Asks GoCD's API as this user; without a user as a stranger. */
export const ask = (request: ApiRequest, user?: User): Promise<ApiAnswer> => send(GOCD, outgoing(request, user));

const askAsAdmin = async <T>(request: ApiRequest): Promise<T> =>
  contentOf(request, await ask(request, { name: "admin", password: await password() })) as T;

/** The agents that GoCD knows. */
export const agents = async (): Promise<readonly ApiAgent[]> => (await askAsAdmin<AgentList>(AGENTS))._embedded.agents;

const ENVIRONMENTS: ApiRequest = { path: "/go/api/admin/environments", version: 3 };

interface EnvironmentList {
  readonly _embedded: { readonly environments: readonly { readonly name: string }[] };
}

/** Makes an environment as a person does in the browser: nothing but GoCD's own data knows of it. */
export async function makeEnvironment(name: string): Promise<void> {
  await askAsAdmin({ ...ENVIRONMENTS, method: "POST", body: { name } });
}

/** The names of all environments. */
export async function environments(): Promise<string[]> {
  const { _embedded } = await askAsAdmin<EnvironmentList>(ENVIRONMENTS);
  return _embedded.environments.map(({ name }) => name);
}

/** Waits until an agent is approved and waits for work. */
export const ready = (hostname: string): Promise<ApiAgent> =>
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
