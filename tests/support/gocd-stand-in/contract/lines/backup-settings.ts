import type { Scenario } from "../format";
import { linked, message, NOT_JSON, ok } from "../facts";

export const BACKUP_SETTINGS: readonly Scenario[] = [
  {
    name: "the backup's settings",
    changes: true,
    lines: [
      {
        says: "shows them",
        ask: "GET /api/config/backup",
        version: 1,
        answer: { status: 200 },
        keep: { before: "body" },
      },
      {
        says: "takes a schedule",
        ask: "POST /api/config/backup",
        version: 1,
        body: { schedule: "0 30 3 * * ?", post_backup_script: "", email_on_success: false, email_on_failure: false },
        answer: ok(
          linked("#backup-config", "/api/config/backup", {
            email_on_failure: false,
            email_on_success: false,
            post_backup_script: "",
            schedule: "0 30 3 * * ?",
          }),
        ),
      },
      {
        says: "takes it by PUT, and forgets what is not named",
        ask: "PUT /api/config/backup",
        version: 1,
        body: { schedule: "0 30 3 * * ?" },
        answer: ok(
          linked("#backup-config", "/api/config/backup", {
            email_on_failure: false,
            email_on_success: false,
            post_backup_script: null,
            schedule: "0 30 3 * * ?",
          }),
        ),
      },
      {
        says: "shows them after that",
        ask: "GET /api/config/backup",
        version: 1,
        answer: ok(
          linked("#backup-config", "/api/config/backup", {
            email_on_failure: false,
            email_on_success: false,
            post_backup_script: null,
            schedule: "0 30 3 * * ?",
          }),
        ),
      },
      {
        says: "words in a schedule",
        ask: "PUT /api/config/backup",
        version: 1,
        body: { schedule: "bad" },
        answer: {
          status: 422,
          body: {
            message: "Validation failed.",
            data: {
              email_on_failure: false,
              email_on_success: false,
              post_backup_script: null,
              schedule: "bad",
              errors: { schedule: [/^Invalid cron syntax for backup configuration at offset \d+: /] },
            },
          },
        },
      },
      {
        says: "five fields in a schedule",
        ask: "PUT /api/config/backup",
        version: 1,
        body: { schedule: "0 2 * * ?" },
        answer: {
          status: 422,
          body: {
            message: "Validation failed.",
            data: {
              email_on_failure: false,
              email_on_success: false,
              post_backup_script: null,
              schedule: "0 2 * * ?",
              errors: { schedule: [/^Invalid cron syntax for backup configuration at offset \d+: /] },
            },
          },
        },
      },
      {
        says: "a day of the week beside a day of the month in a schedule",
        ask: "PUT /api/config/backup",
        version: 1,
        body: { schedule: "1 2 3 4 5 6" },
        answer: {
          status: 422,
          body: {
            message: "Validation failed.",
            data: {
              email_on_failure: false,
              email_on_success: false,
              post_backup_script: null,
              schedule: "1 2 3 4 5 6",
              errors: { schedule: [/^Invalid cron syntax for backup configuration at offset \d+: /] },
            },
          },
        },
      },
      {
        says: "MON-6 in a schedule",
        ask: "PUT /api/config/backup",
        version: 1,
        body: { schedule: "0 0 2 ? * MON-6" },
        answer: {
          status: 422,
          body: {
            message: "Validation failed.",
            data: {
              email_on_failure: false,
              email_on_success: false,
              post_backup_script: null,
              schedule: "0 0 2 ? * MON-6",
              errors: { schedule: [/^Invalid cron syntax for backup configuration at offset \d+: /] },
            },
          },
        },
      },
      {
        says: "L-31 in a schedule",
        ask: "PUT /api/config/backup",
        version: 1,
        body: { schedule: "0 0 2 L-31 * ?" },
        answer: {
          status: 422,
          body: {
            message: "Validation failed.",
            data: {
              email_on_failure: false,
              email_on_success: false,
              post_backup_script: null,
              schedule: "0 0 2 L-31 * ?",
              errors: { schedule: [/^Invalid cron syntax for backup configuration at offset \d+: /] },
            },
          },
        },
      },
      {
        says: "two blanks in a schedule",
        ask: "PUT /api/config/backup",
        version: 1,
        body: { schedule: "0  0 2 * * ?" },
        answer: ok(
          linked("#backup-config", "/api/config/backup", {
            email_on_failure: false,
            email_on_success: false,
            post_backup_script: null,
            schedule: "0  0 2 * * ?",
          }),
        ),
      },
      {
        says: "a blank at the end in a schedule",
        ask: "PUT /api/config/backup",
        version: 1,
        body: { schedule: "0 0 2 * * ? " },
        answer: ok(
          linked("#backup-config", "/api/config/backup", {
            email_on_failure: false,
            email_on_success: false,
            post_backup_script: null,
            schedule: "0 0 2 * * ? ",
          }),
        ),
      },
      {
        says: "a newline at the end in a schedule",
        ask: "PUT /api/config/backup",
        version: 1,
        body: { schedule: "0 0 2 * * ?\n" },
        answer: ok(
          linked("#backup-config", "/api/config/backup", {
            email_on_failure: false,
            email_on_success: false,
            post_backup_script: null,
            schedule: "0 0 2 * * ?\n",
          }),
        ),
      },
      {
        says: "takes an empty schedule",
        ask: "PUT /api/config/backup",
        version: 1,
        body: { schedule: "" },
        answer: ok(
          linked("#backup-config", "/api/config/backup", {
            email_on_failure: false,
            email_on_success: false,
            post_backup_script: null,
            schedule: "",
          }),
        ),
      },
      {
        says: "refuses malformed JSON",
        ask: "PUT /api/config/backup",
        version: 1,
        headers: { "Content-Type": "application/json" },
        body: "{",
        answer: NOT_JSON,
      },
      {
        says: "wants JSON",
        ask: "PUT /api/config/backup",
        version: 1,
        headers: { "Content-Type": "text/plain" },
        body: '{"schedule":"0 0 2 * * ?"}',
        answer: message(415, "You must specify a 'Content-Type' of 'application/json'"),
      },
      {
        says: "wants a body",
        ask: "PUT /api/config/backup",
        version: 1,
        answer: message(400, "Missing required header 'X-GoCD-Confirm' with value 'true'"),
      },
      {
        says: "takes any text but true for false",
        ask: "PUT /api/config/backup",
        version: 1,
        body: { schedule: "0 0 2 * * ?", email_on_success: "maybe" },
        answer: ok(
          linked("#backup-config", "/api/config/backup", {
            email_on_failure: false,
            email_on_success: false,
            post_backup_script: null,
            schedule: "0 0 2 * * ?",
          }),
        ),
      },
      {
        says: "takes them away",
        ask: "DELETE /api/config/backup",
        version: 1,
        answer: message(200, "Backup config was deleted successfully!"),
      },
      {
        says: "takes nothing away twice",
        ask: "DELETE /api/config/backup",
        version: 1,
        answer: message(404, "Backup config was not found!"),
      },
      {
        says: "shows none",
        ask: "GET /api/config/backup",
        version: 1,
        answer: ok(
          linked("#backup-config", "/api/config/backup", {
            email_on_failure: false,
            email_on_success: false,
            post_backup_script: null,
            schedule: null,
          }),
        ),
      },
      {
        says: "gets back what it had",
        ask: "PUT /api/config/backup",
        version: 1,
        headers: { "Content-Type": "application/json" },
        body: "{before}",
        answer: { status: 200 },
      },
    ],
  },
];
