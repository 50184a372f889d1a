import { Containing, type Scenario } from "../format";
import { GONE, PLAIN, TOKEN, linked, message, ok, registration, runtimeInfo, shownAgent, unheardAgent } from "../facts";

export const REGISTRATION: readonly Scenario[] = [
  {
    name: "an agent without a key",
    changes: true,
    uuids: ["agent"],
    lines: [
      {
        says: "gives a token for a uuid that it does not know",
        ask: "GET /admin/agent/token?uuid={agent}",
        as: "nobody",
        answer: { status: 200, type: PLAIN, body: TOKEN },
        keep: { token: "body" },
      },
      {
        says: "lets it wait",
        ask: "POST /admin/agent",
        as: "nobody",
        headers: { "X-Forwarded-For": "10.9.8.7" },
        form: registration(),
        answer: { status: 202, type: "application/json", body: "" },
      },
      {
        says: "gives its uuid no token any more",
        ask: "GET /admin/agent/token?uuid={agent}",
        as: "nobody",
        answer: { status: 409, type: PLAIN, body: "A token has already been issued for this agent." },
      },
      {
        says: "lets it wait when it asks again",
        ask: "POST /admin/agent",
        as: "nobody",
        headers: { "X-Forwarded-For": "10.9.8.7" },
        form: registration(),
        answer: { status: 202, type: "application/json", body: "" },
      },
      {
        says: "shows it as pending",
        ask: "GET /api/agents/{agent}",
        version: 7,
        answer: ok(shownAgent({ agent_config_state: "Pending", agent_state: "Unknown", build_state: "Unknown" })),
      },
      {
        says: "gives a pending agent no cookie",
        ask: "POST /remoting/api/agent/get_cookie",
        as: "agent",
        version: 1,
        body: runtimeInfo(),
        answer: { status: 403, type: null, body: "" },
      },
      {
        says: "wants a decision before anything else",
        ask: "PATCH /api/agents/{agent}",
        version: 7,
        body: { resources: ["docker"] },
        answer: message(
          400,
          "Pending agent [{agent}] must be explicitly enabled or disabled when performing any operation on it.",
        ),
      },
      {
        says: "wants a decision in bulk, too",
        ask: "PATCH /api/agents",
        version: 7,
        body: { uuids: ["{agent}"], operations: { resources: { add: ["docker"] } } },
        answer: message(
          400,
          "Pending agents [{agent}] must be explicitly enabled or disabled when performing any operations on them.",
        ),
      },
      {
        says: "enables it, with resources and environments",
        ask: "PATCH /api/agents/{agent}",
        version: 7,
        body: { agent_config_state: "Enabled", resources: ["docker", "a b"], environments: ["contract-absent"] },
        answer: ok(
          unheardAgent({
            environments: [{ name: "contract-absent", origin: { type: "unknown" } }],
            resources: ["a b", "docker"],
          }),
        ),
      },
      {
        says: "shows it as enabled",
        ask: "GET /api/agents/{agent}",
        version: 7,
        answer: ok(
          shownAgent({
            environments: [{ name: "contract-absent", origin: { type: "unknown" } }],
            resources: ["a b", "docker"],
          }),
        ),
      },
      {
        says: "enables it again",
        ask: "PATCH /api/agents/{agent}",
        version: 7,
        body: { agent_config_state: "Enabled" },
        answer: ok(
          unheardAgent({
            environments: [{ name: "contract-absent", origin: { type: "unknown" } }],
            resources: ["a b", "docker"],
          }),
        ),
      },
      {
        says: "lists it",
        ask: "GET /api/agents",
        version: 7,
        answer: ok(
          linked("#agents", "/api/agents", {
            _embedded: {
              agents: new Containing([
                shownAgent({
                  environments: [{ name: "contract-absent", origin: { type: "unknown" } }],
                  resources: ["a b", "docker"],
                }),
              ]),
            },
          }),
        ),
      },
      {
        says: "packs the list on demand",
        ask: "GET /api/agents",
        version: 7,
        headers: { "Accept-Encoding": "gzip" },
        answer: {
          status: 200,
          headers: { "content-encoding": "gzip" },
          body: linked("#agents", "/api/agents", {
            _embedded: {
              agents: new Containing([
                shownAgent({
                  environments: [{ name: "contract-absent", origin: { type: "unknown" } }],
                  resources: ["a b", "docker"],
                }),
              ]),
            },
          }),
        },
      },
      {
        says: "registers it from now on",
        ask: "POST /admin/agent",
        as: "nobody",
        headers: { "X-Forwarded-For": "10.9.8.7" },
        form: registration(),
        answer: { status: 200, type: "application/json", body: "" },
      },
      {
        says: "shows it idle once it has registered",
        ask: "GET /api/agents/{agent}",
        version: 7,
        answer: ok(
          shownAgent({
            environments: [{ name: "contract-absent", origin: { type: "unknown" } }],
            resources: ["a b", "docker"],
          }),
        ),
      },
      ...GONE,
    ],
  },
];
