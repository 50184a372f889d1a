// What GoCD 26.1.0 answers to which request. Read in gocd/gocd at tag 26.1.0:
//   api/api-agents-v7 (AgentsControllerV7, representers), api/api-backups-v2, api/api-version-v1, api/api-server-health-v1,
//   api/api-internal-agent-v1, api/api-base (ApiController.verifyContentType, HaltApiMessages, ControllerMethods)
//   spark/spark-base/…/spark/SparkPreFilter.java (no valid Accept header: 404 in plain text), …/RoutesHelper.java (errors)
//   server/…/newsecurity/filterchains/{Main,Authorize}FilterChain.java (backup first, then who may)
import type { AgentRecord, RuntimeState } from "./agents";
import { Refusal } from "./agents";
import { Body, tagOf } from "./configuration";
import type { Environment } from "./configuration";
import type { GocdStandIn } from "./stand-in";

export interface Ask {
  method: string;
  /** Below /go, without the query. */
  path: string;
  query: URLSearchParams;
  header: (name: string) => string | undefined;
  body: string;
  /** Where the server can be reached, for links: `http://host:port/go`. */
  base: string;
  address: string;
  user: string;
}

export interface Answer {
  status: number;
  body?: string | object;
  headers?: Record<string, string>;
  type?: string;
}

type Handler = (ask: Ask, server: GocdStandIn, ...parameters: string[]) => Answer | Promise<Answer>;
export interface Route {
  method: string;
  path: RegExp;
  /** Version of the API, or nothing for what is not versioned. */
  version?: number;
  /** Who may: anybody, an agent, any user, an administrator. */
  who: "anyone" | "agent" | "user" | "admin";
  /** ApiController.verifyContentType: JSON, or the confirming header when there is no body. */
  json?: boolean;
  handle: Handler;
}

const docs = (anchor: string): string => `https://api.gocd.org/26.1.0/${anchor}`;
const ok = (body: object, tag?: string): Answer => ({
  status: 200,
  body,
  ...(tag === undefined ? {} : { headers: { ETag: `"${tag}"` } }),
});
const unquoted = (tag: string | undefined): string | undefined =>
  tag?.replace(/^"(.*)"$/, "$1").replace(/--(gzip|deflate)$/, "");

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

const operation = (body: Body | undefined): { add: string[]; remove: string[] } => ({
  add: body?.strings("add") ?? [],
  remove: body?.strings("remove") ?? [],
});

const environmentJson = (environment: Environment, ask: Ask): object => ({
  _links: {
    self: { href: `${ask.base}/api/admin/environments/${environment.name}` },
    doc: { href: "https://api.gocd.org/current/#environment-config" },
    find: { href: `${ask.base}/api/admin/environments/:name` },
  },
  name: environment.name,
  pipelines: environment.pipelines.map((name) => ({ name })),
  environment_variables: environment.environment_variables,
});

