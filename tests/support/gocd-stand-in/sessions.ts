// Who asks: AbstractBasicAuthenticationFilter.java and ApiSessionReduceIdleTimeoutFilter.java of gocd/gocd at tag 26.1.0. A session
// that has logged in is believed without another look at the password, and ends five minutes after its last request.
import { randomUUID } from "node:crypto";
import type { Ask, Role } from "./http";

export interface LoggedIn {
  readonly user: string;
  readonly role: Role;
}

interface Session {
  readonly loggedIn: LoggedIn | undefined;
  last: number;
}

const COOKIE = "JSESSIONID";
const IDLE_MILLISECONDS = 5 * 60_000;
const COOKIE_AGE_SECONDS = 14 * 24 * 3600;

export class Sessions {
  /** Passwords that were looked at: each costs the real server a bcrypt check and a line in its log. */
  logIns = 0;
  private readonly sessions = new Map<string, Session>();

  constructor(
    private readonly logIn: (user: string, password: string) => Promise<Role | undefined>,
    private readonly now: () => number,
    /** `-Dgo.sessioncookie.secure`. */
    private readonly secure = false,
  ) {}

  /** All are gone, as after a restart of the server. */
  clear(): void {
    this.sessions.clear();
  }

  /** Who asks. Whoever has no session gets one, and whoever logs in a new one: its cookie is put on the request. */
  async identify(ask: Ask): Promise<LoggedIn | "nobody" | "wrong password" | "invalid token"> {
    const { id, session } = this.sessionOf(ask);
    if (session === undefined) this.begin(ask, undefined);
    const [scheme = "", credentials = ""] = (ask.header("authorization") ?? "").split(" ");
    if (/^bearer$/i.test(scheme)) return "invalid token";
    if (session?.loggedIn !== undefined) return session.loggedIn;
    if (!/^basic$/i.test(scheme)) return "nobody";
    const loggedIn = await this.check(credentials);
    if (loggedIn === undefined) return "wrong password";
    this.sessions.delete(id);
    this.begin(ask, loggedIn);
    return loggedIn;
  }

  private async check(credentials: string): Promise<LoggedIn | undefined> {
    const [user = "", ...password] = Buffer.from(credentials, "base64").toString("utf8").split(":");
    this.logIns += 1;
    const role = await this.logIn(user, password.join(":"));
    return role === undefined ? undefined : { user, role };
  }

  private begin(ask: Ask, loggedIn: LoggedIn | undefined): void {
    for (const [id, { last }] of this.sessions) if (this.isOver(last)) this.sessions.delete(id);
    const id = `node0${randomUUID().replaceAll("-", "")}.node0`;
    this.sessions.set(id, { loggedIn, last: this.now() });
    // Jetty adds the word by itself where the request has come by HTTPS.
    const isSecure = this.secure || ask.base.startsWith("https:");
    ask.cookie = `${COOKIE}=${id}; Path=/go; Max-Age=${COOKIE_AGE_SECONDS}; ${isSecure ? "Secure; " : ""}HttpOnly`;
  }

  private isOver(last: number): boolean {
    return this.now() - last > IDLE_MILLISECONDS;
  }

  private sessionOf(ask: Ask): { readonly id: string; readonly session: Session | undefined } {
    const id = new RegExp(`(?:^|; *)${COOKIE}=([^;]*)`).exec(ask.header("cookie") ?? "")?.[1] ?? "";
    const session = this.sessions.get(id);
    if (session === undefined || this.isOver(session.last)) return { id, session: undefined };
    session.last = this.now();
    return { id, session };
  }
}
