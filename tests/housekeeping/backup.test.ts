import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { backupMetrics } from "../../images/housekeeping/src/backup/metrics";
import { compareVersions, versionIn } from "../../images/housekeeping/src/backup/manifest";
import { restoreOptions, storageOf, uploadOptions } from "../../images/housekeeping/src/backup/options";
import { runBackup, runRestore } from "../../images/housekeeping/src/backup/programs";
import { restore } from "../../images/housekeeping/src/backup/restore";
import { lookForBackups } from "../../images/housekeeping/src/backup/upload";
import type { ConfigError } from "../../images/housekeeping/src/config";
import { logger } from "../../images/housekeeping/src/log";
import type { Process } from "../../images/housekeeping/src/main";
import { runOrExit } from "../../images/housekeeping/src/main";
import type { Trouble } from "../support/storage-stand-in/stand-in";
import { StorageStandIn } from "../support/storage-stand-in/stand-in";
import { zip } from "../support/storage-stand-in/zip";
import { until } from "./fixture";

const NAME = "backup_20260101-020000";
const CHUNK = 64;

let google: StorageStandIn;
let disk: string;
let lines: string[];
let stop: AbortController;
let metrics: ReturnType<typeof backupMetrics>;
const log = () => logger({ write: (line) => lines.push(line) });
const env = () => ({ BACKUP_BUCKET: "backups", STORAGE_URL: google.url, METADATA_URL: google.url });

beforeEach(async () => {
  google = new StorageStandIn();
  await google.start();
  disk = mkdtempSync(join(tmpdir(), "disk-"));
  lines = [];
  stop = new AbortController();
  metrics = backupMetrics();
});
afterEach(async () => {
  await google.stop();
  rmSync(disk, { recursive: true });
});

const folder = () => join(disk, "serverBackups");
const storage = (more: Record<string, string> = {}) =>
  storageOf(uploadOptions({ ...env(), REQUEST_TIMEOUT_SECONDS: "0.2", ...more }), stop.signal, {
    chunk: CHUNK,
    tries: 3,
    pause: 1,
  });

/** What GoCD leaves, and the mark of its post-backup script. */
function made(name = NAME, version = "26.1.0 (22543-abc)"): void {
  const path = join(folder(), name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "version.txt"), version);
  writeFileSync(
    join(path, "config-dir.zip"),
    zip({ "cruise-config.xml": "<cruise/>", "cipher.aes": "k", "plugins/": "" }),
  );
  writeFileSync(join(path, "db.zip"), zip({ "cruise.mv.db": "x".repeat(500) }));
  writeFileSync(join(path, "config-repo.zip"), zip({ "refs/heads/master": "1" }));
  writeFileSync(join(path, "wrapper-config-dir.zip"), "");
  writeFileSync(`${path}.ready`, "");
}

const look = (keepLocal = 1) =>
  lookForBackups({
    folder: folder(),
    prefix: "gocd/",
    keepLocal,
    storage: storage(),
    log: log(),
    metrics,
  });
const stored = () => [...google.objects.keys()].sort();
const failure = () => (JSON.parse(lines.at(-1) ?? "{}") as { readonly failure?: string }).failure;
const ALL = [
  "config-dir.zip",
  "config-repo.zip",
  "db.zip",
  "manifest.json",
  "version.txt",
  "wrapper-config-dir.zip",
].map((file) => `gocd/${NAME}/${file}`);

