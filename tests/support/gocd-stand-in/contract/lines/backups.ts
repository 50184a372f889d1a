import type { Scenario } from "../format";
import { message, NO_ROUTE, ok } from "../facts";

export const BACKUPS: readonly Scenario[] = [
  {
    name: "a backup",
    changes: true,
    lines: [
      {
        says: "wants a confirmation",
        ask: "POST /api/backups",
        version: 2,
        answer: message(400, "Missing required header 'X-GoCD-Confirm' with value 'true'"),
      },
      {
        says: "wants JSON",
        ask: "POST /api/backups",
        version: 2,
        headers: { "Content-Type": "text/plain" },
        body: "x",
        answer: message(415, "You must specify a 'Content-Type' of 'application/json'"),
      },
      {
        says: "makes one",
        ask: "POST /api/backups",
        version: 2,
        headers: { "X-GoCD-Confirm": "true" },
        answer: { status: 202, headers: { location: /^\/go\/api\/backups\/\d+$/, "retry-after": "5" }, body: "" },
        keep: { backup: "location" },
      },
      {
        says: "is still making it, or has made it",
        ask: "GET {backup}",
        version: 2,
        answer: { status: 200 },
      },
      {
        says: "tells what became of it",
        ask: "GET {backup}",
        version: 2,
        repeat: true,
        answer: ok({
          _links: {
            doc: { href: "https://api.gocd.org/26.1.0/#backups" },
            self: { href: "{origin}/go{backup}" },
          },
          time: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
          path: /\/serverBackups\/backup_\d{8}-\d{6}$/,
          status: "COMPLETED",
          progress_status: /^[A-Z_]+$/,
          message: /^Backup was generated successfully\./,
          user: {
            _links: {
              doc: { href: "https://api.gocd.org/26.1.0/#users" },
              self: { href: "{origin}/go/api/users/{admin}" },
              find: { href: "{origin}/go/api/users/:login_name" },
              current_user: { href: "{origin}/go/api/current_user" },
            },
            login_name: "{admin}",
          },
        }),
      },
    ],
  },
  {
    name: "backups that are not",
    changes: false,
    lines: [
      {
        says: "has no such backup",
        ask: "GET /api/backups/99999",
        version: 2,
        answer: message(404, "Backup with id '99999' was not found!"),
      },
      {
        says: "has none that runs",
        ask: "GET /api/backups/running",
        version: 2,
        answer: message(404, "Backup with id 'running' was not found!"),
      },
      {
        says: "wants a number",
        ask: "GET /api/backups/nonsense",
        version: 2,
        answer: message(400, "The `id` parameter should be a number, or the keyword `running`"),
      },
      { says: "keeps no list of backups", ask: "GET /api/backups", version: 2, answer: NO_ROUTE },
    ],
  },
];
