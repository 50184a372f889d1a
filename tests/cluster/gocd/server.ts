import path from "node:path";
import { AGENTS_NAMESPACE, POOL, SERVER_NAMESPACE } from "./deploy";
import { get, type KubernetesObject } from "../kubernetes/api";
import { exec } from "../kubernetes/kubectl";
import {
  AGENTS,
  contentOf,
  outgoing,
  send,
  type AgentList,
  type ApiAgent,
  type ApiAnswer,
  type ApiRequest,
  type Outgoing,
  type User,
} from "./gocd-api";
import { addressOf, agent } from "./pods";
import { eventually } from "../kubernetes/run";
import { OWN_CLUSTER } from "./test-images";

export interface Secret extends KubernetesObject {
  readonly data: Readonly<Record<string, string>>;
}

/** One request to the server. */
export interface ServerRequest extends ApiRequest {
  /** Default: as housekeeping, who is an administrator. */
  readonly as?: "housekeeping" | "nobody" | User;
  /** Where the server runs. Default: the namespace of the stack. */
  readonly namespace?: string;
}

const PORT = 8153;
const TIMEOUT_SECONDS = 20;

/** A value of a Secret, as it is mounted. */
export async function secretText(name: string, namespace: string, key: string): Promise<string> {
  const { data } = await get<Secret>(`secret/${name}`, namespace);
  const value = data[key];
  if (value === undefined) throw new Error(`the Secret ${name} has no ${key}`);
  return Buffer.from(value, "base64").toString();
}

/** Asks the server, and tells what it answered. */
export async function askServer(request: ServerRequest): Promise<ApiAnswer> {
  const { as = "housekeeping", namespace = SERVER_NAMESPACE } = request;
  const user = as === "housekeeping" ? await housekeepingUser(namespace) : as;
  const asked = outgoing(request, user === "nobody" ? undefined : user);
  // The tests' own node reaches every pod.
  return OWN_CLUSTER
    ? send(`http://${await addressOf("gocd-server-0", namespace)}:${PORT}`, asked)
    : askFromPod(asked, namespace);
}

/** From the server's own container, past every network policy. The log-in goes through a pipe, never onto a command line. */
async function askFromPod({ method, path, headers, body }: Outgoing, namespace: string): Promise<ApiAnswer> {
  const lines = [
    `url = ${JSON.stringify(`http://127.0.0.1:${PORT}${path}`)}`,
    `request = "${method}"`,
    'dump-header = "-"',
    `max-time = ${TIMEOUT_SECONDS}`,
    ...Object.entries(headers).map(([name, value]) => `header = ${JSON.stringify(`${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`data = ${JSON.stringify(body)}`]),
  ];
  const curl = ["curl", "--silent", "--show-error", "--config", "-"];
  const { code, stdout, stderr } = await exec("gocd-server-0", "server", namespace, curl, {
    input: `${lines.join("\n")}\n`,
  });
  if (code !== 0) throw new Error(`${method} ${path}: ${stderr}`);
  const [head = "", ...rest] = stdout.split("\r\n\r\n");
  const [first = "", ...fields] = head.split("\r\n");
  return {
    status: Number(first.split(" ")[1]),
    text: rest.join("\r\n\r\n"),
    headers: Object.fromEntries(
      fields.map((field): [string, string] => [field.split(": ")[0]?.toLowerCase() ?? "", field.split(": ")[1] ?? ""]),
    ),
  };
}

const PASSWORDS = new Map<string, Promise<string>>();

/** For tests after which housekeeping has another password. */
export const forgetPasswords = (): void => {
  PASSWORDS.clear();
};

/** Asked for once: hardly a test changes it. */
async function housekeepingUser(namespace: string): Promise<User> {
  const password = PASSWORDS.get(namespace) ?? secretText("gocd-housekeeping", namespace, "password");
  PASSWORDS.set(namespace, password);
  return { name: "housekeeping", password: (await password).trim() };
}

/** The same, for a request that must go well; returns what the JSON of the answer says. */
export const gocd = async <T = unknown>(request: ServerRequest): Promise<T> =>
  contentOf(request, await askServer(request)) as T;

