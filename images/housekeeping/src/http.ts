import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

import type { Drains } from "./drain";
import { GocdError, type Gocd } from "./gocd";
import type { Logger } from "./log";
import type { Metrics } from "./metrics";

export interface HttpTools {
  readonly drains: Drains;
  /** With the log-in as it is on disk now. */
  readonly gocd: () => Gocd;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Nothing when all is well, else what is not. */
  readonly unhealthy: () => string | undefined;
  /** The managed settings that are not in force, each with the reason. */
  readonly refused: () => readonly string[];
}

interface Reply {
  readonly status: number;
  readonly body: object | string;
  readonly headers?: Record<string, string>;
}

const DRAIN = /^\/drain\/([0-9a-fA-F-]{36})$/;
const JSON_TYPE = "application/json; charset=utf-8";

/**
 * The service's own interface. Requests have no body that is read, and jobs can send them: time and connections are bounded.
 *
 * - `POST /drain/<uuid>`: 202 `{"state":"draining"}` (has a job, or may have one), 202 `{"state":"settling"}` (seen idle, not for
 *   long enough), or 200 `{"state":"idle"}`
 * - `DELETE /drain/<uuid>`: 200 `{"state":"enabled"|"disabled"|"pending"|"unknown"}`
 * - either: 401 without this agent's own token, 503 when GoCD cannot be asked now
 * - `GET /healthz`, `GET /metrics`, and `GET /readyz`, the readiness probe's: a redirection while GoCD refuses a setting
 */
export function httpServer(tools: HttpTools): Server {
  const server = createServer((request, response) => {
    request.resume();
    void reply(request, tools).then((answered) => {
      send(response, answered);
    });
  });
  server.requestTimeout = 10_000;
  server.headersTimeout = 5_000;
  server.maxConnections = 512;
  return server;
}

async function reply(request: IncomingMessage, tools: HttpTools): Promise<Reply> {
  try {
    return await answer(request, tools);
  } catch (error) {
    tools.log.error({ failure: (error as Error).message }, "a request failed unexpectedly");
    return { status: 500, body: { error: "internal error" } };
  }
}

async function answer(request: IncomingMessage, tools: HttpTools): Promise<Reply> {
  const path = String(request.url).replace(/\?.*$/, "");
  const uuid = DRAIN.exec(path)?.[1];
  if (uuid !== undefined) return drain(request, uuid, tools);
  if (request.method !== "GET") return { status: 404, body: { error: "not found" } };
  switch (path) {
    case "/healthz":
      return health(tools);
    case "/readyz": {
      const refused = tools.refused();
      return refused.length === 0 ? health(tools) : warning(refused);
    }
    case "/metrics": {
      const { registry } = tools.metrics;
      return { status: 200, body: await registry.metrics(), headers: { "Content-Type": registry.contentType } };
    }
    default:
      return { status: 404, body: { error: "not found" } };
  }
}

function health({ unhealthy }: HttpTools): Reply {
  const problem = unhealthy();
  return problem === undefined
    ? { status: 200, body: { status: "ok" } }
    : { status: 503, body: { status: "unhealthy", problem } };
}

/**
 * A probe that is sent to another host does not go there: the kubelet takes it for a success and makes a Warning event of the
 * answer, which this process could do itself only with a token for the cluster's API (docs/decisions/0046).
 */
function warning(refused: readonly string[]): Reply {
  return { status: 307, body: refused.join("\n"), headers: { Location: "http://setting-refused.invalid/" } };
}

async function drain(request: IncomingMessage, uuid: string, tools: HttpTools): Promise<Reply> {
  const { method } = request;
  if (method !== "POST" && method !== "DELETE")
    return { status: 405, body: { error: "POST or DELETE" }, headers: { Allow: "POST, DELETE" } };
  const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
  if (!tools.drains.authenticates(uuid, token)) {
    tools.metrics.drains.inc({ answer: "unauthorized" });
    return { status: 401, body: { error: "unauthorized" }, headers: { "WWW-Authenticate": "Bearer" } };
  }
  try {
    const gocd = tools.gocd();
    const state = method === "POST" ? await tools.drains.drain(gocd, uuid) : await tools.drains.release(gocd, uuid);
    tools.metrics.drains.inc({ answer: state });
    // A draining agent asks every few seconds; the line of each reconciliation names it.
    const waits = state === "draining" || state === "settling";
    if (!waits) tools.log.info({ uuid, state }, method === "POST" ? "asked to drain" : "asked to release");
    return { status: waits ? 202 : 200, body: { state } };
  } catch (error) {
    if (!(error instanceof GocdError)) throw error;
    tools.metrics.drains.inc({ answer: "failed" });
    tools.metrics.errors.inc({ failure: error.failure });
    tools.log.warn({ uuid, failure: error.message }, "cannot drain or release an agent now");
    return { status: 503, body: { error: error.failure }, headers: { "Retry-After": "5" } };
  }
}

function send(response: ServerResponse, { status, body, headers }: Reply): void {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  response.writeHead(status, { "Content-Type": JSON_TYPE, "Cache-Control": "no-store", ...headers });
  response.end(text);
}
