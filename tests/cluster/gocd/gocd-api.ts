/** An agent as GoCD's API (version 7) describes it. */
export interface ApiAgent {
  readonly uuid: string;
  readonly hostname: string;
  readonly ip_address: string;
  readonly agent_config_state: "Enabled" | "Disabled" | "Pending";
  readonly agent_state: string;
  readonly resources: readonly string[];
  readonly environments: readonly { readonly name: string }[];
}

/** One request to GoCD. */
export interface ApiRequest {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below the server's address, with `/go`. */
  readonly path: string;
  /** Version of the API in question; without one nothing is asked for in particular. */
  readonly version?: number;
  /** An object is sent as JSON, a text as a form. */
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A request as it is sent. */
export interface Outgoing {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Who asks; GoCD knows everybody else as a stranger. */
export interface User {
  readonly name: string;
  readonly password: string;
}

const TIMEOUT_MS = 20_000;

/** A request with the headers that GoCD wants. */
export function outgoing({ method = "GET", path, version, body, headers }: ApiRequest, user?: User): Outgoing {
  const type = typeof body === "object" ? "application/json" : "application/x-www-form-urlencoded";
  return {
    method,
    path,
    headers: {
      ...(version !== undefined && { Accept: `application/vnd.go.cd.v${version}+json` }),
      ...(body !== undefined && { "Content-Type": type }),
      ...(user && { Authorization: `Basic ${Buffer.from(`${user.name}:${user.password}`).toString("base64")}` }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === "object" ? JSON.stringify(body) : body }),
  };
}

/** Sends it to a server that can be reached from here, e.g. at `http://127.0.0.1:8153`; redirects are answers too. */
export async function send(address: string, { path, ...request }: Outgoing): Promise<ApiAnswer> {
  const answer = await fetch(`${address}${path}`, {
    ...request,
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  return { status: answer.status, text: await answer.text(), headers: Object.fromEntries(answer.headers) };
}

/** What the JSON of an answer says; throws where the request did not go well. */
export function contentOf({ method = "GET", path }: ApiRequest, { status, text }: ApiAnswer): unknown {
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
  return (text === "" ? {} : JSON.parse(text)) as unknown;
}

export const AGENTS: ApiRequest = { path: "/go/api/agents", version: 7 };

/** The list in an answer to {@link AGENTS}. */
export interface AgentList {
  readonly _embedded: { readonly agents: readonly ApiAgent[] };
}
