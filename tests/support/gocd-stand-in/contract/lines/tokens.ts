import type { Scenario } from "../format";
import { HTML, PLAIN, TOKEN, message, registration } from "../facts";

export const TOKENS: readonly Scenario[] = [
  {
    name: "a token",
    changes: false,
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
        says: "gives the same token to the same uuid",
        ask: "GET /admin/agent/token?uuid={agent}",
        as: "nobody",
        answer: { status: 200, type: PLAIN, body: "{token}" },
      },
      {
        says: "refuses a blank uuid",
        ask: "GET /admin/agent/token?uuid=",
        as: "nobody",
        answer: { status: 409, type: PLAIN, body: "UUID cannot be blank." },
      },
      {
        says: "fails where no uuid is given",
        ask: "GET /admin/agent/token",
        as: "nobody",
        answer: { status: 500, type: HTML },
      },
      {
        says: "lets an administrator ask for a token too",
        ask: "GET /admin/agent/token?uuid={agent}",
        answer: { status: 200, type: PLAIN, body: "{token}" },
      },
      {
        says: "sends a wrong password to the log-in",
        ask: "GET /admin/agent/token?uuid={agent}",
        as: "wrong password",
        answer: { status: 302, type: null, headers: { location: "{origin}/go/auth/login" }, body: "" },
      },
      {
        says: "gives no token by POST",
        ask: "POST /admin/agent/token?uuid={agent}",
        as: "nobody",
        form: { x: "1" },
        answer: { status: 405, type: HTML },
      },
    ],
  },
  {
    name: "a registration that is refused",
    changes: false,
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
        says: "refuses a token of another uuid",
        ask: "POST /admin/agent",
        as: "nobody",
        headers: { "X-Forwarded-For": "10.9.8.7" },
        form: registration({ token: "bm90LXRoZS10b2tlbg==" }),
        answer: { status: 403, type: PLAIN, body: "Not a valid token." },
      },
      {
        says: "refuses an agent without a folder",
        ask: "POST /admin/agent",
        as: "nobody",
        headers: { "X-Forwarded-For": "10.9.8.7" },
        form: registration({ location: "" }),
        answer: {
          status: 422,
          type: PLAIN,
          body: "Error occurred during agent registration process: Agent should not register without installation path.",
        },
      },
      {
        says: "refuses an address that is none",
        ask: "POST /admin/agent",
        as: "nobody",
        headers: { "X-Forwarded-For": "nonsense" },
        form: registration(),
        answer: {
          status: 422,
          type: PLAIN,
          body: "Error occurred during agent registration process: 'nonsense' is an invalid IP address.",
        },
      },
      {
        says: "refuses an elastic agent without a key",
        ask: "POST /admin/agent",
        as: "nobody",
        headers: { "X-Forwarded-For": "10.9.8.7" },
        form: registration({ elasticAgentId: "a", elasticPluginId: "b" }),
        answer: {
          status: 422,
          type: PLAIN,
          body: "Elastic agent registration requires an auto-register agent key to be setup on the server. The agentAutoRegisterKey: [] is either not provided or expired. Agent-id: [a], Plugin-id: [b]",
        },
      },
      {
        says: "fails where fields are missing",
        ask: "POST /admin/agent",
        as: "nobody",
        form: { uuid: "{agent}" },
        answer: { status: 500, type: HTML },
      },
      {
        says: "does not know the agent",
        ask: "GET /api/agents/{agent}",
        version: 7,
        answer: message(404, "Agent with uuid '{agent}' was not found!"),
      },
    ],
  },
];
