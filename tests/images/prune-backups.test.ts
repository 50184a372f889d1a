import { utimesSync } from "node:fs";
import { useShellFixture, type Outcome } from "./shell-fixture";

const shell = useShellFixture();
const DAY = 86_400;

/** A backup of so many days ago. */
function backup(name: string, days: number): void {
  shell().write(`serverBackups/${name}/db.zip`, "database");
  const then = Date.now() / 1000 - days * DAY;
  utimesSync(shell().path("serverBackups", name), then, then);
}

function prune(env: Readonly<Record<string, string>>): Outcome {
  const base = { GOCD_BACKUP_STATUS: "success", GOCD_BACKUP_BASE_DIR: shell().path("serverBackups") };
  return shell().run("server/bin/prune-backups", { env: { ...base, BACKUP_KEEP_DAYS: "30", ...env } });
}

const there = (name: string) => shell().read(`serverBackups/${name}/db.zip`) !== undefined;

describe("GoCD's post-backup script where there is no bucket", () => {
  beforeEach(() => {
    backup("backup_20260101-020000", 31);
    backup("backup_20260103-020000", 29);
    backup("backup_20260201-020000", 0);
    backup("kept by hand", 400);
  });

  test("removes what is older than so many days, says so, and leaves what it does not know", () => {
    const outcome = prune({});
    expect(outcome.status).toBe(0);
    expect(outcome.stderr).toMatch(/^prune-backups: \S+\/backup_20260101-020000 is older than 30 days: removed\n$/);
    expect(there("backup_20260101-020000")).toBe(false);
    for (const name of ["backup_20260103-020000", "backup_20260201-020000", "kept by hand"])
      expect([name, there(name)]).toEqual([name, true]);
  });

  test("keeps the days that it is told", () => {
    expect(prune({ BACKUP_KEEP_DAYS: "20" }).status).toBe(0);
    expect(there("backup_20260103-020000")).toBe(false);
    expect(there("backup_20260201-020000")).toBe(true);
  });

  test.each([
    ["after a backup that failed", { GOCD_BACKUP_STATUS: "failure" }, 0, "the backup failed"],
    ["where GoCD says nothing", { GOCD_BACKUP_STATUS: "" }, 0, "the backup failed"],
    ["from a folder that is not there", { GOCD_BACKUP_BASE_DIR: "/nowhere" }, 1, "/nowhere"],
    ["without a folder", { GOCD_BACKUP_BASE_DIR: "" }, 1, "nothing"],
    ["without a number of days", { BACKUP_KEEP_DAYS: "" }, 1, "nothing"],
    ["for no days", { BACKUP_KEEP_DAYS: "0" }, 1, "BACKUP_KEEP_DAYS is no number of days: 0"],
    ["for what is no number", { BACKUP_KEEP_DAYS: "3O" }, 1, "3O"],
  ])("removes nothing %s, and says why", (_case, env, status, says) => {
    const outcome = prune(env);
    expect(outcome.status).toBe(status);
    expect(outcome.stderr).toContain(says);
    expect(there("backup_20260101-020000")).toBe(true);
  });
});