const linked = (body: object, ask: Ask, anchor: string): object => ({
  _links: { doc: { href: docs(anchor) }, self: { href: `${ask.base}${ask.path}` } },
  ...body,
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
function speaking(ask: Ask, server: GocdStandIn): { agent: AgentRecord; info: Body } {
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

const backupJson = (id: number, ask: Ask, server: GocdStandIn): object => {
  const backup = server.backups.find((one) => one.id === id);
  if (backup === undefined) throw new Refusal(404, `Backup id '${id}' was not found!`);
  return {
    _links: { doc: { href: docs("#backups") }, self: { href: `${ask.base}/api/backups/${id}` } },
    time: backup.time,
    path: backup.path,
    status: backup.status,
    ...(backup.status === "IN_PROGRESS" ? { progress_status: "BACKUP_DATABASE" } : {}),
    message: backup.message,
    user: { login_name: backup.user },
  };
};

export const ROUTES: Route[] = [
  {
    method: "GET",
    path: /^\/api\/v1\/health$/,
    who: "anyone",
    handle: () => ({ status: 200, body: '{\n  "health": "OK"\n}\n' }),
  },
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
    path: /^\/api\/version$/,
    version: 1,
    who: "anyone",
    handle: (ask) =>
      ok(
        linked(
          {
            version: "26.1.0",
            build_number: "22543",
            git_sha: "0".repeat(40),
            full_version: "26.1.0 (22543-0)",
            commit_url: `https://github.com/gocd/gocd/commit/${"0".repeat(40)}`,
          },
          ask,
          "#version",
        ),
      ),
  },
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
  {
    method: "GET",
    path: /^\/api\/admin\/config\/server\/site_urls$/,
    version: 1,
    who: "admin",
    handle: (ask, server) => ok(linked(server.configuration.siteUrls(), ask, "#siteurls-config")),
  },
  ...(["POST", "PUT"] as const).map((method): Route => ({
    method,
    path: /^\/api\/admin\/config\/server\/site_urls$/,
    version: 1,
    who: "admin",
    handle: (ask, server) => {
      server.configuration.updateSiteUrls(Body.parse(ask.body));
      return ok(linked(server.configuration.siteUrls(), ask, "#siteurls-config"));
    },
  })),
  {
    method: "GET",
    path: /^\/api\/config\/backup$/,
    version: 1,
    who: "admin",
    json: true,
    handle: (ask, server) => ok(linked(server.configuration.backup(), ask, "#backup-config")),
  },
  ...(["POST", "PUT"] as const).map((method): Route => ({
    method,
    path: /^\/api\/config\/backup$/,
    version: 1,
    who: "admin",
    json: true,
    handle: (ask, server) => {
      server.configuration.updateBackup(Body.parse(ask.body));
      return ok(linked(server.configuration.backup(), ask, "#backup-config"));
    },
  })),
  {
    method: "DELETE",
    path: /^\/api\/config\/backup$/,
    version: 1,
    who: "admin",
    handle: (_ask, server) => (
      server.configuration.deleteBackup(),
      ok({ message: "Backup config was deleted successfully!" })
    ),
  },
  {
    method: "GET",
    path: /^\/api\/admin\/config\/server\/artifact_config$/,
    version: 1,
    who: "admin",
    handle: (ask, server) =>
      ok(linked(server.configuration.artifacts(), ask, "#artifact_config"), server.configuration.artifactsTag()),
  },
  {
    method: "PUT",
    path: /^\/api\/admin\/config\/server\/artifact_config$/,
    version: 1,
    who: "admin",
    handle: (ask, server) => {
      server.configuration.updateArtifacts(Body.parse(ask.body), unquoted(ask.header("if-match")));
      return ok(linked(server.configuration.artifacts(), ask, "#artifact_config"), server.configuration.artifactsTag());
    },
  },
  {
    method: "GET",
    path: /^\/api\/admin\/environments$/,
    version: 3,
    who: "user",
    handle: (ask, server) => {
      const environments = server.configuration.environments();
      const body = {
        _embedded: { environments: environments.map((environment) => environmentJson(environment, ask)) },
      };
      return ok(linked(body, ask, "#environment-config"), tagOf(environments));
    },
  },
  {
    method: "POST",
    path: /^\/api\/admin\/environments$/,
    version: 3,
    who: "admin",
    json: true,
    handle: (ask, server) => {
      const created = server.configuration.createEnvironment(Body.parse(ask.body));
      return ok(environmentJson(created, ask), tagOf(created));
    },
  },
  {
    method: "GET",
    path: /^\/api\/admin\/environments\/([^/]+)$/,
    version: 3,
    who: "user",
    handle: (ask, server, name = "") => {
      const environment = server.configuration.environment(decodeURIComponent(name));
      if (unquoted(ask.header("if-none-match")) === tagOf(environment)) return { status: 304 };
      return ok(environmentJson(environment, ask), tagOf(environment));
    },
  },
  {
    method: "PUT",
    path: /^\/api\/admin\/environments\/([^/]+)$/,
    version: 3,
    who: "admin",
    json: true,
    handle: (ask, server, name = "") => {
      const updated = server.configuration.updateEnvironment(
        decodeURIComponent(name),
        Body.parse(ask.body),
        unquoted(ask.header("if-match")),
      );
      return ok(environmentJson(updated, ask), tagOf(updated));
    },
  },
  {
    method: "DELETE",
    path: /^\/api\/admin\/environments\/([^/]+)$/,
    version: 3,
    who: "admin",
    handle: (_ask, server, name = "") => {
      server.configuration.deleteEnvironment(decodeURIComponent(name));
      return ok({ message: `Environment name '${name}' was deleted successfully!` });
    },
  },
  {
    method: "POST",
    path: /^\/api\/backups$/,
    version: 2,
    who: "admin",
    json: true,
    handle: (ask, server) => ({
      status: 202,
      headers: { Location: `/go/api/backups/${server.startBackup(ask.user)}`, "Retry-After": "5" },
    }),
  },
  {
    method: "GET",
    path: /^\/api\/backups\/([^/]+)$/,
    version: 2,
    who: "admin",
    handle: (ask, server, id = "") => {
      if (id !== "running" && !/^\d+$/.test(id))
        throw new Refusal(400, "The `id` parameter should be a number, or the keyword `running`");
      const running = server.backups.find((backup) => backup.status === "IN_PROGRESS");
      if (id === "running" && running === undefined) throw new Refusal(404, "Backup id 'running' was not found!");
      return ok(backupJson(id === "running" ? (running?.id ?? 0) : Number(id), ask, server));
    },
  },
];
