import { type BadSetting, PREBUILT, testBad } from "./stack";

/** See {@link BadSetting}. */
const BAD: readonly BadSetting[] = [
  [
    "a schedule in cron's form",
    { "gocd:backup": { schedule: "0 2 * * *" } },
    "gocd:backup.schedule",
    /0 2/,
    /6 or 7 fields/,
  ],
  [
    "an hour that no day has",
    { "gocd:backup": { schedule: "0 0 25 * * ?" } },
    "gocd:backup.schedule",
    /25/,
    /hours is within 0 to 23/,
  ],
  [
    "a schedule with both kinds of day",
    { "gocd:backup": { schedule: "0 0 2 * * *" } },
    "gocd:backup.schedule",
    /\*/,
    /exactly one/,
  ],
  ["snapshots kept for no day", { "gocd:backup": { keepDays: 0 } }, "gocd:backup.keepDays", /0/, /from 1/],
  ["a restored disk that there is not", { "gocd:server": { use: "monday" } }, "gocd:server.use", /monday/, /no name/],
  [
    "another restored disk than there is",
    { "gocd:server": { restored: { sunday: { data: "snap" } }, use: "monday" } },
    "gocd:server.use",
    /monday/,
    /one of sunday/,
  ],
  [
    "a restored disk of nothing",
    { "gocd:server": { restored: { sunday: {} } } },
    "gocd:server.restored.sunday",
    /\{\}/,
    /data, artifacts/,
  ],
  [
    "a snapshot that is none",
    { "gocd:server": { restored: { sunday: { data: "Not A Snapshot" } } } },
    "gocd:server.restored.sunday.data",
    /Not A/,
    /snapshot/,
  ],
  [
    "a disk to restore where there are only claims",
    {
      "gocd:cluster": { existing: { context: "kind", storageClass: "standard" } },
      "gocd:images": { prebuilt: PREBUILT },
      "gocd:server": { restored: { sunday: { data: "snap" } } },
    },
    "gocd:server.restored",
    /sunday/,
    /storage class/,
  ],
  [
    "a backup that has no name",
    { "gocd:backup": { restore: "yesterday" } },
    "gocd:backup.restore",
    /yesterday/,
    /backup_2026/,
  ],
  [
    "a backup to restore where there is no bucket",
    {
      "gocd:cluster": { existing: { context: "kind", storageClass: "standard" } },
      "gocd:images": { prebuilt: PREBUILT },
      "gocd:backup": { restore: "backup_20260101-020000" },
    },
    "gocd:backup.restore",
    /backup_2026/,
    /no bucket/,
  ],
];

describe("settings of backups and restored disks", () => {
  testBad(BAD);
});
