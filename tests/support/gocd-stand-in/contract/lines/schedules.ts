// Schedules of backups that GoCD takes and refuses, as Quartz does.
import type { Line, Scenario } from "../format";

const PATH = "/api/config/backup";
const INVALID = /^Invalid cron syntax for backup configuration at offset -?\d+: /;

const REFUSED = [
  "0 0 2 ? * 2-FRI",
  "0 0 2 5 MAR-5 ?",
  "0 0 2 1 JAN-12 ?",
  "0 0 2 ? * 6L,2",
  "0 0 2 ? * 2#1,3#1",
  "0 0 2 L-31 * ?",
  "0 0 2 ? * MON-6",
];
/** A year that is over is taken, too, and never comes. */
const TAKEN = ["0 0 2 * * ? 2020", "0 0 2 ? * MON-FRI", "0 0 2 L-30 * ?", "0 0 2 ? * 6L"];

/** Without a script and mails. */
const shown = (schedule: string) => ({
  email_on_failure: false,
  email_on_success: false,
  post_backup_script: null,
  schedule,
});

const refusal = (schedule: string): Line => ({
  says: `refuses ${schedule}`,
  ask: `PUT ${PATH}`,
  version: 1,
  body: { schedule },
  answer: {
    status: 422,
    body: { message: "Validation failed.", data: { ...shown(schedule), errors: { schedule: [INVALID] } } },
  },
});

const taking = (schedule: string): Line => ({
  says: `takes ${schedule}`,
  ask: `PUT ${PATH}`,
  version: 1,
  body: { schedule },
  answer: {
    status: 200,
    body: {
      _links: {
        doc: { href: "https://api.gocd.org/26.1.0/#backup-config" },
        self: { href: `{origin}/go${PATH}` },
      },
      ...shown(schedule),
    },
  },
});

export const SCHEDULES: readonly Scenario[] = [
  {
    name: "schedules of backups",
    changes: true,
    lines: [
      {
        says: "shows what it has",
        ask: `GET ${PATH}`,
        version: 1,
        answer: { status: 200 },
        keep: { before: "body" },
      },
      ...REFUSED.map(refusal),
      ...TAKEN.map(taking),
      {
        says: "gets back what it had",
        ask: `PUT ${PATH}`,
        version: 1,
        headers: { "Content-Type": "application/json" },
        body: "{before}",
        answer: { status: 200 },
      },
    ],
  },
];
