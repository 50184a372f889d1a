// What agents ask, and what is asked about agents. Read in gocd/gocd at tag 26.1.0:
//   api/api-agents-v7 (AgentsControllerV7 and its representers), api/api-internal-agent-v1,
//   server/…/server/controller/AgentRegistrationController.java
import type { AgentRecord, RuntimeState } from "./agents";
import { Refusal } from "./agents";
import { Body } from "./body";
import type { Ask, Handler, Route } from "./http";
import { docs, ok } from "./http";
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

function agentJson(agent: AgentRecord, ask: Ask, server: GocdStandIn): object {
  const remote = Object.keys(server.configuration.state.remoteEnvironments).filter((name) =>
    server.configuration.associatedRemotely(agent.uuid, name),
  );
  const environments = [...new Set([...agent.environments, ...remote])].sort().map((name) => {
    if (remote.includes(name))
      return {
        name,
        origin: { type: "config-repo", _links: { self: { href: `${ask.base}/api/admin/config_repos/${name}` } } },
      };
    const local = server.configuration.localEnvironment(name) !== undefined;
    return {
      name,
      origin: local
        ? { type: "gocd", _links: { self: { href: `${ask.base}/admin/config_xml` } } }
        : { type: "unknown" },
    };
  });
  return {
    _links: {
      self: { href: `${ask.base}/api/agents/${agent.uuid}` },
      doc: { href: docs("#agents") },
      find: { href: `${ask.base}/api/agents/:uuid` },
    },
    uuid: agent.uuid,
    hostname: agent.hostname,
    ip_address: agent.ipAddress,
    sandbox: agent.location,
    operating_system: agent.operatingSystem,
    agent_config_state: agent.configState,
    agent_state: agent.runtimeState === "Cancelled" ? "Building" : agent.runtimeState,
    agent_version: agent.version,
    agent_bootstrapper_version: agent.version,
    environments,
    build_state: BUILD_STATE[agent.runtimeState],
    free_space: agent.freeSpace ?? "unknown",
    resources: [...agent.resources].sort(),
  };
}

function listed(value: Body, property: string): string | undefined {
  if (!value.has(property)) return undefined;
  try {
    return [...new Set(value.strings(property))].sort().join(",");
  } catch {
    return value.string(property);
  }
}

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
    return {
      status: 400,
      body: `Required request parameter '${missing}' for method parameter type String is not present`,
      type: "text/html",
    };
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

const RUNTIME_STATES: readonly string[] = ["Idle", "Building", "Cancelled", "LostContact", "Missing", "Unknown"];

/** The agent that speaks, and its AgentRuntimeInfo. */
function speaking(ask: Ask, server: GocdStandIn): { readonly agent: AgentRecord; readonly info: Body } {
  const agent = server.agents.authenticate(ask.header("x-agent-guid"), ask.header("authorization"));
  return { agent, info: Body.parse(ask.body).object("agentRuntimeInfo") ?? new Body({}) };
}

const ping: Handler = (ask, server) => {
  const { agent, info } = speaking(ask, server);
  const state = info.string("runtimeStatus") ?? "Idle";
  if (!RUNTIME_STATES.includes(state)) throw new Refusal(400, `Payload data is not valid JSON: runtimeStatus ${state}`);
  const space = info.number("usableSpace");
  const instruction = server.agents.ping(agent, info.string("cookie"), state as RuntimeState, {
    ipAddress: ask.address,
    ...(info.has("location") ? { location: info.string("location") ?? "" } : {}),
    ...(info.has("agentVersion") ? { version: info.string("agentVersion") ?? "" } : {}),
    ...(space === undefined ? {} : { freeSpace: space }),
  });
  return { status: 200, body: JSON.stringify(instruction) };
};

export const AGENT_ROUTES: Route[] = [
  {
    method: "GET",
    path: /^\/admin\/agent\/token$/,
    who: "anyone",
    handle: (ask, server) => ({
      status: 200,
      body: server.agents.issueToken(ask.query.get("uuid") ?? ""),
      type: "text/plain;charset=utf-8",
    }),
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
      const agent = server.agents.find(uuid);
      if (agent === undefined) throw new Refusal(404, `Agent uuid '${uuid}' was not found!`);
      return ok(agentJson(agent, ask, server));
    },
  },
  {
    method: "PATCH",
    path: /^\/api\/agents\/([^/]+)$/,
    version: 7,
    who: "admin",
    handle: (ask, server, uuid = "") => {
      const body = Body.parse(ask.body);
      const environments = listed(body, "environments")
        ?.split(",")
        .filter((name) => !server.configuration.associatedRemotely(uuid, name.trim()))
        .join(",");
      const agent = server.agents.update(uuid, {
        hostname: body.string("hostname"),
        resources: listed(body, "resources"),
        environments,
        state: triState(body.string("agent_config_state")),
      });
      return ok(agentJson(agent, ask, server));
    },
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
        (agent, environment) => server.configuration.associatedRemotely(agent, environment),
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
  {
    method: "POST",
    path: /^\/remoting\/api\/agent\/get_cookie$/,
    version: 1,
    who: "agent",
    json: true,
    handle: (ask, server) => ({ status: 200, body: server.agents.assignCookie(speaking(ask, server).agent) }),
  },
  { method: "POST", path: /^\/remoting\/api\/agent\/ping$/, version: 1, who: "agent", json: true, handle: ping },
  {
    method: "POST",
    path: /^\/remoting\/api\/agent\/get_work$/,
    version: 1,
    who: "agent",
    json: true,
    handle: (ask, server) =>
      ok({ type: speaking(ask, server).agent.configState === "Disabled" ? "DeniedAgentWork" : "NoWork" }),
  },
];
