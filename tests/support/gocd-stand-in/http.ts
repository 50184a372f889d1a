// Requests and answers of the stand-in, and the parts of an answer that many of GoCD's APIs share.
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
  /** Of a session that begins with this request. */
  cookie?: string;
}

export interface Answer {
  status: number;
  body?: string | object;
  headers?: Record<string, string>;
  type?: string;
}

export type Handler = (ask: Ask, server: GocdStandIn, ...parameters: string[]) => Answer | Promise<Answer>;
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
