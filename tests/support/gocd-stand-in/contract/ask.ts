// Sends a line's request as it is written: nothing follows redirects, keeps cookies or unpacks behind the contract's back.
import { request as requestHttp, type IncomingHttpHeaders } from "node:http";
import { request as requestHttps } from "node:https";
import { gunzipSync } from "node:zlib";
import type { Line, Source } from "./format";

export interface LogIn {
  readonly username: string;
  readonly password: string;
}

/** A server, and who may ask it what. */
export interface Server {
  /** With `/go`, without a slash at the end. */
  readonly url: string;
  readonly admin: LogIn;
  readonly viewer?: LogIn;
  readonly autoRegisterKey?: string;
}

export interface Given {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Unpacked. */
  readonly text: string;
}

/** Values by name. */
export type Names = Readonly<Record<string, string>>;

const TIMEOUT_MS = 60_000;

/** Puts kept values where `{name}` stands. */
export const filled = (text: string, names: Names): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => names[name] ?? whole);

const basic = ({ username, password }: LogIn): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;

/** How a caller says who it is. */
function credentials(line: Line, server: Server, names: Names): Record<string, string> {
  switch (line.as ?? "admin") {
    case "admin":
      return { Authorization: basic(server.admin) };
    case "viewer":
      return { Authorization: basic(server.viewer ?? { username: "", password: "" }) };
    case "wrong password":
      return { Authorization: basic({ username: server.admin.username, password: "not-the-password" }) };
    case "invalid token":
      return { Authorization: "bearer 0123456789abcdef0123456789abcdef01234567" };
    case "agent":
      return { "X-Agent-GUID": names["agent"] ?? "", Authorization: names["token"] ?? "" };
    case "nobody":
      return {};
  }
}

function bodyOf(line: Line, names: Names): { readonly text: string; readonly headers: Record<string, string> } {
  if (line.form !== undefined) {
    const fields = Object.entries(line.form).map(([name, value]): [string, string] => [name, filled(value, names)]);
    return {
      text: new URLSearchParams(fields).toString(),
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
    };
  }
  if (line.body === undefined) return { text: "", headers: {} };
  if (typeof line.body === "string") return { text: filled(line.body, names), headers: {} };
  return { text: filled(JSON.stringify(line.body), names), headers: { "Content-Type": "application/json" } };
}

/** What the server answers to a line. */
export function ask(line: Line, server: Server, names: Names): Promise<Given> {
  const [method = "GET", path = "/"] = line.ask.split(" ");
  const { text, headers } = bodyOf(line, names);
  const url = new URL(`${server.url}${filled(path, names)}`);
  const all = {
    ...(line.version !== undefined && { Accept: `application/vnd.go.cd.v${line.version}+json` }),
    ...headers,
    ...credentials(line, server, names),
    ...Object.fromEntries(Object.entries(line.headers ?? {}).map(([name, value]) => [name, filled(value, names)])),
    ...(text !== "" && { "Content-Length": String(Buffer.byteLength(text)) }),
  };
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const request = send(url, { method, headers: all, agent: false, timeout: TIMEOUT_MS }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const whole = Buffer.concat(chunks);
        const packed = response.headers["content-encoding"] === "gzip" && whole.length > 0;
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: (packed ? gunzipSync(whole) : whole).toString("utf8"),
        });
      });
    });
    request.on("timeout", () => request.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    request.on("error", reject);
    request.end(text);
  });
}

/** What a scenario keeps of an answer; undefined when the answer does not have it. */
export function kept(given: Given, source: Source): string | undefined {
  switch (source) {
    case "body":
      return given.text;
    case "session":
      return sessionOf(given);
    case "tag":
      return given.headers.etag?.replace(/^"|"$/g, "");
    case "location":
      return given.headers.location?.replace(/^\/go(?=\/)/, "");
  }
}

/** The value of the session cookie that came with an answer. */
export function sessionOf(given: Given): string | undefined {
  const cookie = given.headers["set-cookie"]?.find((one) => one.startsWith("JSESSIONID="));
  return cookie === undefined ? undefined : /^JSESSIONID=([^;]*)/.exec(cookie)?.[1];
}
