// How a request is read, which route answers it, and how the answer is sent. Read in gocd/gocd at tag 26.1.0:
//   spark/spark-base/…/spark/SparkPreFilter.java (no valid Accept header: 404 in plain text)
//   api/api-base/…/api/ApiController.java (verifyContentType), jetty/…/server/JettyServer.java (gzip)
import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { HTML, MalformedBody, versioned, type Answer, type Ask, type Refusal, type Route } from "./http";

const UNKNOWN_VERSION: Answer = {
  status: 404,
  body: "The url you are trying to reach appears to be incorrect.\r\n",
  type: "text/plain;charset=utf-8",
};
const NO_ROUTE: Answer = { status: 404, body: "<html><body><h2>404 Not found</h2></body></html>", type: HTML };
const NO_PAGE: Answer = { status: 404, body: "<html><body>404 Not Found</body></html>", type: HTML };
const LARGEST_BODY = 1024 * 1024;

/** The one API that does not insist on a version is content with none, and with anything. */
function accepts(ask: Ask, version: number): boolean {
  const accept = ask.header("accept");
  if (ask.path === "/api/v1/health" && (accept === undefined || accept === "*/*")) return true;
  return accept === "application/vnd.go.cd+json" || accept === `application/vnd.go.cd.v${version}+json`;
}

/** The route that a request is for, or what is answered because there is none. Some releases have other versions of an API. */
export function routeOf(ask: Ask, routes: readonly Route[], newer: number): Route | Answer {
  const found = routes.filter(({ path }) => path.test(ask.path));
  const [first] = found;
  if (first === undefined)
    return ask.path.startsWith("/remoting/api/agent/") ? { ...NO_ROUTE, type: versioned(1) } : NO_PAGE;
  const acceptable = found.filter(({ version }) => version === undefined || accepts(ask, version + newer));
  const [best] = acceptable;
  if (best === undefined)
    return ask.path.startsWith("/remoting/") || ask.path === "/api/v1/health" ? NO_ROUTE : UNKNOWN_VERSION;
  const method = ask.method === "HEAD" ? "GET" : ask.method;
  const route = acceptable.find((one) => one.method === method);
  if (route !== undefined) return route;
  if (ask.path.startsWith("/admin/agent")) return { status: 405, body: "Method Not Allowed", type: HTML };
  return ask.path === "/api/version" ? NO_ROUTE : { ...NO_ROUTE, type: versioned(best.version ?? 1) };
}

export function contentRefusal(ask: Ask): Answer | undefined {
  if (ask.method !== "POST" && ask.method !== "PUT" && ask.method !== "PATCH") return undefined;
  if (ask.body === "")
    return ask.header("x-gocd-confirm") === undefined
      ? { status: 400, body: { message: "Missing required header 'X-GoCD-Confirm' with value 'true'" } }
      : undefined;
  return /^application\/json\s*(;|$)/.test(ask.header("content-type") ?? "")
    ? undefined
    : { status: 415, body: { message: "You must specify a 'Content-Type' of 'application/json'" } };
}

/** How a refusal is put: to agents that register as text, to those that are registered with nothing, else as JSON. */
export function refusalAnswer(ask: Ask, refusal: Refusal): Answer {
  const { status, message, data, headers } = refusal;
  if (ask.path.startsWith("/admin/agent"))
    return { status, body: message, type: status === 500 ? HTML : "text/plain;charset=iso-8859-1" };
  if (ask.path.startsWith("/remoting/") && message === "") return { status, type: null };
  return { status, headers, body: refusal instanceof MalformedBody ? { error: message } : { message, ...data } };
}

export const readRequest = async (request: IncomingMessage): Promise<Ask> => ({
  ...readHead(request),
  body: await readBody(request),
});

/** A request without its body. */
export function readHead(request: IncomingMessage): Ask {
  const scheme = request.headers["x-forwarded-proto"] === "https" ? "https" : "http";
  const url = new URL(request.url ?? "/", `${scheme}://${request.headers.host ?? "localhost"}`);
  const header = (name: string): string | undefined => {
    const value = request.headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  // The connector trusts X-Forwarded-For and X-Forwarded-Proto whoever sends it: GoPlainSocketConnector.java adds ForwardedRequestCustomizer.
  const forwarded = header("x-forwarded-for")?.split(",")[0]?.trim();
  return {
    method: request.method ?? "GET",
    path: url.pathname.replace(/^\/go(?=\/)/, ""),
    query: url.searchParams,
    header,
    body: "",
    base: `${url.origin}/go`,
    address: forwarded ?? (request.socket.remoteAddress ?? "").replace(/^::ffff:/, ""),
    user: "",
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw new Error("request body too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Jetty packs what is found and not empty, and tells so in the tag. */
function packed(answer: Answer, text: string, accepted: string): { body: Buffer; headers: Record<string, string> } {
  const headers = { ...answer.headers };
  if (answer.status !== 200 || text === "" || !/\bgzip\b/.test(accepted)) return { body: Buffer.from(text), headers };
  const tag = headers["ETag"];
  if (tag !== undefined) headers["ETag"] = tag.replace(/"$/, '--gzip"');
  return { body: gzipSync(text), headers: { ...headers, "Content-Encoding": "gzip" } };
}

export function send(response: ServerResponse, answer: Answer, acceptedEncoding = ""): void {
  const text = typeof answer.body === "object" ? JSON.stringify(answer.body) : (answer.body ?? "");
  const { body, headers } = packed(answer, text, acceptedEncoding);
  const { type = "application/json;charset=utf-8" } = answer;
  response.writeHead(answer.status, {
    ...(type !== null && { "Content-Type": type }),
    ...headers,
    ...(answer.status !== 204 && answer.status !== 304 && { "Content-Length": String(body.length) }),
  });
  response.end(body);
}
