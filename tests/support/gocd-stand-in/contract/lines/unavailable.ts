// What everything answers while the server starts, makes a backup, or is in maintenance mode.
import { CHALLENGE, HTML, PLAIN, message, ok } from "../facts";
import { TIME, type Answer, type Line, type Scenario } from "../format";

/** Requests of all kinds: pages, APIs that read and write, and what agents ask. */
const REQUESTS = {
  anyHealth: { ask: "GET /api/v1/health", as: "nobody", headers: { Accept: "*/*" } },
  health: { ask: "GET /api/v1/health", as: "nobody" },
  version: { ask: "GET /api/version", as: "nobody", version: 1 },
  agents: { ask: "GET /api/agents", version: 7 },
  agentsOfNobody: { ask: "GET /api/agents", as: "nobody", version: 7 },
  agentsWithoutAccept: { ask: "GET /api/agents" },
  environments: { ask: "GET /api/admin/environments", version: 3 },
  waiting: { ask: "GET /api/feed/jobs/scheduled.xml" },
  page: { ask: "GET /pipelines", as: "nobody", headers: { Accept: "text/html" } },
  changeOfAgent: { ask: "PATCH /api/agents/{agent}", version: 7, body: { hostname: "contract-host" } },
  changeByNobody: { ask: "PATCH /api/agents/{agent}", as: "nobody", version: 7, body: { hostname: "contract-host" } },
  malformedChange: {
    ask: "PATCH /api/agents",
    version: 7,
    headers: { "Content-Type": "application/json" },
    body: "{",
  },
  deletion: { ask: "DELETE /api/agents/{agent}", version: 7 },
  newEnvironment: { ask: "POST /api/admin/environments", version: 3, body: "{" },
  siteUrls: { ask: "PUT /api/admin/config/server/site_urls", version: 1, body: "{" },
  schedule: { ask: "PUT /api/config/backup", version: 1, body: "{" },
  artifacts: { ask: "PUT /api/admin/config/server/artifact_config", version: 1, body: "{" },
  backup: { ask: "POST /api/backups", version: 2, headers: { "X-GoCD-Confirm": "true" } },
  runningBackup: { ask: "GET /api/backups/running", version: 2 },
  mode: { ask: "GET /api/admin/maintenance_mode/info", version: 1 },
  token: { ask: "GET /admin/agent/token?uuid={agent}", as: "nobody" },
  registration: { ask: "POST /admin/agent", as: "nobody", form: { uuid: "{agent}" } },
  ping: { ask: "POST /remoting/api/agent/ping", as: "nobody", version: 1, body: {} },
} satisfies Readonly<Record<string, Omit<Line, "says" | "answer">>>;

type Request = keyof typeof REQUESTS;

const table = (answers: readonly (readonly [Request, string, Answer])[]): readonly Line[] =>
  answers.map(([request, says, answer]) => ({ ...REQUESTS[request], says, answer }));

const json = (text: string): Answer => ({ ...message(503, text), type: "application/json" });
const PAGE: Answer = { status: 503, type: HTML };

const STARTING_NOW = json("GoCD server is starting");
const STARTING = table([
  ["health", "answers a page where no content type is asked for", PAGE],
  ["anyHealth", "is not healthy yet", { status: 503, type: PLAIN, body: "GoCD server is starting\n" }],
  ["version", "does not tell its version yet", STARTING_NOW],
  ["agents", "does not list agents yet", STARTING_NOW],
  ["agentsOfNobody", "does not ask who it is yet", STARTING_NOW],
  ["page", "has a page for people who wait", PAGE],
  ["changeOfAgent", "changes no agent yet", STARTING_NOW],
  ["backup", "makes no backup yet", STARTING_NOW],
  ["token", "gives no token yet", PAGE],
  ["registration", "registers nobody yet", PAGE],
  ["ping", "takes no ping yet", STARTING_NOW],
]);

/** The words of maintenance mode, for a backup. */
const BACKING_UP = json("Server is under maintenance mode, please try later.");
const BACKUP = table([
  ["health", "stays healthy", { ...ok({ health: "OK" }), type: "application/vnd.go.cd.v1+json;charset=utf-8" }],
  ["version", "does not tell its version", BACKING_UP],
  ["agents", "does not list agents", BACKING_UP],
  ["agentsOfNobody", "does not ask who it is", BACKING_UP],
  ["agentsWithoutAccept", "answers a page to who does not ask for JSON", PAGE],
  [
    "waiting",
    "answers XML to who asks for XML",
    {
      status: 503,
      type: "application/xml;charset=iso-8859-1",
      body: "<message>Server is under maintenance mode, please try later.</message>",
    },
  ],
  ["page", "answers a page to a page", PAGE],
  ["changeOfAgent", "changes no agent", BACKING_UP],
  ["newEnvironment", "creates no environment", BACKING_UP],
  ["backup", "makes no second backup", BACKING_UP],
  ["mode", "does not tell of maintenance mode", BACKING_UP],
  ["token", "gives no token", PAGE],
  ["registration", "registers nobody", PAGE],
  ["ping", "takes no ping", BACKING_UP],
]);

const MAINTAINED = json("Server is in maintenance mode, please try later.");
const MAINTENANCE = table([
  ["health", "stays healthy", { ...ok({ health: "OK" }), type: "application/vnd.go.cd.v1+json;charset=utf-8" }],
  ["version", "tells its version", { status: 200, type: null }],
  ["agents", "lists agents", { status: 200 }],
  [
    "agentsOfNobody",
    "refuses who does not log in",
    { ...message(401, "You are not authenticated!"), headers: { "www-authenticate": CHALLENGE } },
  ],
  [
    "page",
    "sends a stranger to the log-in",
    { status: 302, type: null, headers: { location: "{origin}/go/auth/login" }, body: "" },
  ],
  ["changeOfAgent", "changes no agent", MAINTAINED],
  ["changeByNobody", "changes none for a stranger either, and does not ask who it is", MAINTAINED],
  ["malformedChange", "does not read what is malformed", MAINTAINED],
  ["deletion", "deletes no agent", MAINTAINED],
  ["newEnvironment", "creates no environment", MAINTAINED],
  ["siteUrls", "changes no site URL", MAINTAINED],
  ["schedule", "changes no schedule", MAINTAINED],
  ["artifacts", "changes no limits", MAINTAINED],
  ["runningBackup", "could make a backup", message(404, "Backup with id 'running' was not found!")],
  ["token", "gives a token", { status: 200, type: PLAIN }],
  ["registration", "registers nobody", PAGE],
  ["ping", "lets agents speak, as far as it knows them", { status: 403, type: null, body: "" }],
  [
    "mode",
    "tells who switched it on, and that nothing runs",
    ok({
      _links: {
        self: { href: "{origin}/go/api/admin/maintenance_mode/info" },
        doc: { href: "https://api.gocd.org/26.1.0/#maintenance-mode-info" },
      },
      is_maintenance_mode: true,
      metadata: { updated_by: "{admin}", updated_on: TIME },
      attributes: {
        has_running_systems: false,
        running_systems: { material_update_in_progress: [], building_jobs: [], scheduled_jobs: [] },
      },
    }),
  ],
]);

export const UNAVAILABLE: readonly Scenario[] = [
  { name: "a server that starts", state: "starting", changes: false, uuids: ["agent"], lines: STARTING },
  { name: "a backup that is being made", state: "backup", changes: true, uuids: ["agent"], lines: BACKUP },
  { name: "maintenance mode", state: "maintenance", changes: true, uuids: ["agent"], lines: MAINTENANCE },
];
