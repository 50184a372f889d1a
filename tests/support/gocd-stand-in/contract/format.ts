// How the contract is written: scenarios of lines, each a request and what GoCD answers to it.

/** The release of GoCD whose answers these are. */
export const GOCD_VERSION = "26.1.0";

/** Who asks. An agent is `{agent}`: the uuid and the token that the scenario calls so. */
export type Caller = "admin" | "viewer" | "nobody" | "wrong password" | "invalid token" | "agent";

/** What the server is doing while a scenario runs. */
export type State = "running" | "maintenance" | "backup" | "starting";

/** What a scenario needs beyond an administrator; without it, it is left out, and the report says so. */
export type Need = "viewer" | "auto-register key" | "local agents register";

/** An exact value, text in which `{name}` stands for something kept, a pattern for text, or a list in any order. */
export type Expected =
  | string
  | number
  | boolean
  | null
  | RegExp
  | AnyOrder
  | Containing
  | readonly Expected[]
  | { readonly [key: string]: Expected };

/** Exactly these entries, in any order. */
export class AnyOrder {
  constructor(readonly entries: readonly Expected[]) {}
}

/** These entries, in this order, perhaps among others. */
export class Containing {
  constructor(readonly entries: readonly Expected[]) {}
}

/** What of an answer is kept, for later lines: the tag without quotes, the path of its location, its session, its body as text. */
export type Source = "tag" | "location" | "session" | "body";

export interface Line {
  /** A sentence about the server. */
  readonly says: string;
  /** Method and path below `/go`. */
  readonly ask:
    `${"GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE"} /${string}` | `${"GET" | "DELETE"} {${string}}`;
  /** Default: the administrator. */
  readonly as?: Caller;
  /** Version of the API in the Accept header. Default: no such header. */
  readonly version?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A body that is sent as JSON, with that content type; a string is sent as it is, without one. */
  readonly body?: unknown;
  /** A body that is sent as a form. */
  readonly form?: Readonly<Record<string, string>>;
  /** Asked again for some seconds until the answer is the right one: what GoCD does in the background takes time. */
  readonly repeat?: true;
  readonly answer: Answer;
  readonly keep?: Readonly<Record<string, Source>>;
}

export interface Answer {
  readonly status: number;
  /** Whether a session cookie comes with it. Default: nothing is said about that. */
  readonly session?: boolean;
  /** Default: the content type of the version asked for. null: none. */
  readonly type?: string | RegExp | null;
  /** Of {@link HEADERS} those that come; one that is not named must not come. */
  readonly headers?: Readonly<Record<string, string | RegExp>>;
  /** Without it, nothing is said about the body. */
  readonly body?: Expected;
}

/** The headers that the contract speaks of, beside the content type and the session cookie. */
export const HEADERS = ["content-encoding", "etag", "location", "retry-after", "www-authenticate"] as const;

export interface Scenario {
  readonly name: string;
  /** Default: running. */
  readonly state?: State;
  /** Whether the server is another one afterwards, or could be if it did not answer as it should. */
  readonly changes: boolean;
  readonly needs?: readonly Need[];
  /** Names that its lines use, each given a new uuid. */
  readonly uuids?: readonly string[];
  readonly lines: readonly Line[];
}

export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
export const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
