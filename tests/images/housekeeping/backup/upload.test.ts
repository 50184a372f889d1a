import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Trouble } from "../../../support/storage-stand-in/stand-in";
import { until } from "../fixture";
import { ALL, NAME, useBackupFixture } from "./fixture";

const fixture = useBackupFixture();

describe("a backup", () => {
  test("is stored whole, with a manifest as its last object", async () => {
    fixture().made();
    await fixture().look();
    expect(fixture().stored()).toEqual(ALL);
    expect([...fixture().google.objects.keys()].at(-1)).toBe(`gocd/${NAME}/manifest.json`);
    expect(fixture().google.objects.get(`gocd/${NAME}/db.zip`)).toEqual(
      readFileSync(join(fixture().folder(), NAME, "db.zip")),
    );
    expect(fixture().lines.at(-1)).toContain(`backup ${NAME} is in the bucket`);
    const seconds = statSync(join(fixture().folder(), `${NAME}.stored`)).mtimeMs / 1000;
    expect(await fixture().metrics.registry.metrics()).toContain(
      `gocd_backup_last_success_timestamp_seconds ${seconds}`,
    );
  });

  test("is not touched before GoCD has handed it over", async () => {
    fixture().made();
    rmSync(join(fixture().folder(), `${NAME}.ready`));
    await fixture().look();
    expect(fixture().google.requests).toEqual([]);
  });

  test("is stored once", async () => {
    fixture().made();
    await fixture().look();
    const asked = fixture().google.requests.length;
    await fixture().look();
    expect(fixture().google.requests).toHaveLength(asked);
  });

  test("leaves the disk when newer ones are stored, and not before", async () => {
    fixture().made("backup_20251231-020000");
    fixture().made();
    fixture().google.troubles["begin"] = [];
    await fixture().look();
    expect(readdirSync(fixture().folder()).sort()).toEqual([NAME, `${NAME}.ready`, `${NAME}.stored`]);
    fixture().made("backup_20260102-020000");
    fixture().google.troubles["find"] = [403];
    await fixture().look();
    expect(existsSync(join(fixture().folder(), NAME))).toBe(true);
  });

  test("that cannot be stored holds up no other, and is counted as waiting", async () => {
    fixture().made("backup_20251231-020000", "nonsense");
    fixture().made("backup_20251231-030000");
    rmSync(join(fixture().folder(), "backup_20251231-030000", "version.txt"));
    fixture().made();
    expect(await fixture().look()).toBe("unexpected");
    expect(fixture().stored()).toEqual(ALL);
    expect(fixture().lines.filter((line) => line.includes("backup failed"))).toHaveLength(2);
    expect(await fixture().metrics.registry.metrics()).toContain("gocd_backup_waiting 2");
  });

  test("does not wait behind others that meet the same: a bucket that is away is asked once", async () => {
    fixture().made("backup_20251231-020000");
    fixture().made();
    fixture().google.troubles["find"] = [403];
    expect(await fixture().look()).toBe("forbidden");
    expect(fixture().google.requests.filter((request) => request === "find")).toHaveLength(1);
    expect(await fixture().metrics.registry.metrics()).toContain("gocd_backup_waiting 2");
    expect(await fixture().look()).toBeUndefined();
    expect(await fixture().metrics.registry.metrics()).toContain("gocd_backup_waiting 0");
  });

  test("is looked for in a folder; anything else there is reported", async () => {
    writeFileSync(fixture().folder(), "");
    expect(await fixture().look()).toBe("unexpected");
    expect(fixture().lines.at(-1)).toContain("ENOTDIR");
  });

  test("waits quietly while there is none", async () => {
    await fixture().look();
    expect(fixture().lines).toEqual([]);
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
    fixture().made();
    fixture().google.troubles["ask"] = [];
    fixture().google.troubles[kind] = [...troubles];
    if (kind === "ask") fixture().google.troubles["part"] = [500];
    await fixture().look();
    expect(fixture().stored()).toEqual(ALL);
    expect(fixture().google.objects.get(`gocd/${NAME}/db.zip`)).toEqual(
      readFileSync(join(fixture().folder(), NAME, "db.zip")),
    );
  });

  test("survives a token that expires half-way", async () => {
    fixture().made();
    const looked = fixture().look();
    await until(() => fixture().google.requests.includes("part"));
    fixture().google.expireTokens();
    await looked;
    expect(fixture().stored()).toEqual(ALL);
    expect(fixture().google.tokens).toBeGreaterThan(1);
  });

  test("asks for a token before the old one ends", async () => {
    fixture().google.tokenLives = 60;
    fixture().made();
    await fixture().look();
    expect(fixture().google.tokens).toBeGreaterThan(5);
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
      fixture().made();
      for (const [request, list] of Object.entries(troubles)) fixture().google.troubles[request] = [...list];
      await fixture().look();
      expect(fixture().failure()).toBe(kind);
      expect(await fixture().metrics.registry.metrics()).toContain(`gocd_backup_failures_total{failure="${kind}"} 1`);
      expect(existsSync(join(fixture().folder(), `${NAME}.stored`))).toBe(false);
      await fixture().look();
      expect(fixture().stored()).toEqual(ALL);
    },
  );

  test("that differs from what the bucket holds is not called stored", async () => {
    fixture().made();
    fixture().google.objects.set(`gocd/${NAME}/db.zip`, Buffer.from("something else"));
    await fixture().look();
    expect(fixture().failure()).toBe("different");
    expect(existsSync(join(fixture().folder(), `${NAME}.stored`))).toBe(false);
  });

  test("goes on where an earlier look ended without knowing it", async () => {
    fixture().made();
    const looked = fixture().look();
    await until(() => fixture().google.objects.has(`gocd/${NAME}/db.zip`));
    fixture().stop.abort();
    await looked;
    expect(fixture().failure()).toBe("stopped");
    fixture().stop = new AbortController();
    await fixture().look();
    expect(fixture().stored()).toEqual(ALL);
  });

  test("without a readable version is refused", async () => {
    fixture().made(NAME, "nonsense");
    await fixture().look();
    expect(fixture().failure()).toBe("refused");
    rmSync(join(fixture().folder(), NAME, "version.txt"));
    mkdirSync(join(fixture().folder(), NAME, "version.txt"));
    await fixture().look();
    expect(fixture().failure()).toBe("unexpected");
  });
});
