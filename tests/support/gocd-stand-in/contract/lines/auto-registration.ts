import type { Scenario } from "../format";
import { GONE, PLAIN, TOKEN, ok, registration, shownAgent } from "../facts";

export const AUTO_REGISTRATION: readonly Scenario[] = [
  {
    name: "an agent of the same machine",
    changes: true,
    needs: ["local agents register"],
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
        says: "registers an agent of 127.0.0.1 without a key",
        ask: "POST /admin/agent",
        as: "nobody",
        headers: { "X-Forwarded-For": "127.0.0.1" },
        form: registration(),
        answer: { status: 200, type: "application/json", body: "" },
      },
      {
        says: "shows it as enabled",
        ask: "GET /api/agents/{agent}",
        version: 7,
        answer: ok(shownAgent({ ip_address: "127.0.0.1" })),
      },
      ...GONE,
    ],
  },
  {
    name: "an agent with the key",
    changes: true,
    needs: ["auto-register key"],
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
        says: "lets an agent with a wrong key wait",
        ask: "POST /admin/agent",
        as: "nobody",
        headers: { "X-Forwarded-For": "10.9.8.7" },
        form: registration({ agentAutoRegisterKey: "not-the-key", agentAutoRegisterResources: "a" }),
        answer: { status: 202, type: "application/json", body: "" },
      },
      {
        says: "registers an agent with the key, as it asks",
        ask: "POST /admin/agent",
        as: "nobody",
        headers: { "X-Forwarded-For": "10.9.8.7" },
        form: registration({
          agentAutoRegisterKey: "{key}",
          agentAutoRegisterResources: "b, a,b",
          agentAutoRegisterEnvironments: "contract-absent",
          agentAutoRegisterHostname: "contract-nice",
        }),
        answer: { status: 200, type: "application/json", body: "" },
      },
      {
        says: "shows its name, resources and environments",
        ask: "GET /api/agents/{agent}",
        version: 7,
        answer: ok(
          shownAgent({
            hostname: "contract-nice",
            environments: [{ name: "contract-absent", origin: { type: "unknown" } }],
            resources: ["a", "b"],
          }),
        ),
      },
      {
        says: "does not change it when it registers again",
        ask: "POST /admin/agent",
        as: "nobody",
        headers: { "X-Forwarded-For": "10.9.8.7" },
        form: registration({ agentAutoRegisterKey: "{key}", agentAutoRegisterResources: "c" }),
        answer: { status: 200, type: "application/json", body: "" },
      },
      {
        says: "shows the first resources",
        ask: "GET /api/agents/{agent}",
        version: 7,
        answer: ok(
          shownAgent({
            hostname: "contract-nice",
            environments: [{ name: "contract-absent", origin: { type: "unknown" } }],
            resources: ["a", "b"],
          }),
        ),
      },
      ...GONE,
    ],
  },
];
