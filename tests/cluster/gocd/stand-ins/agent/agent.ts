// What a GoCD agent says to its server, and what it tells the probes: it registers when it has no token, takes a cookie,
// pings, and answers on port 8152 whether the last ping was answered. While /tmp/job exists it says that it is building;
// /tmp/usable-space may hold how many bytes of its disk are free. It runs the jobs that it finds (jobs.ts).
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { hostname, networkInterfaces } from "node:os";
import { setTimeout as after } from "node:timers/promises";
import { isBuilding, runJobs } from "./jobs";

const SERVER = process.env["GO_SERVER_URL"] ?? "";
const CONFIG = "/go-working-dir/config";
const JOB = "/tmp/job";
const USABLE_SPACE = "/tmp/usable-space";
const PING_MILLISECONDS = 1000;

let connected = false;
let cookie: string | undefined;

const read = (file: string) => readFileSync(`${CONFIG}/${file}`, "utf8").trim();

/** Later lines win, as in any Java properties file. */
const property = (name: string) =>
  read("autoregister.properties")
    .split("\n")
    .reduce((value, line) => (line.startsWith(`${name}=`) ? line.slice(name.length + 1) : value), "");

async function register(uuid: string): Promise<void> {
  const issued = await fetch(`${SERVER}/admin/agent/token?uuid=${uuid}`);
  if (issued.status !== 200) throw new Error(`no token: HTTP ${issued.status}`);
  const token = await issued.text();
  writeFileSync(`${CONFIG}/token`, token);
  for (;;) {
    const form = new URLSearchParams({
      uuid,
      token,
      hostname: hostname(),
      location: "/go-working-dir",
      usablespace: "10000000000",
      operatingSystem: "Linux",
      agentAutoRegisterKey: property("agent.auto.register.key"),
      agentAutoRegisterResources: property("agent.auto.register.resources"),
      agentAutoRegisterEnvironments: property("agent.auto.register.environments"),
      agentAutoRegisterHostname: property("agent.auto.register.hostname"),
      elasticAgentId: "",
      elasticPluginId: "",
    });
    const { status } = await fetch(`${SERVER}/admin/agent`, { method: "POST", body: form });
    if (status === 200) return;
    // A token that is not the server's cannot become right; the next attempt asks for a new one.
    if (status === 403) rmSync(`${CONFIG}/token`, { force: true });
    if (status !== 202) throw new Error(`registration refused: HTTP ${status}`);
    await after(PING_MILLISECONDS);
  }
}

/** The first address that others can reach, as the agent tells it. */
function ownAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  return addresses.find(({ internal, family }) => !internal && family === "IPv4")?.address ?? "127.0.0.1";
}

/** One request of the agents' own protocol; identity and token are read from disk at every use, as the agent does. */
function remoting(what: string): Promise<Response> {
  const identifier = { hostName: hostname(), ipAddress: ownAddress(), uuid: read("guid.txt") };
  const runtimeStatus = isBuilding() || existsSync(JOB) ? "Building" : "Idle";
  const usableSpace = existsSync(USABLE_SPACE) ? Number(readFileSync(USABLE_SPACE, "utf8")) : 10_000_000_000;
  return fetch(`${SERVER}/remoting/api/agent/${what}`, {
    method: "POST",
    headers: {
      accept: "application/vnd.go.cd.v1+json",
      "content-type": "application/json",
      "X-Agent-GUID": identifier.uuid,
      Authorization: read("token"),
    },
    body: JSON.stringify({
      agentRuntimeInfo: {
        type: "AgentRuntimeInfo",
        identifier,
        runtimeStatus,
        location: "/go-working-dir",
        usableSpace,
        cookie,
      },
    }),
  });
}

async function pingOnce(): Promise<void> {
  // An agent that nobody has given one makes one, and keeps it (GuidService.java).
  if (!existsSync(`${CONFIG}/guid.txt`)) writeFileSync(`${CONFIG}/guid.txt`, randomUUID());
  if (!existsSync(`${CONFIG}/token`)) {
    cookie = undefined;
    await register(read("guid.txt"));
  }
  if (cookie === undefined) {
    const answer = await remoting("get_cookie");
    if (answer.status !== 200) throw new Error(`no cookie: HTTP ${answer.status}`);
    cookie = await answer.text();
  }
  const answer = await remoting("ping");
  if (answer.status !== 200) throw new Error(`ping: HTTP ${answer.status}`);
}

async function live(): Promise<never> {
  let said = "";
  for (;;) {
    try {
      await pingOnce();
      connected = true;
      said = "";
    } catch (error) {
      connected = false;
      if (String(error) !== said) console.log((said = String(error)));
    }
    await after(PING_MILLISECONDS);
  }
}

createServer((request, response) => {
  const known = request.url?.endsWith("/isConnectedToServer") === true;
  response.writeHead(known ? (connected ? 200 : 503) : 404);
  response.end(known ? (connected ? "OK!" : "Bad!") : "");
}).listen(8152, "127.0.0.1");
process.once("SIGTERM", () => process.exit(0));
void live();
void runJobs();
