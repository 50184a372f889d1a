// What agents ask, and what is asked about agents. Read in gocd/gocd at tag 26.1.0:
//   api/api-agents-v7 (AgentsControllerV7 and its representers), api/api-internal-agent-v1,
//   server/…/server/controller/AgentRegistrationController.java
import type { AgentRecord, RuntimeState } from "./agents";
import { Body } from "./body";
import { docs, ok, Refusal, type Ask, type Handler, type Route } from "./http";
import { invalidResources } from "./lists";
import type { GocdStandIn } from "./stand-in";

function triState(text: string | undefined): boolean | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  if (text.toLowerCase() === "enabled") return true;
  if (text.toLowerCase() === "disabled") return false;
  throw new Refusal(422, "The value of `agent_config_state` can be one of `Enabled`, `Disabled` or null.");
}

const BUILD_STATE: Record<RuntimeState, string> = {
  Idle: "Idle",
  Building: "Building",
  Cancelled: "Cancelled",
  LostContact: "Unknown",
  Missing: "Unknown",
  Unknown: "Unknown",
};

function environmentsOf(agent: AgentRecord, ask: Ask, { configuration }: GocdStandIn): readonly object[] {
  const { environments } = configuration;
  const remote = environments.remoteOf(agent.uuid);
  return [...new Set([...agent.environments, ...remote])].sort().map((name) => {
    const repository = `${ask.base}/api/admin/config_repos/${name}`;
    if (remote.includes(name)) return { name, origin: { type: "config-repo", _links: { self: { href: repository } } } };
    if (environments.local(name) === undefined) return { name, origin: { type: "unknown" } };
    const links = { self: { href: `${ask.base}/admin/config_xml` }, doc: { href: docs("#get-configuration") } };
    return { name, origin: { type: "gocd", _links: links } };
  });
}

/** The job that an agent builds, as far as its place tells. */
function buildDetails(agent: AgentRecord, ask: Ask): object {
  if (agent.building === null) return {};
  const [pipeline = "", counter = "", stage = "", run = "", job = ""] = agent.building.split("/");
  return {
    build_details: {
      _links: {
        job: { href: `${ask.base}/tab/build/detail/${agent.building}` },
        stage: { href: `${ask.base}/pipelines/${[pipeline, counter, stage, run].join("/")}` },
        pipeline: { href: `${ask.base}/pipeline/activity/${pipeline}` },
      },
      pipeline_name: pipeline,
      stage_name: stage,
      job_name: job,
    },
  };
}

function agentFields(agent: AgentRecord, ask: Ask, server: GocdStandIn): object {
  return {
    uuid: agent.uuid,
    hostname: agent.hostname,
    ip_address: agent.ipAddress,
    sandbox: agent.location,
    operating_system: agent.operatingSystem,
    agent_config_state: agent.configState,
    agent_state: agent.runtimeState === "Cancelled" ? "Building" : agent.runtimeState,
    agent_version: agent.version,
    agent_bootstrapper_version: agent.version,
    environments: environmentsOf(agent, ask, server),
    build_state: BUILD_STATE[agent.runtimeState],
    free_space: agent.freeSpace ?? "unknown",
    ...buildDetails(agent, ask),
    resources: [...agent.resources].sort(),
  };
}

const agentJson = (agent: AgentRecord, ask: Ask, server: GocdStandIn): object => ({
  _links: {
    self: { href: `${ask.base}/api/agents/${agent.uuid}` },
    doc: { href: docs("#agents") },
    find: { href: `${ask.base}/api/agents/:uuid` },
  },
  ...agentFields(agent, ask, server),
});

/** A change is answered from the database, where nothing is known of what the agent does. */
const asStored = (agent: AgentRecord): AgentRecord => ({
  ...agent,
  location: "",
  operatingSystem: "",
  version: "UNKNOWN",
  runtimeState: "Missing",
  freeSpace: null,
  building: null,
});

/** A list may be one, or text with commas. */
function listed(value: Body, property: string): string | undefined {
  if (!value.has(property)) return undefined;
  try {
    return [...new Set(value.strings(property))].sort().join(",");
  } catch {
    return value.string(property);
  }
}

const update: Handler = (ask, server, uuid = "") => {
  const old = server.agents.known(uuid);
  const body = Body.parse(ask.body);
  const { environments } = server.configuration;
  const resources = listed(body, "resources");
  const invalid = invalidResources(resources?.split(",") ?? []);
  if (invalid.length > 0) {
    const data = agentFields({ ...asStored(old), resources: resources?.split(",") ?? [] }, ask, server);
    throw new Refusal(422, "Updating agent failed.", { data: { ...data, errors: { resources: invalid } } });
  }
  const agent = server.agents.update(uuid, {
    hostname: body.string("hostname"),
    resources,
    environments: listed(body, "environments")
      ?.split(",")
      .filter((name) => !environments.associatedRemotely(uuid, name.trim()))
      .join(","),
    state: triState(body.string("agent_config_state")),
  });
  return ok(agentJson(asStored(agent), ask, server));
};

