// Who asks: AbstractBasicAuthenticationFilter.java and ApiSessionReduceIdleTimeoutFilter.java of gocd/gocd at tag 26.1.0. A session
// that has logged in is believed without another look at the password, and ends five minutes after its last request.
import { randomUUID } from "node:crypto";

import type { Answer, Ask } from "./http";

type Role = "admin" | "user";
export interface LoggedIn {
  readonly user: string;
  readonly role: Role;
}

const COOKIE = "JSESSIONID";
const IDLE_MILLISECONDS = 5 * 60_000;
const BAD_CREDENTIALS =
  "Invalid credentials. Either your username and password are incorrect, or there is a problem with your browser cookies. Please check with your administrator.";

const refused = (message: string): Answer => ({
  status: 401,
  headers: { "WWW-Authenticate": 'Basic realm="GoCD"' },
  body: { message },
});

export class Sessions {
  /** Passwords that were looked at: each costs the real server a bcrypt check and a line in its log. */
  logIns = 0;
  private readonly sessions = new Map<string, LoggedIn & { last: number }>();

  constructor(
    private readonly logIn: (user: string, password: string) => Role | undefined,
    private readonly now: () => number,
  ) {}

  /** All are gone, as after a restart of the server. */
  clear(): void {
    this.sessions.clear();
  }

  /** Who asks, and the cookie of a session that has just begun; or why not. */
  authenticate(ask: Ask): Answer | (LoggedIn & { readonly cookie?: string }) {
    const known = this.sessionOf(ask);
    if (known !== undefined) return known;
    const [scheme, credentials = ""] = (ask.header("authorization") ?? "").split(" ");
    if (scheme?.toLowerCase() !== "basic") return refused("You are not authenticated!");
    const [user = "", ...password] = Buffer.from(credentials, "base64").toString("utf8").split(":");
    this.logIns += 1;
    const role = this.logIn(user, password.join(":"));
    if (role === undefined) return refused(BAD_CREDENTIALS);
    const id = `node0${randomUUID().replaceAll("-", "")}`;
    this.sessions.set(id, { user, role, last: this.now() });
    return { user, role, cookie: `${COOKIE}=${id}; Path=/go; HttpOnly` };
  }

  private sessionOf(ask: Ask): LoggedIn | undefined {
    const id = new RegExp(`(?:^|; *)${COOKIE}=([^;]*)`).exec(ask.header("cookie") ?? "")?.[1] ?? "";
    const session = this.sessions.get(id);
    if (session === undefined) return undefined;
    if (this.now() - session.last > IDLE_MILLISECONDS) {
      this.sessions.delete(id);
      return undefined;
    }
    session.last = this.now();
    return session;
  }
}
