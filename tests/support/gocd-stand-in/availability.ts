// What is answered in place of everything else: while the server starts, makes a backup, or is in maintenance mode. Read in
// gocd/gocd at tag 26.1.0:
//   jetty/…/server/GoServerLoadingIndicationHandler.java, server/…/server/web/BackupFilter.java,
//   server/…/newsecurity/filters/ModeAwareFilter.java, …/filters/helpers/ServerUnavailabilityResponse.java
import { HTML, type Answer, type Ask } from "./http";

const PAGE = "<html><body>GoCD is not available</body></html>";
const ALLOWED_IN_BACKUP = [
  /^\/api\/backups\/(\d+|running)$/i,
  /^\/api\/v1\/health$/i,
  /^\/admin\/backup$/i,
  /^\/assets\/.*$/i,
];
/** What is let through in maintenance mode besides GET and HEAD. */
const ALLOWED_IN_MAINTENANCE = [
  /^\/remoting\//,
  /^\/(api\/backups|admin\/backup)$/,
  /^\/api\/stages\/.*cancel$/,
  /^\/api\/admin\/maintenance_mode\/[^/]*$/,
  /^\/auth\/security_check$/,
];

export function starting(ask: Ask): Answer {
  const accept = ask.header("accept") ?? "html";
  if (accept.includes("json"))
    return { status: 503, body: { message: "GoCD server is starting" }, type: "application/json" };
  if (accept.includes("html")) return { status: 503, body: PAGE, type: HTML };
  return { status: 503, body: "GoCD server is starting\n", type: "text/plain;charset=iso-8859-1" };
}

function unavailable(ask: Ask, message: string): Answer {
  const headers = { "Cache-Control": "private, max-age=0, no-cache" };
  const isApi = /^\/(remoting|api)\//.test(ask.path) || ask.path === "/cctray.xml";
  const wants = (what: string): boolean =>
    isApi &&
    ([ask.header("accept"), ask.header("content-type")].some((header) => header?.includes(what) === true) ||
      ask.path.endsWith(what));
  if (wants("json")) return { status: 503, headers, body: { message }, type: "application/json" };
  if (wants("xml"))
    return {
      status: 503,
      headers,
      body: `<message>${message}</message>`,
      type: "application/xml;charset=iso-8859-1",
    };
  return { status: 503, headers, body: PAGE, type: HTML };
}

export function inBackup(ask: Ask): Answer | undefined {
  if (ask.method === "GET" && ALLOWED_IN_BACKUP.some((allowed) => allowed.test(ask.path))) return undefined;
  // The real server, too, speaks of maintenance mode here.
  return unavailable(ask, "Server is under maintenance mode, please try later.");
}

export function inMaintenance(ask: Ask): Answer | undefined {
  if (/^(GET|HEAD)$/.test(ask.method) || ALLOWED_IN_MAINTENANCE.some((allowed) => allowed.test(ask.path)))
    return undefined;
  return unavailable(ask, "Server is in maintenance mode, please try later.");
}