const operation = (body: Body | undefined): { readonly add: string[]; readonly remove: string[] } => ({
  add: body?.strings("add") ?? [],
  remove: body?.strings("remove") ?? [],
});

const REGISTRATION = [
  "hostname",
  "uuid",
  "location",
  "usablespace",
  "operatingSystem",
  "agentAutoRegisterKey",
  "agentAutoRegisterResources",
  "agentAutoRegisterEnvironments",
  "agentAutoRegisterHostname",
  "elasticAgentId",
  "elasticPluginId",
  "token",
] as const;

const register: Handler = (ask, server) => {
  const form = new URLSearchParams(ask.body);
  const value = (name: (typeof REGISTRATION)[number]): string => form.get(name) ?? ask.query.get(name) ?? "";
  const missing = REGISTRATION.find((name) => !form.has(name) && !ask.query.has(name));
  if (missing !== undefined)
    throw new Refusal(500, `Required request parameter '${missing}' for method parameter type String is not present`);
  const registered = server.agents.register({
    uuid: value("uuid"),
    hostname: value("hostname"),
    location: value("location"),
    usableSpace: Number(value("usablespace")),
    operatingSystem: value("operatingSystem"),
    autoRegisterKey: value("agentAutoRegisterKey"),
    autoRegisterResources: value("agentAutoRegisterResources"),
    autoRegisterEnvironments: value("agentAutoRegisterEnvironments"),
    autoRegisterHostname: value("agentAutoRegisterHostname"),
    elasticAgentId: value("elasticAgentId"),
    elasticPluginId: value("elasticPluginId"),
    token: value("token"),
    ipAddress: ask.address,
  });
  return { status: registered ? 200 : 202, body: "", type: "application/json" };
};

export const AGENT_ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: /^\/admin\/agent\/token$/,
    who: "anyone",
    handle: (ask, server) => {
      const uuid = ask.query.get("uuid");
      if (uuid === null) throw new Refusal(500, "Required request parameter 'uuid' is not present");
      return { status: 200, body: server.agents.issueToken(uuid), type: "text/plain;charset=iso-8859-1" };
    },
  },
  { method: "POST", path: /^\/admin\/agent$/, who: "anyone", handle: register },
  {
    method: "GET",
    path: /^\/api\/agents$/,
    version: 7,
    who: "user",
    handle: (ask, server) =>
      ok({
        _links: { self: { href: `${ask.base}/api/agents` }, doc: { href: docs("#agents") } },
        _embedded: { agents: server.agents.all().map((agent) => agentJson(agent, ask, server)) },
      }),
  },
  {
    method: "GET",
    path: /^\/api\/agents\/([^/]+)$/,
    version: 7,
    who: "user",
    handle: (ask, server, uuid = "") => {
      const agent = server.agents.known(uuid);
      return ok(agentJson(agent, ask, server));
    },
  },
  {
    method: "PATCH",
    path: /^\/api\/agents\/([^/]+)$/,
    version: 7,
    who: "admin",
    handle: update,
  },
  {
    method: "PATCH",
    path: /^\/api\/agents$/,
    version: 7,
    who: "admin",
    handle: (ask, server) => {
      const body = Body.parse(ask.body);
      const uuids = body.strings("uuids");
      const operations = body.object("operations");
      server.agents.bulkUpdate(
        {
          uuids,
          state: triState(body.string("agent_config_state")),
          resources: operation(operations?.object("resources")),
          environments: operation(operations?.object("environments")),
        },
        (agent, environment) => server.configuration.environments.associatedRemotely(agent, environment),
      );
      return ok({ message: `Updated agent(s) with uuid(s): [${uuids.join(", ")}].` });
    },
  },
  {
    method: "DELETE",
    path: /^\/api\/agents\/([^/]+)$/,
    version: 7,
    who: "admin",
    handle: (_ask, server, uuid = "") => (server.agents.remove([uuid]), ok({ message: "Deleted 1 agent(s)." })),
  },
  {
    method: "DELETE",
    path: /^\/api\/agents$/,
    version: 7,
    who: "admin",
    handle: (ask, server) => {
      const uuids = Body.parse(ask.body).strings("uuids");
      server.agents.remove(uuids);
      return ok({ message: `Deleted ${uuids.length} agent(s).` });
    },
  },
];
