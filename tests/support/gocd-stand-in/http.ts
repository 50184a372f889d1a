// Requests and answers of the stand-in, and the parts of an answer that many of GoCD's APIs share.
import type { GocdStandIn } from "./stand-in";

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
  /** Of a session that begins with this request. */
  cookie?: string;
}

export interface Answer {
  readonly status: number;
  readonly body?: string | object;
  readonly headers?: Record<string, string>;
  readonly type?: string;
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

export const linked = (body: object, ask: Ask, anchor: string): object => ({
  _links: { doc: { href: docs(anchor) }, self: { href: `${ask.base}${ask.path}` } },
  ...body,
});