describe("a backup", () => {
  test("is stored whole, with a manifest as its last object", async () => {
    made();
    await look();
    expect(stored()).toEqual(ALL);
    expect([...google.objects.keys()].at(-1)).toBe(`gocd/${NAME}/manifest.json`);
    expect(google.objects.get(`gocd/${NAME}/db.zip`)).toEqual(readFileSync(join(folder(), NAME, "db.zip")));
    expect(lines.at(-1)).toContain(`backup ${NAME} is in the bucket`);
    const seconds = statSync(join(folder(), `${NAME}.stored`)).mtimeMs / 1000;
    expect(await metrics.registry.metrics()).toContain(`gocd_backup_last_success_timestamp_seconds ${seconds}`);
  });

  test("is not touched before GoCD has handed it over", async () => {
    made();
    rmSync(join(folder(), `${NAME}.ready`));
    await look();
    expect(google.requests).toEqual([]);
  });

  test("is stored once", async () => {
    made();
    await look();
    const asked = google.requests.length;
    await look();
    expect(google.requests).toHaveLength(asked);
  });

  test("leaves the disk when newer ones are stored, and not before", async () => {
    made("backup_20251231-020000");
    made();
    google.troubles["begin"] = [];
    await look();
    expect(readdirSync(folder()).sort()).toEqual([NAME, `${NAME}.ready`, `${NAME}.stored`]);
    made("backup_20260102-020000");
    google.troubles["find"] = [403];
    await look();
    expect(existsSync(join(folder(), NAME))).toBe(true);
  });

  test("that cannot be stored holds up no other, and is counted as waiting", async () => {
    made("backup_20251231-020000", "nonsense");
    made("backup_20251231-030000");
    rmSync(join(folder(), "backup_20251231-030000", "version.txt"));
    made();
    expect(await look()).toBe("unexpected");
    expect(stored()).toEqual(ALL);
    expect(lines.filter((line) => line.includes("backup failed"))).toHaveLength(2);
    expect(await metrics.registry.metrics()).toContain("gocd_backup_waiting 2");
  });

  test("does not wait behind others that meet the same: a bucket that is away is asked once", async () => {
    made("backup_20251231-020000");
    made();
    google.troubles["find"] = [403];
    expect(await look()).toBe("forbidden");
    expect(google.requests.filter((request) => request === "find")).toHaveLength(1);
    expect(await metrics.registry.metrics()).toContain("gocd_backup_waiting 2");
    expect(await look()).toBeUndefined();
    expect(await metrics.registry.metrics()).toContain("gocd_backup_waiting 0");
  });

  test("is looked for in a folder; anything else there is reported", async () => {
    writeFileSync(folder(), "");
    expect(await look()).toBe("unexpected");
    expect(lines.at(-1)).toContain("ENOTDIR");
  });

  test("waits quietly while there is none", async () => {
    await look();
    expect(lines).toEqual([]);
  });

  test.each([
    ["an upload that is interrupted", "part", ["half"]],
    ["an upload that is interrupted again and again", "part", ["half", "half", "half", "half", "half"]],
    ["a part that is lost", "part", ["lose"]],
    ["a connection that breaks", "part", ["cut"]],
    ["a server error", "part", [500, 503]],
    ["a server error in between", "ask", [500]],
    ["too many requests", "begin", [429]],
    ["an upload session that has ended", "part", [410]],
    ["a slow answer", "find", ["hang"]],
    ["a metadata server that stumbles", "token", [500]],
  ] as const)("survives %s", async (_what, kind, troubles) => {
    made();
    google.troubles["ask"] = [];
    google.troubles[kind] = [...troubles];
    if (kind === "ask") google.troubles["part"] = [500];
    await look();
    expect(stored()).toEqual(ALL);
    expect(google.objects.get(`gocd/${NAME}/db.zip`)).toEqual(readFileSync(join(folder(), NAME, "db.zip")));
  });

  test("survives a token that expires half-way", async () => {
    made();
    const looked = look();
    await until(() => google.requests.includes("part"));
    google.expireTokens();
    await looked;
    expect(stored()).toEqual(ALL);
    expect(google.tokens).toBeGreaterThan(1);
  });

  test("asks for a token before the old one ends", async () => {
    google.tokenLives = 60;
    made();
    await look();
    expect(google.tokens).toBeGreaterThan(5);
  });

  test.each([
    ["forbidden", { find: [403] }],
    ["unauthorized", { find: [401, 401, 401, 401] }],
    ["unauthorized", { token: [404, 404, 404, 404] }],
    ["unavailable", { begin: [500, 500, 500, 500] }],
    ["unavailable", { part: ["lose", "lose", "lose", "lose"] }],
    ["refused", { begin: [412] }],
    ["missing", { begin: [404] }],
    ["refused", { begin: [204] }],
  ] as const)(
    "that cannot be stored is reported as %s, and stored by a later look",
    async (kind, troubles: Readonly<Record<string, readonly Trouble[]>>) => {
      made();
      for (const [request, list] of Object.entries(troubles)) google.troubles[request] = [...list];
      await look();
      expect(failure()).toBe(kind);
      expect(await metrics.registry.metrics()).toContain(`gocd_backup_failures_total{failure="${kind}"} 1`);
      expect(existsSync(join(folder(), `${NAME}.stored`))).toBe(false);
      await look();
      expect(stored()).toEqual(ALL);
    },
  );

  test("that differs from what the bucket holds is not called stored", async () => {
    made();
    google.objects.set(`gocd/${NAME}/db.zip`, Buffer.from("something else"));
    await look();
    expect(failure()).toBe("different");
    expect(existsSync(join(folder(), `${NAME}.stored`))).toBe(false);
  });

  test("goes on where an earlier look ended without knowing it", async () => {
    made();
    const looked = look();
    await until(() => google.objects.has(`gocd/${NAME}/db.zip`));
    stop.abort();
    await looked;
    expect(failure()).toBe("stopped");
    stop = new AbortController();
    await look();
    expect(stored()).toEqual(ALL);
  });

  test("without a readable version is refused", async () => {
    made(NAME, "nonsense");
    await look();
    expect(failure()).toBe("refused");
    rmSync(join(folder(), NAME, "version.txt"));
    mkdirSync(join(folder(), NAME, "version.txt"));
    await look();
    expect(failure()).toBe("unexpected");
  });
});

