// Who is let in, and how those are turned away who are not. Read in gocd/gocd at tag 26.1.0:
//   server/…/newsecurity/filterchains/AuthenticationFilterChain.java, AuthorizeFilterChain.java
import { versioned, type Answer, type Ask, type Route } from "./http";
import type { People } from "./people";
import type { Sessions } from "./sessions";

const CHALLENGE = { "WWW-Authenticate": 'Basic realm="GoCD"' };
const INVALID_CREDENTIALS =
  "Invalid credentials. Either your username and password are incorrect, or there is a problem with your browser cookies. Please check with your administrator.";
const DISABLED = "Your account has been disabled by the administrator";
/** What is open, though a log-in is looked at where there is one. */
const OPEN = [
  /^\/admin\/agent(\/token)?$/,
  /^\/auth\/login$/,
  /^\/api\/version$/,
  /^\/api\/v1\/health$/,
  /^\/api\/webhooks\/[^/]+\/notify$/,
];

const isApi = (path: string): boolean => path.startsWith("/api/");

/** Anonymous people are sent from pages to the log-in. */
const toLogIn = (ask: Ask): Answer => ({ status: 302, type: null, headers: { Location: `${ask.base}/auth/login` } });

/** A refusal has the content type that was asked for. */
function refused(ask: Ask, message: string, headers: Readonly<Record<string, string>> = CHALLENGE): Answer {
  const accept = ask.header("accept") ?? "";
  if (ask.path.endsWith(".xml") && !accept.includes("json"))
    return {
      status: 401,
      headers,
      body: `<access-denied>\n  <message>${message}</message>\n</access-denied>\n`,
      type: "application/xml;charset=utf-8",
    };
  const type = accept.startsWith("application/vnd.go.cd") ? `${accept};charset=utf-8` : "application/json";
  return { status: 401, headers, body: { message }, type };
}

/** Looks at who asks, and writes it on the request; answers when that one is turned away. */
export async function authenticate(ask: Ask, sessions: Sessions, people: People): Promise<Answer | undefined> {
  const asker = await sessions.identify(ask);
  if (typeof asker === "object") {
    if (people.isDisabled(asker.user)) return isApi(ask.path) ? refused(ask, DISABLED, {}) : toLogIn(ask);
    people.seen(asker.user);
    ask.user = asker.user;
    ask.role = people.isAdministrator(asker.user) ? "admin" : asker.role;
    return undefined;
  }
  const open = OPEN.some((path) => path.test(ask.path));
  if (!isApi(ask.path)) return asker === "wrong password" || !open ? toLogIn(ask) : undefined;
  switch (asker) {
    case "wrong password":
      return refused(ask, INVALID_CREDENTIALS);
    case "invalid token":
      return refused(ask, "Invalid Personal Access Token.", {});
    case "nobody":
      return open ? undefined : refused(ask, "You are not authenticated!");
  }
}

/** Answers a user who wants what is for administrators. */
export function authorize(ask: Ask, route: Route | undefined): Answer | undefined {
  if (ask.role === "admin" || route?.who !== "admin") return undefined;
  const byRole = /^\/api\/admin\/(?!environments)/.test(ask.path);
  const type = route.version === undefined ? {} : { type: versioned(route.version) };
  return byRole
    ? { ...type, status: 403, headers: CHALLENGE, body: { message: "You are not authorized to access this resource!" } }
    : { ...type, status: 403, body: { message: "You are not authorized to perform this action." } };
}
