import type { z } from "zod";

import { withDeadline } from "./deadline";
import { reasonIn } from "./refusal";

/**
 * Why GoCD did not do what it was asked.
 * - `unreachable`, `slow`, `unavailable` (backup, maintenance), `broken` (its own error): later, without anybody's help
 * - `forbidden`: the log-in is wrong or not an administrator's
 * - `version`: this GoCD speaks another version of the API
 * - `unreadable`: an answer that is not what the API promises
 * - `missing`, `stale`, `refused`: about the one thing that was asked for
 * - `stopped`: this service is being stopped
 */
export type Failure =
  | "unreachable"
  | "slow"
  | "unavailable"
  | "broken"
  | "forbidden"
  | "version"
  | "unreadable"
  | "missing"
  | "stale"
  | "refused"
  | "stopped";

/** Failures after which asking for something else makes no sense either. */
const WHOLE_SERVER: ReadonlySet<Failure> = new Set(["unreachable", "slow", "unavailable", "forbidden", "stopped"]);

export class GocdError extends Error {
  constructor(
    readonly failure: Failure,
    message: string,
  ) {
    super(message);
  }

  get concernsWholeServer(): boolean {
    return WHOLE_SERVER.has(this.failure);
  }
}

export interface GocdAccess {
  /** Ends in /go. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly timeoutSeconds: number;
}

export interface Call<T extends z.ZodType> {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly version: number;
  /** Of the answer; only these parts of it are believed. */
  readonly answer: T;
  readonly body?: object;
  readonly ifMatch?: string;
}

interface Sent {
  readonly response: Response;
  readonly text: string;
}

export interface Answer<T> {
  readonly value: T;
  readonly tag: string | undefined;
}

/**
 * GoCD's HTTP interface: versions by Accept header, an administrator's log-in, one time-out for all. GoCD takes the session's
 * cookie in place of the password, which it would check with bcrypt, with a line in its log, each time. The password goes along:
 * a session that has ended is replaced by the same request.
 */
export class Gocd {
  private session: string | undefined;

  constructor(
    private readonly access: GocdAccess,
    private readonly stop: AbortSignal,
  ) {}

  /** @throws GocdError for every answer that is not the one promised. */
  async call<T extends z.ZodType>(call: Call<T>): Promise<Answer<z.output<T>>> {
    const asked = `${call.method} ${call.path}`;
    const { response, text } = await this.sendInSession(call, asked);
    if (!response.ok) throw refusal(asked, call.version, response.status, text);
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      throw new GocdError("unreadable", `${asked}: GoCD's answer is not JSON`);
    }
    const parsed = call.answer.safeParse(json);
    if (!parsed.success) {
      const where = parsed.error.issues.map((issue) => issue.path.join(".")).join(", ");
      throw new GocdError("unreadable", `${asked}: GoCD's answer is not of version ${call.version}: ${where}`);
    }
    return { value: parsed.data, tag: response.headers.get("etag") ?? undefined };
  }

  /** GoCD looks at a session's log-in again now and then; one that it refuses then is left for a new one. */
  private async sendInSession<T extends z.ZodType>(call: Call<T>, asked: string): Promise<Sent> {
    const inSession = this.session !== undefined;
    const sent = await this.send(call, asked);
    if (sent.response.status !== 401) return sent;
    this.session = undefined;
    return inSession ? this.send(call, asked) : sent;
  }

  /** One time-out for the request and the whole of its answer. */
  private send<T extends z.ZodType>(call: Call<T>, asked: string): Promise<Sent> {
    const { url, username, password, timeoutSeconds } = this.access;
    const headers: Record<string, string> = {
      Accept: `application/vnd.go.cd.v${call.version}+json`,
      Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`,
    };
    if (this.session !== undefined) headers["Cookie"] = this.session;
    if (call.body !== undefined) headers["Content-Type"] = "application/json";
    if (call.ifMatch !== undefined) headers["If-Match"] = call.ifMatch;
    const body = call.body === undefined ? {} : { body: JSON.stringify(call.body) };
    // A redirection would carry the log-in to wherever it points.
    const request = { method: call.method, headers, redirect: "manual" as const, ...body };
    return this.within(asked, () =>
      withDeadline(this.stop, timeoutSeconds, async (signal) => {
        const response = await fetch(url + call.path, { ...request, signal });
        this.session = sessionOf(response) ?? this.session;
        return { response, text: await response.text() };
      }),
    );
  }

  private async within<R>(asked: string, work: () => Promise<R>): Promise<R> {
    try {
      return await work();
    } catch (error) {
      if (this.stop.aborted) throw new GocdError("stopped", `${asked}: given up, housekeeping stops`);
      if (error instanceof DOMException && error.name === "TimeoutError")
        throw new GocdError("slow", `${asked}: no answer within ${this.access.timeoutSeconds} s`);
      throw new GocdError("unreachable", `${asked}: ${reason(error)}`);
    }
  }
}

/** What was asked for, or nothing when GoCD does not know it. */
export async function ifKnown<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof GocdError && error.failure === "missing") return undefined;
    throw error;
  }
}

function sessionOf(response: Response): string | undefined {
  const cookie = response.headers.getSetCookie().find((text) => text.startsWith("JSESSIONID="));
  return cookie?.replace(/;.*$/, "");
}

/** The code of what went wrong below fetch (ECONNREFUSED, ENOTFOUND…). */
function reason(error: unknown): string {
  const { cause } = error as { readonly cause?: { readonly code?: unknown } };
  return typeof cause?.code === "string" ? cause.code : "the connection failed";
}

function refusal(asked: string, version: number, status: number, text: string): GocdError {
  const message = reasonIn(text);
  const says = message === undefined ? "" : `: ${message}`;
  const failed = (failure: Failure, why: string): GocdError => new GocdError(failure, `${asked}: ${why}`);
  // A server that does not know the version answers 404 without the message that something "was not found".
  if (status === 404 && message?.includes("not found") === true) return failed("missing", `404${says}`);
  if (status === 404 || status === 406)
    return failed("version", `${status}: this GoCD does not speak version ${version} of this API`);
  if (status === 401 || status === 403) return failed("forbidden", `${status}${says}`);
  if (status === 412) return failed("stale", `${status}${says}`);
  if (status === 503) return failed("unavailable", `503${says}`);
  if (status >= 500) return failed("broken", `${status}${says}`);
  if (status < 400) return failed("unreadable", `${status} in place of an answer`);
  return failed("refused", `${status}${says}`);
}
