import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { restore } from "../../../../images/housekeeping/src/backup/restore";
import { zip } from "../../../support/storage-stand-in/zip";
import { until } from "../fixture";
import { CONFIG, NAME, useBackupFixture } from "./fixture";

const fixture = useBackupFixture();

describe("a restore", () => {
  const data = () => join(fixture().disk, "godata");
  const put = (name = NAME, version = "26.1.0") =>
    restore({
      name,
      data: data(),
      prefix: "gocd/",
      version,
      seed: fixture().seed(),
      storage: fixture().storage(),
      log: fixture().log(),
    });
  const at = (path: string) => readFileSync(join(data(), path), "utf8");

  beforeEach(async () => {
    fixture().made();
    await fixture().look();
    mkdirSync(data());
  });

  test("puts configuration, database and history in their places on an empty disk", async () => {
    await put();
    expect(at("config/cruise-config.xml")).toBe(CONFIG);
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
    expect(fixture().lines.at(-1)).toContain("nothing to do");
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
    fixture().google.objects.delete(`gocd/${NAME}/manifest.json`);
    await expect(put()).rejects.toThrow("manifest.json is missing");
    expect(readdirSync(data())).toEqual([".restore"]);
  });

  test("refuses a backup without a database", async () => {
    const manifest = { name: NAME, version: "26.1.0", files: [] };
    fixture().google.objects.set(`gocd/${NAME}/manifest.json`, Buffer.from(JSON.stringify(manifest)));
    await expect(put()).rejects.toThrow("has no config-dir.zip, db.zip, config-repo.zip");
  });

  test.each([["half"], ["hang"], ["cut"], [500], [401]] as const)(
    "survives a download that goes wrong (%s)",
    async (trouble) => {
      fixture().google.troubles["media"] = [trouble, trouble];
      await put();
      expect(at("db/h2db/cruise.mv.db")).toBe("x".repeat(500));
    },
  );

  test("puts nothing in place when what arrives is not what was stored", async () => {
    fixture().google.objects.set(`gocd/${NAME}/db.zip`, Buffer.from("rotten"));
    await expect(put()).rejects.toThrow("what arrived is not what was stored");
    expect(readdirSync(data())).toEqual([".restore"]);
    fixture().google.troubles["media"] = [403];
    await expect(put()).rejects.toThrow("403");
  });

  test("does not let an archive write outside its folder", async () => {
    const evil = zip({ "../../../escaped": "x" });
    writeFileSync(join(fixture().folder(), NAME, "db.zip"), evil);
    for (const key of [...fixture().google.objects.keys()]) fixture().google.objects.delete(key);
    rmSync(join(fixture().folder(), `${NAME}.stored`));
    await fixture().look();
    await expect(put()).rejects.toThrow(/escaped|relative path/);
    expect(existsSync(join(fixture().disk, "escaped"))).toBe(false);
  });

  test("starts again after an interruption while it fetched", async () => {
    fixture().google.troubles["media"] = ["half"];
    const interrupted = put();
    await until(() => fixture().google.requests.includes("media"));
    fixture().stop.abort();
    await expect(interrupted).rejects.toThrow("stops");
    fixture().stop = new AbortController();
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
