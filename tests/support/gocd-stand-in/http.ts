// Requests and answers of the stand-in, and the parts of an answer that many of GoCD's APIs share.
import type { GocdStandIn } from "./stand-in";

export type Role = "admin" | "user";

export interface Ask {
  readonly method: string;
  /** Below /go, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly header: (name: string) => string | undefined;
  readonly body: string;
  /** Where the server can be reached, for links: `http://host:port/go`. */
  readonly base: string;
  readonly address: string;
  user: string;
  role?: Role;
  /** Of a session that begins with this request. */
  cookie?: string;
}

export interface Answer {
  readonly status: number;
  readonly body?: string | object;
  readonly headers?: Readonly<Record<string, string>>;
  /** null: no content type. Default: the one of the route. */
  readonly type?: string | null;
}

/** What the server would answer in place of what was asked. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** What the body says beside the message. */
    readonly data: object = {},
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** A body that is not the JSON that was wanted: the message is not in `message`. */
export class MalformedBody extends Refusal {
  constructor(why: string) {
    super(400, `Payload data is not valid JSON: ${why}`);
  }
}

export type Handler = (ask: Ask, server: GocdStandIn, ...parameters: string[]) => Answer | Promise<Answer>;
export interface Route {
  readonly method: string;
  readonly path: RegExp;
  /** Version of the API, or nothing for what is not versioned. */
  readonly version?: number;
  /** Who may: anybody, an agent, any user, an administrator. */
  readonly who: "anyone" | "agent" | "user" | "admin";
  /** ApiController.verifyContentType: JSON, or the confirming header when there is no body. */
  readonly json?: boolean;
  readonly handle: Handler;
}

export const docs = (anchor: string): string => `https://api.gocd.org/26.1.0/${anchor}`;
export const ok = (body: object, tag?: string): Answer => ({
  status: 200,
  body,
  ...(tag === undefined ? {} : { headers: { ETag: `"${tag}"` } }),
});
export const unquoted = (tag: string | undefined): string | undefined =>
  tag?.replace(/^"(.*)"$/, "$1").replace(/--(gzip|deflate)$/, "");

/** The same entity, or only that it has not changed since the request's tag. */
export const okOnCondition = (ask: Ask, body: object, tag: string): Answer =>
  unquoted(ask.header("if-none-match")) === tag ? { status: 304 } : ok(body, tag);

export const linked = (body: object, ask: Ask, anchor: string): object => ({
  _links: { doc: { href: docs(anchor) }, self: { href: `${ask.base}${ask.path}` } },
  ...body,
});

export const versioned = (version: number): string => `application/vnd.go.cd.v${version}+json;charset=utf-8`;
export const HTML = "text/html;charset=utf-8";