describe("a restore", () => {
  const data = () => join(disk, "godata");
  const put = (name = NAME, version = "26.1.0") =>
    restore({ name, data: data(), prefix: "gocd/", version, storage: storage(), log: log() });
  const at = (path: string) => readFileSync(join(data(), path), "utf8");

  beforeEach(async () => {
    made();
    await look();
    mkdirSync(data());
  });

  test("puts configuration, database and history in their places on an empty disk", async () => {
    await put();
    expect(at("config/cruise-config.xml")).toBe("<cruise/>");
    expect(at("config/cipher.aes")).toBe("k");
    expect(at("db/h2db/cruise.mv.db")).toBe("x".repeat(500));
    expect(at("db/config.git/refs/heads/master")).toBe("1");
    expect(at(".restored-from")).toBe(`${NAME}\n`);
    expect(existsSync(join(data(), ".restore"))).toBe(false);
  });

  test.each(["config/cruise-config.xml", "config/cipher.aes"])(
    "lets nobody but GoCD read %s, as first boot does",
    async (file) => {
      await put();
      expect((statSync(join(data(), file)).mode & 0o777).toString(8)).toBe("600");
    },
  );

  test("does nothing when the setting stays", async () => {
    await put();
    writeFileSync(join(data(), "config/cruise-config.xml"), "changed since");
    await put();
    expect(at("config/cruise-config.xml")).toBe("changed since");
    expect(lines.at(-1)).toContain("nothing to do");
  });

  test("refuses a disk on which a server has run", async () => {
    mkdirSync(join(data(), "config"));
    writeFileSync(join(data(), "config/cruise-config.xml"), "theirs");
    await expect(put()).rejects.toThrow("this disk has data of a server that has run (config/cruise-config.xml)");
    expect(at("config/cruise-config.xml")).toBe("theirs");
  });

  test("refuses a disk that was restored from another backup", async () => {
    await put();
    await expect(put("backup_20260102-020000")).rejects.toThrow(`this disk has data of ${NAME}`);
  });

  test("refuses a backup of a newer GoCD, and takes one of an older", async () => {
    await expect(put(NAME, "25.4.0")).rejects.toThrow("made by GoCD 26.1.0, and this is 25.4.0");
    await put(NAME, "26.2.0");
    expect(at("config/cipher.aes")).toBe("k");
  });

  test("refuses a backup that is not there, or not complete", async () => {
    await expect(put("backup_20200101-000000")).rejects.toThrow("no complete backup of that name");
    google.objects.delete(`gocd/${NAME}/manifest.json`);
    await expect(put()).rejects.toThrow("manifest.json is missing");
    expect(readdirSync(data())).toEqual([".restore"]);
  });

  test("refuses a backup without a database", async () => {
    const manifest = { name: NAME, version: "26.1.0", files: [] };
    google.objects.set(`gocd/${NAME}/manifest.json`, Buffer.from(JSON.stringify(manifest)));
    await expect(put()).rejects.toThrow("has no config-dir.zip, db.zip, config-repo.zip");
  });

  test.each([["half"], ["hang"], ["cut"], [500], [401]] as const)(
    "survives a download that goes wrong (%s)",
    async (trouble) => {
      google.troubles["media"] = [trouble, trouble];
      await put();
      expect(at("db/h2db/cruise.mv.db")).toBe("x".repeat(500));
    },
  );

  test("puts nothing in place when what arrives is not what was stored", async () => {
    google.objects.set(`gocd/${NAME}/db.zip`, Buffer.from("rotten"));
    await expect(put()).rejects.toThrow("what arrived is not what was stored");
    expect(readdirSync(data())).toEqual([".restore"]);
    google.troubles["media"] = [403];
    await expect(put()).rejects.toThrow("403");
  });

  test("does not let an archive write outside its folder", async () => {
    const evil = zip({ "../../escaped": "x" });
    writeFileSync(join(folder(), NAME, "db.zip"), evil);
    for (const key of [...google.objects.keys()]) google.objects.delete(key);
    rmSync(join(folder(), `${NAME}.stored`));
    await look();
    await expect(put()).rejects.toThrow(/escaped|relative path/);
    expect(existsSync(join(disk, "escaped"))).toBe(false);
  });

  test("starts again after an interruption while it fetched", async () => {
    google.troubles["media"] = ["half"];
    const interrupted = put();
    await until(() => google.requests.includes("media"));
    stop.abort();
    await expect(interrupted).rejects.toThrow("stops");
    stop = new AbortController();
    await put();
    expect(at("config/cipher.aes")).toBe("k");
  });

  test("finishes after an interruption while it moved things in place", async () => {
    await put();
    rmSync(join(data(), ".restored-from"));
    mkdirSync(join(data(), ".restore/db/h2db"), { recursive: true });
    writeFileSync(join(data(), ".restore/complete"), NAME);
    writeFileSync(join(data(), ".restore/db/h2db/late"), "late");
    await put();
    expect(at("db/h2db/late")).toBe("late");
    expect(at(".restored-from")).toBe(`${NAME}\n`);
  });
});

