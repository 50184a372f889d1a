// What many answers have in common, and the requests that many scenarios begin and end with.
import type { Answer, Expected, Line } from "./format";

type Fields = Readonly<Record<string, Expected>>;

export const CHALLENGE = 'Basic realm="GoCD"';
export const HTML = /^text\/html;charset=(utf-8|iso-8859-1)$/;
export const PLAIN = "text/plain;charset=iso-8859-1";
export const TAG = /^"[^"]+"$/;
/** HMAC-SHA256 in Base64. */
export const TOKEN = /^[A-Za-z0-9+/]{43}=$/;
/** What Spark says where a path has no such method, whatever the content type says. */
const NO_ROUTE_BODY = "<html><body><h2>404 Not found</h2></body></html>";
/** What says where the Accept header names no version that there is. */
export const UNKNOWN_VERSION: Answer = {
  status: 404,
  type: "text/plain;charset=utf-8",
  body: "The url you are trying to reach appears to be incorrect.\r\n",
};

export const ok = (body: Expected): Answer => ({ status: 200, body });
export const message = (status: number, text: string | RegExp): Answer => ({ status, body: { message: text } });
export const NO_ROUTE: Answer = { status: 404, body: NO_ROUTE_BODY };
export const NO_ROUTE_AS_HTML: Answer = { status: 404, type: HTML, body: NO_ROUTE_BODY };
/** The rest of the message is the JSON library's own. */
export const NOT_JSON: Answer = { status: 400, body: { error: /^Payload data is not valid JSON: / } };

/** An entity with links to its documentation and to itself. */
export const linked = (doc: string, self: string, fields: Fields): Expected => ({
  _links: { doc: { href: `https://api.gocd.org/26.1.0/${doc}` }, self: { href: `{origin}/go${self}` } },
  ...fields,
});

/** The agent of a scenario, without links. */
const agentFields = (fields: Fields): Fields => ({
  uuid: "{agent}",
  hostname: "contract-host",
  ip_address: "10.9.8.7",
  sandbox: "/go-working-dir",
  operating_system: "Linux",
  agent_config_state: "Enabled",
  agent_state: "Idle",
  agent_version: "UNKNOWN",
  agent_bootstrapper_version: "UNKNOWN",
  environments: [],
  build_state: "Idle",
  free_space: 1000000,
  resources: [],
  ...fields,
});

const UNHEARD: Fields = {
  sandbox: "",
  operating_system: "",
  agent_state: "Missing",
  build_state: "Unknown",
  free_space: "unknown",
};

const AGENT_LINKS: Expected = {
  self: { href: "{origin}/go/api/agents/{agent}" },
  doc: { href: "https://api.gocd.org/26.1.0/#agents" },
  find: { href: "{origin}/go/api/agents/:uuid" },
};

export const shownAgent = (fields: Fields = {}): Expected => ({ _links: AGENT_LINKS, ...agentFields(fields) });

/** The answer to a change tells of the agent as if it had never been heard of, whatever it does. */
export const unheardAgent = (fields: Fields = {}): Expected => shownAgent({ ...UNHEARD, ...fields });

/** The same, in the data of a change that is refused. */
export const bareUnheardAgent = (fields: Fields): Expected => agentFields({ ...UNHEARD, ...fields });

export const shownEnvironment = (name: string, variables: readonly Expected[] = []): Expected => ({
  _links: {
    self: { href: `{origin}/go/api/admin/environments/${name}` },
    doc: { href: "https://api.gocd.org/current/#environment-config" },
    find: { href: "{origin}/go/api/admin/environments/:name" },
  },
  name,
  pipelines: [],
  environment_variables: variables,
});

/** The form of an agent that registers. */
export const registration = (fields: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
  hostname: "contract-host",
  uuid: "{agent}",
  location: "/go-working-dir",
  usablespace: "1000000",
  operatingSystem: "Linux",
  agentAutoRegisterKey: "",
  agentAutoRegisterResources: "",
  agentAutoRegisterEnvironments: "",
  agentAutoRegisterHostname: "",
  elasticAgentId: "",
  elasticPluginId: "",
  token: "{token}",
  ...fields,
});

/** What an agent sends with each of its requests. */
export const runtimeInfo = (fields: object = {}): object => ({
  agentRuntimeInfo: {
    type: "AgentRuntimeInfo",
    identifier: { hostName: "contract-host", ipAddress: "10.9.8.7", uuid: "{agent}" },
    runtimeStatus: "Idle",
    buildingInfo: { buildingInfo: "", buildLocator: "" },
    location: "/go-working-dir",
    usableSpace: 5,
    operatingSystem: "Linux",
    agentBootstrapperVersion: "26.1.0-1",
    agentVersion: "26.1.0-1",
    ...fields,
  },
});

/** An agent that has registered without a key and has been enabled. */
export const APPROVED: readonly Line[] = [
  {
    says: "gives a token for a uuid that it does not know",
    ask: "GET /admin/agent/token?uuid={agent}",
    as: "nobody",
    answer: { status: 200, type: PLAIN, body: TOKEN },
    keep: { token: "body" },
  },
  {
    says: "lets an agent without a key wait",
    ask: "POST /admin/agent",
    as: "nobody",
    headers: { "X-Forwarded-For": "10.9.8.7" },
    form: registration(),
    answer: { status: 202, type: "application/json", body: "" },
  },
  {
    says: "enables it",
    ask: "PATCH /api/agents/{agent}",
    version: 7,
    body: { agent_config_state: "Enabled" },
    answer: ok(unheardAgent()),
  },
];

/** Removes the agent of a scenario. */
export const GONE: readonly Line[] = [
  {
    says: "disables it",
    ask: "PATCH /api/agents/{agent}",
    version: 7,
    body: { agent_config_state: "Disabled" },
    answer: { status: 200 },
  },
  { says: "deletes it", ask: "DELETE /api/agents/{agent}", version: 7, answer: message(200, "Deleted 1 agent(s).") },
];