/** Tells the stand-in how to behave; what there is to tell is in tests/support/gocd-stand-in/stand-in.ts. */
export const standIn = <T = unknown>(what: string, body: object = {}): Promise<T> =>
  gocd<T>({ method: "POST", path: `/stand-in/${what}`, body, as: "nobody" });

/** The agents that the server knows, by host name; asked with housekeeping's own log-in. */
export async function serverAgents(): Promise<readonly ApiAgent[]> {
  const { _embedded } = await gocd<AgentList>(AGENTS);
  return [..._embedded.agents].sort((a, b) => a.hostname.localeCompare(b.hostname));
}

/** One of them, or undefined when the server does not know it. */
export const serverAgent = async (uuid: string): Promise<ApiAgent | undefined> =>
  (await serverAgents()).find((found) => found.uuid === uuid);

/** What a person does to an agent on the agents page. */
export const changeByHand = (uuid: string, change: object): Promise<ApiAgent> =>
  gocd<ApiAgent>({ method: "PATCH", path: `/go/api/agents/${uuid}`, version: 7, body: change });

/** A person removes an agent: GoCD wants it disabled first. */
export async function deleteByHand(uuid: string): Promise<void> {
  await changeByHand(uuid, { agent_config_state: "Disabled" });
  await gocd({ method: "DELETE", path: `/go/api/agents/${uuid}`, version: 7 });
}

/** Where GoCD keeps its backups, in the server's container. */
export const SERVER_BACKUPS = "/godata/artifacts/serverBackups";

/** Has GoCD make a backup, and returns its name once it is made and its script has ended well. */
export async function backUp(namespace = SERVER_NAMESPACE): Promise<string> {
  const at = { namespace, version: 2 };
  const confirmed = { "X-GoCD-Confirm": "true" };
  const { headers } = await askServer({ ...at, method: "POST", path: "/go/api/backups", headers: confirmed });
  const done = await eventually("the backup", async () => {
    const backup = await gocd<{ readonly status: string; readonly path: string }>({
      ...at,
      path: headers["location"] ?? "",
    });
    return backup.status === "COMPLETED" ? backup : undefined;
  });
  return path.basename(done.path);
}

/** The uuid that the program derived for a pod of the pool. */
export const uuidOf = async (pod: string): Promise<string> =>
  (await secretText(`${POOL}-identity`, AGENTS_NAMESPACE, `${pod}.uuid`)).trim();

/** Each agent's host name and uuid: what must stay the same for life. */
export const identities = async (): Promise<readonly string[]> =>
  (await serverAgents()).map(({ hostname, uuid }) => `${hostname} ${uuid}`);

/** What {@link agentsOnce} must find: each agent of the pool once, with its derived uuid, enabled and in contact. */
export const enabledAgents = (): Promise<readonly string[]> =>
  Promise.all([0, 1].map(async (ordinal) => `${agent(ordinal)} ${await uuidOf(agent(ordinal))} Enabled Idle`));

/** The agents as the server sees them, as soon as they are as they must be; after two minutes, as they are. */
export async function agentsOnce(mustBe: readonly string[]): Promise<readonly string[]> {
  const rows = async () =>
    (await serverAgents()).map((row) => [row.hostname, row.uuid, row.agent_config_state, row.agent_state].join(" "));
  const reached = async () => ((await rows()).join() === mustBe.join() ? true : undefined);
  await eventually("the agents", reached, 120_000).catch(() => undefined);
  return rows();
}

/** The form in which an agent asks to be registered: what `AgentRegistrationController` insists on, and what is given. */
export const registrationForm = (given: Readonly<Record<string, string>>): string =>
  new URLSearchParams({
    location: "/go-working-dir",
    usablespace: "10000000000",
    operatingSystem: "Linux",
    agentAutoRegisterKey: "",
    agentAutoRegisterResources: "",
    agentAutoRegisterEnvironments: "",
    agentAutoRegisterHostname: "",
    elasticAgentId: "",
    elasticPluginId: "",
    ...given,
  }).toString();
