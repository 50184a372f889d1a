import { useShellFixture, type Outcome } from "./shell-fixture";

const shell = useShellFixture();

function handOver(env: Readonly<Record<string, string>>): Outcome {
  return shell().run("server/bin/hand-over-backup", { env });
}

describe("GoCD's post-backup script", () => {
  test("marks a backup that is complete, beside its folder", () => {
    shell().write("serverBackups/backup_20260101-020000/version.txt", "26.1.0");
    const folder = shell().path("serverBackups/backup_20260101-020000");
    expect(handOver({ GOCD_BACKUP_STATUS: "success", GOCD_BACKUP_PATH: folder }).status).toBe(0);
    expect(shell().read("serverBackups/backup_20260101-020000.ready")).toBe("");
  });

  test.each([
    ["of one that failed", { GOCD_BACKUP_STATUS: "failure" }, 0, "the backup failed"],
    ["where GoCD says nothing", {}, 0, "the backup failed"],
    ["of a folder that is not there", { GOCD_BACKUP_STATUS: "success", GOCD_BACKUP_PATH: "/nowhere" }, 1, "/nowhere"],
    ["without a folder", { GOCD_BACKUP_STATUS: "success" }, 1, "nothing"],
  ])("makes no mark %s, and says why", (_case, env, status, says) => {
    const outcome = handOver(env);
    expect(outcome.status).toBe(status);
    expect(outcome.stderr).toContain(says);
    expect(shell().read("nowhere.ready")).toBeUndefined();
  });
});
