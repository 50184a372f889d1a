import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { restoreOptions, storageOf, uploadOptions } from "../../../../images/housekeeping/src/backup/options";
import { runBackup, runRestore } from "../../../../images/housekeeping/src/backup/programs";
import type { ConfigError } from "../../../../images/housekeeping/src/config";
import { type Process, runOrExit } from "../../../../images/housekeeping/src/main";
import { until } from "../fixture";
import { NAME, useBackupFixture } from "./fixture";

const fixture = useBackupFixture();

describe("the programs", () => {
  function fake(
    more: Record<string, string>,
  ): Process & { readonly statuses: number[]; readonly signals: Map<string, () => void> } {
    const statuses: number[] = [];
    const signals = new Map<string, () => void>();
    const once = (signal: string, listener: () => void): unknown => signals.set(signal, listener);
    return { env: { ...fixture().env(), ...more }, statuses, signals, once, exit: (status) => statuses.push(status) };
  }

  test("store a backup, show it, and stop when they are told to", async () => {
    fixture().made();
    const process = fake({ BACKUP_FOLDER: fixture().folder(), PORT: "0", INTERVAL_SECONDS: "60" });
    const running = runOrExit(process, fixture().log(), runBackup);
    await until(() => fixture().lines.some((line) => line.includes("is in the bucket")));
    const { port } = JSON.parse(fixture().lines[0] ?? "") as { readonly port: number };
    expect(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).toContain("gocd_backup_stored_total 1");
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
    process.signals.get("SIGTERM")?.();
    await running;
    expect(process.statuses).toEqual([0]);
  });

  test("are unhealthy while the last look failed, and say why", async () => {
    fixture().made();
    fixture().google.troubles["find"] = [403];
    const process = fake({ BACKUP_FOLDER: fixture().folder(), PORT: "0", INTERVAL_SECONDS: "0.5" });
    const running = runOrExit(process, fixture().log(), runBackup);
    const health = async (): Promise<string> => {
      const { port } = JSON.parse(fixture().lines[0] ?? "") as { readonly port: number };
      const response = await fetch(`http://127.0.0.1:${port}/healthz`);
      return `${response.status} ${await response.text()}`;
    };
    await until(() => fixture().lines.some((line) => line.includes("backup failed")));
    expect(await health()).toBe("503 backup failed: forbidden");
    await until(async () => (await health()) === "200 ok");
    process.signals.get("SIGTERM")?.();
    await running;
  });

  test("restore, and end with status 0", async () => {
    fixture().made();
    await fixture().look();
    const wanted = {
      RESTORE_NAME: NAME,
      DATA_FOLDER: join(fixture().disk, "godata"),
      GOCD_VERSION: "26.1.0",
      SEED_FOLDER: fixture().seed(),
      BACKUP_PREFIX: "gocd/",
    };
    const process = fake(wanted);
    await runOrExit(process, fixture().log(), runRestore);
    expect(process.statuses).toEqual([0]);
    mkdirSync(join(fixture().disk, "other/config"), { recursive: true });
    writeFileSync(join(fixture().disk, "other/config/cruise-config.xml"), "");
    const refused = fake({ ...wanted, DATA_FOLDER: join(fixture().disk, "other") });
    await runOrExit(refused, fixture().log(), runRestore);
    expect(refused.statuses).toEqual([1]);
    expect(fixture().lines.at(-1)).toContain("this disk has data");
  });

  test("stop restoring when they are told to", async () => {
    fixture().google.troubles["find"] = ["hang"];
    const process = fake({ RESTORE_NAME: NAME, DATA_FOLDER: join(fixture().disk, "godata"), GOCD_VERSION: "26.1.0" });
    const running = runOrExit(process, fixture().log(), runRestore);
    await until(() => fixture().google.requests.includes("find"));
    process.signals.get("SIGTERM")?.();
    await running;
    expect(process.statuses).toEqual([1]);
  });

  test("name every variable that is not right", () => {
    const problems = (work: () => unknown): readonly string[] => {
      try {
        work();
        return [];
      } catch (error) {
        return (error as ConfigError).problems.map((problem) => problem.split(":")[0] ?? "");
      }
    };
    expect(problems(() => uploadOptions({ BACKUP_PREFIX: "x", KEEP_LOCAL: "-1" }))).toEqual([
      "BACKUP_BUCKET",
      "BACKUP_PREFIX",
      "KEEP_LOCAL",
    ]);
    expect(problems(() => restoreOptions({ ...fixture().env(), RESTORE_NAME: "../x" }))).toEqual([
      "RESTORE_NAME",
      "GOCD_VERSION",
    ]);
    expect(storageOf(uploadOptions({ BACKUP_BUCKET: "backups" }), fixture().stop.signal)).toBeDefined();
  });
});
