// What agents ask once they are registered. Read in gocd/gocd at tag 26.1.0:
//   api/api-internal-agent-v1, server/…/server/messaging/scheduling/WorkAssignments.java, server/…/server/controller/ArtifactsController.java
import type { AgentRecord, RuntimeState } from "./agents";
import { Body } from "./body";
import { MalformedBody, ok, Refusal, type Ask, type Handler, type Route } from "./http";
import type { GocdStandIn } from "./stand-in";

const RUNTIME_STATES: readonly RuntimeState[] = ["Idle", "Building", "Cancelled", "LostContact", "Missing", "Unknown"];

/** The agent that speaks, and its AgentRuntimeInfo. */
function speaking(ask: Ask, server: GocdStandIn): { readonly agent: AgentRecord; readonly info: Body } {
  const agent = server.agents.authenticate(ask.header("x-agent-guid"), ask.header("authorization"));
  const info = Body.parse(ask.body).object("agentRuntimeInfo");
  if (info?.string("type") === undefined) throw new MalformedBody("AgentRuntimeInfo does not define a type");
  const uuid = info.object("identifier")?.string("uuid");
  if (uuid !== agent.uuid)
    throw new Refusal(403, `Agent with uuid: '${agent.uuid}' is attempting a request for agent: '${uuid}'.`);
  return { agent, info };
}

const ping: Handler = (ask, server) => {
  const { agent, info } = speaking(ask, server);
  const told = info.string("runtimeStatus");
  const state = RUNTIME_STATES.find((known) => known === told) ?? "Unknown";
  const space = info.number("usableSpace");
  const building = info.object("buildingInfo")?.string("buildLocator") ?? "";
  const instruction = server.agents.ping(agent, info.string("cookie"), state, {
    // A ping does not say which system the agent runs on; its registration did.
    operatingSystem: "",
    ipAddress: info.object("identifier")?.string("ipAddress") ?? agent.ipAddress,
    ...(building === "" ? {} : { building }),
    ...(info.has("location") ? { location: info.string("location") ?? "" } : {}),
    ...(info.has("agentVersion") ? { version: info.string("agentVersion") ?? "" } : {}),
    ...(space === undefined ? {} : { freeSpace: space }),
  });
  return { status: 200, body: JSON.stringify(instruction) };
};

const agentRoute = (name: string, handle: Handler): Route => ({
  method: "POST",
  path: new RegExp(`^/remoting/api/agent/${name}$`),
  version: 1,
  who: "agent",
  json: true,
  handle,
});

const PLAIN = "text/plain;charset=utf-8";

/** What the tasks of a job print; the server appends it whatever agent sends it, and whether the job still runs or not. */
const appendToConsole: Handler = (ask, server, job = "") => {
  const printed = server.consoles.get(job);
  if (printed === undefined) return { status: 404, type: PLAIN, body: `Job ${job} not found.` };
  server.consoles.set(job, printed + ask.body);
  const file = `artifacts/pipelines/${job}/cruise-output/console.log`;
  return { status: 200, type: PLAIN, body: `File ${file} was appended successfully` };
};

export const REMOTING_ROUTES: readonly Route[] = [
  agentRoute("get_cookie", (ask, server) => ({
    status: 200,
    body: server.agents.assignCookie(speaking(ask, server).agent),
  })),
  agentRoute("ping", ping),
  agentRoute("get_work", (ask, server) => ok(server.work.ask(speaking(ask, server).agent))),
  {
    method: "PUT",
    path: /^\/remoting\/files\/(.+)\/cruise-output\/console\.log$/,
    who: "agent",
    handle: appendToConsole,
  },
];
