import type { Scenario } from "../format";
import { CHALLENGE, HTML } from "../facts";

export const PAGES: readonly Scenario[] = [
  {
    name: "pages",
    changes: false,
    lines: [
      {
        says: "sends a stranger from / to the log-in",
        ask: "GET /",
        as: "nobody",
        answer: { status: 302, type: null, headers: { location: "{origin}/go/auth/login" }, body: "" },
      },
      {
        says: "sends a stranger from /pipelines to the log-in",
        ask: "GET /pipelines",
        as: "nobody",
        answer: { status: 302, type: null, headers: { location: "{origin}/go/auth/login" }, body: "" },
      },
      {
        says: "sends a stranger from /agents to the log-in",
        ask: "GET /agents",
        as: "nobody",
        answer: { status: 302, type: null, headers: { location: "{origin}/go/auth/login" }, body: "" },
      },
      {
        says: "sends a stranger from /admin/pipelines to the log-in",
        ask: "GET /admin/pipelines",
        as: "nobody",
        answer: { status: 302, type: null, headers: { location: "{origin}/go/auth/login" }, body: "" },
      },
      {
        says: "sends a stranger from /admin/config_xml to the log-in",
        ask: "GET /admin/config_xml",
        as: "nobody",
        answer: { status: 302, type: null, headers: { location: "{origin}/go/auth/login" }, body: "" },
      },
      {
        says: "sends a stranger from /nonsense to the log-in",
        ask: "GET /nonsense",
        as: "nobody",
        answer: { status: 302, type: null, headers: { location: "{origin}/go/auth/login" }, body: "" },
      },
      {
        says: "sends a stranger from /home to the log-in",
        ask: "GET /home",
        as: "nobody",
        answer: { status: 302, type: null, headers: { location: "{origin}/go/auth/login" }, body: "" },
      },
      {
        says: "sends a wrong password to the log-in",
        ask: "GET /pipelines",
        as: "wrong password",
        answer: { status: 302, type: null, headers: { location: "{origin}/go/auth/login" }, body: "" },
      },
      {
        says: "sends an administrator from / to the pipelines",
        ask: "GET /",
        answer: { status: 302, type: null, headers: { location: "{origin}/go/pipelines" }, body: "" },
      },
      { says: "does not know a page", ask: "GET /nonsense", answer: { status: 404, type: HTML } },
      {
        says: "does not know an API, and says so after the log-in",
        ask: "GET /api/nonsense",
        as: "nobody",
        answer: {
          status: 401,
          type: "application/json",
          headers: { "www-authenticate": CHALLENGE },
          body: { message: "You are not authenticated!" },
        },
      },
      { says: "does not know an API", ask: "GET /api/nonsense", answer: { status: 404, type: HTML } },
    ],
  },
  {
    name: "jobs that wait",
    changes: false,
    lines: [
      {
        says: "lists them",
        ask: "GET /api/feed/jobs/scheduled.xml",
        answer: { status: 200, type: "application/xml;charset=utf-8", body: /<scheduledJobs\/>|<scheduledJobs>/ },
      },
      {
        says: "lists them to nobody without a log-in",
        ask: "GET /api/feed/jobs/scheduled.xml",
        as: "nobody",
        answer: {
          status: 401,
          type: "application/xml;charset=utf-8",
          headers: { "www-authenticate": CHALLENGE },
          body: "<access-denied>\n  <message>You are not authenticated!</message>\n</access-denied>\n",
        },
      },
    ],
  },
];