describe("the programs", () => {
  function fake(
    more: Record<string, string>,
  ): Process & { readonly statuses: number[]; readonly signals: Map<string, () => void> } {
    const statuses: number[] = [];
    const signals = new Map<string, () => void>();
    const once = (signal: string, listener: () => void): unknown => signals.set(signal, listener);
    return { env: { ...env(), ...more }, statuses, signals, once, exit: (status) => statuses.push(status) };
  }

  test("store a backup, show it, and stop when they are told to", async () => {
    made();
    const process = fake({ BACKUP_FOLDER: folder(), PORT: "0", INTERVAL_SECONDS: "60" });
    const running = runOrExit(process, log(), runBackup);
    await until(() => lines.some((line) => line.includes("is in the bucket")));
    const { port } = JSON.parse(lines[0] ?? "") as { readonly port: number };
    expect(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).toContain("gocd_backup_stored_total 1");
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
    process.signals.get("SIGTERM")?.();
    await running;
    expect(process.statuses).toEqual([0]);
  });

  test("are unhealthy while the last look failed, and say why", async () => {
    made();
    google.troubles["find"] = [403];
    const process = fake({ BACKUP_FOLDER: folder(), PORT: "0", INTERVAL_SECONDS: "0.5" });
    const running = runOrExit(process, log(), runBackup);
    const health = async (): Promise<string> => {
      const { port } = JSON.parse(lines[0] ?? "") as { readonly port: number };
      const response = await fetch(`http://127.0.0.1:${port}/healthz`);
      return `${response.status} ${await response.text()}`;
    };
    await until(() => lines.some((line) => line.includes("backup failed")));
    expect(await health()).toBe("503 backup failed: forbidden");
    await until(async () => (await health()) === "200 ok");
    process.signals.get("SIGTERM")?.();
    await running;
  });

  test("restore, and end with status 0", async () => {
    made();
    await look();
    const wanted = {
      RESTORE_NAME: NAME,
      DATA_FOLDER: join(disk, "godata"),
      GOCD_VERSION: "26.1.0",
      BACKUP_PREFIX: "gocd/",
    };
    const process = fake(wanted);
    await runOrExit(process, log(), runRestore);
    expect(process.statuses).toEqual([0]);
    mkdirSync(join(disk, "other/config"), { recursive: true });
    writeFileSync(join(disk, "other/config/cruise-config.xml"), "");
    const refused = fake({ ...wanted, DATA_FOLDER: join(disk, "other") });
    await runOrExit(refused, log(), runRestore);
    expect(refused.statuses).toEqual([1]);
    expect(lines.at(-1)).toContain("this disk has data");
  });

  test("stop restoring when they are told to", async () => {
    google.troubles["find"] = ["hang"];
    const process = fake({ RESTORE_NAME: NAME, DATA_FOLDER: join(disk, "godata"), GOCD_VERSION: "26.1.0" });
    const running = runOrExit(process, log(), runRestore);
    await until(() => google.requests.includes("find"));
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
    expect(problems(() => restoreOptions({ ...env(), RESTORE_NAME: "../x" }))).toEqual([
      "RESTORE_NAME",
      "GOCD_VERSION",
    ]);
    expect(storageOf(uploadOptions({ BACKUP_BUCKET: "backups" }), stop.signal)).toBeDefined();
  });
});

describe("versions", () => {
  test("are compared part by part", () => {
    expect(compareVersions("26.1.0", "26.1.0")).toBe(0);
    expect(compareVersions("26.10.0", "26.9.0")).toBeGreaterThan(0);
    expect(compareVersions("25.4.0", "26.1.0")).toBeLessThan(0);
  });

  test("are at the start of GoCD's version.txt", () => {
    expect(versionIn("26.1.0 (22543-abc)\n")).toBe("26.1.0");
    expect(versionIn("nonsense")).toBeUndefined();
  });
});
