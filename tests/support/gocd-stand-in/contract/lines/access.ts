// What every API that can be read answers to each caller, and to each way of asking.
import { CHALLENGE, HTML, TAG, UNKNOWN_VERSION, message, NO_ROUTE, NO_ROUTE_AS_HTML } from "../facts";
import type { Answer, Line, Scenario } from "../format";

interface Readable {
  readonly path: `/${string}`;
  readonly version: number;
  /** What an administrator gets. */
  readonly status: 200 | 404;
  /** Whether an answer of 200 is marked with a tag. */
  readonly tagged?: boolean;
  /** Where it is not what an administrator gets. */
  readonly viewer?: Answer;
}

/** Refused by the role of the log-in, before the API is asked. */
const byRole: Answer = {
  ...message(403, "You are not authorized to access this resource!"),
  headers: { "www-authenticate": CHALLENGE },
};
/** Refused by the API. */
const byApi = message(403, "You are not authorized to perform this action.");

const READABLE: readonly Readable[] = [
  { path: "/api/agents", version: 7, status: 200 },
  { path: "/api/agents/00000000-0000-0000-0000-000000000000", version: 7, status: 404 },
  { path: "/api/admin/config/server/site_urls", version: 1, status: 200, viewer: byRole },
  { path: "/api/config/backup", version: 1, status: 200, viewer: byApi },
  { path: "/api/admin/config/server/artifact_config", version: 1, status: 200, tagged: true, viewer: byRole },
  { path: "/api/admin/environments", version: 3, status: 200, tagged: true },
  {
    path: "/api/admin/environments/contract-absent",
    version: 3,
    status: 404,
    viewer: message(403, "User '{viewer}' does not have permissions to view 'contract-absent' environment(s)."),
  },
  { path: "/api/server_health_messages", version: 1, status: 200, tagged: true },
  { path: "/api/backups/99999999", version: 2, status: 404, viewer: byApi },
  { path: "/api/admin/maintenance_mode/info", version: 1, status: 200, viewer: byRole },
];

const INVALID_CREDENTIALS =
  "Invalid credentials. Either your username and password are incorrect, or there is a problem with your browser cookies. Please check with your administrator.";

/** Who is not let in. The refusal has the content type that was asked for. */
const strangers = (ask: Line["ask"], asked: Pick<Line, "version" | "headers">, type?: string): readonly Line[] => {
  const typed = type === undefined ? {} : { type };
  const challenged = { ...typed, headers: { "www-authenticate": CHALLENGE } };
  return [
    {
      says: "refuses a wrong password",
      ask,
      ...asked,
      as: "wrong password",
      answer: { ...message(401, INVALID_CREDENTIALS), ...challenged },
    },
    {
      says: "refuses an invalid token, without a challenge",
      ask,
      ...asked,
      as: "invalid token",
      answer: { ...message(401, "Invalid Personal Access Token."), ...typed },
    },
  ];
};

const access = ({ path, version, status, tagged = false }: Readable): Scenario => {
  const ask: Line["ask"] = `GET ${path}`;
  const own = `application/vnd.go.cd.v${version}+json;charset=utf-8`;
  const headers: { etag?: RegExp } = tagged ? { etag: TAG } : {};
  const packed = status === 200 ? { ...headers, "content-encoding": "gzip" } : headers;
  return {
    name: `access to ${path}`,
    changes: false,
    lines: [
      {
        says: "refuses who does not log in",
        ask,
        as: "nobody",
        version,
        answer: { ...message(401, "You are not authenticated!"), headers: { "www-authenticate": CHALLENGE } },
      },
      ...strangers(ask, { version }),
      { says: "answers an administrator", ask, version, answer: { status, headers } },
      {
        says: "answers whoever asks for any version",
        ask,
        headers: { Accept: "application/vnd.go.cd+json" },
        answer: { status, type: own, headers },
      },
      {
        says: "packs what is found, on demand",
        ask,
        version,
        headers: { "Accept-Encoding": "gzip" },
        answer: { status, headers: packed },
      },
      { says: "has no other version", ask, version: 99, answer: UNKNOWN_VERSION },
      { says: "wants a version", ask, answer: UNKNOWN_VERSION },
      { says: "wants more than JSON", ask, headers: { Accept: "application/json" }, answer: UNKNOWN_VERSION },
      { says: "wants more than anything", ask, headers: { Accept: "*/*" }, answer: UNKNOWN_VERSION },
    ],
  };
};

const VIEWER_ACCESS: Scenario = {
  name: "what a viewer may read",
  changes: false,
  needs: ["viewer"],
  lines: READABLE.map(({ path, version, status, tagged, viewer }) => ({
    says: `${viewer === undefined ? "shows" : "does not show"} ${path} to a viewer`,
    ask: `GET ${path}`,
    as: "viewer",
    version,
    answer: viewer ?? { status, headers: tagged === true ? { etag: TAG } : {} },
  })),
};

const HEALTH = "application/vnd.go.cd.v1+json;charset=utf-8";
const HEALTHY: Answer = { status: 200, type: HEALTH, body: { health: "OK" } };

const OPEN_APIS: readonly Scenario[] = [
  {
    name: "health",
    changes: false,
    lines: [
      { says: "tells everybody", ask: "GET /api/v1/health", as: "nobody", answer: HEALTHY },
      { says: "tells an administrator", ask: "GET /api/v1/health", version: 1, answer: HEALTHY },
      ...strangers("GET /api/v1/health", {}, "application/json"),
      {
        says: "does not take JSON for what it has",
        ask: "GET /api/v1/health",
        as: "nobody",
        headers: { Accept: "application/json" },
        answer: NO_ROUTE_AS_HTML,
      },
      { says: "has no other version", ask: "GET /api/v1/health", as: "nobody", version: 99, answer: NO_ROUTE_AS_HTML },
      {
        says: "is packed on demand",
        ask: "GET /api/v1/health",
        as: "nobody",
        headers: { "Accept-Encoding": "gzip" },
        answer: { ...HEALTHY, headers: { "content-encoding": "gzip" } },
      },
      {
        says: "answers a question for the headers alone",
        ask: "HEAD /api/v1/health",
        as: "nobody",
        answer: { status: 200, type: HEALTH, body: "" },
      },
      { says: "takes nothing", ask: "POST /api/v1/health", version: 1, body: {}, answer: NO_ROUTE },
    ],
  },
  {
    name: "the version",
    changes: false,
    lines: [
      {
        says: "tells everybody, without a content type",
        ask: "GET /api/version",
        as: "nobody",
        version: 1,
        answer: {
          status: 200,
          type: null,
          body: {
            _links: {
              self: { href: "{origin}/go/api/version" },
              doc: { href: "https://api.gocd.org/26.1.0/#version" },
            },
            version: "26.1.0",
            build_number: /^\d+$/,
            git_sha: /^[0-9a-f]+$/,
            full_version: /^26\.1\.0 \(\d+-[0-9a-f]+\)$/,
            commit_url: /^https:\/\/github\.com\/gocd\/gocd\/commits?\/[0-9a-f]+$/,
          },
        },
      },
      ...strangers("GET /api/version", { version: 1 }),
      { says: "wants a version", ask: "GET /api/version", as: "nobody", answer: UNKNOWN_VERSION },
      {
        says: "takes nothing",
        ask: "POST /api/version",
        version: 1,
        body: {},
        answer: { ...NO_ROUTE, type: HTML },
      },
    ],
  },
];

export const ACCESS: readonly Scenario[] = [...OPEN_APIS, ...READABLE.map(access), VIEWER_ACCESS];
