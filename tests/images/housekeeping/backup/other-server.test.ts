import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cruiseConfig } from "../../../../components/server/cruise-config";
import { backupMetrics } from "../../../../images/housekeeping/src/backup/metrics";
import { uploadOptions, storageOf } from "../../../../images/housekeeping/src/backup/options";
import {
  adapted,
  keyIn,
  openingPlugin,
  type OtherServer,
} from "../../../../images/housekeeping/src/backup/other-server";
import { restore } from "../../../../images/housekeeping/src/backup/restore";
import { lookForBackups } from "../../../../images/housekeeping/src/backup/upload";
import { logger } from "../../../../images/housekeeping/src/log";
import { StorageStandIn } from "../../../support/storage-stand-in/stand-in";
import { zip } from "../../../support/storage-stand-in/zip";

const NAME = "backup_20260101-020000";
const PASSWORD_FILE = "/etc/gocd-server/passwd";
const LOGIN = `<authConfig id="passwords" pluginId="cd.go.authentication.passwordfile"><property><key>PasswordFilePath</key><value>${PASSWORD_FILE}</value></property></authConfig>`;
const SEED = cruiseConfig({
  serverId: "ours",
  tokenGenerationKey: "our-key",
  webhookSecret: "ours",
  autoRegisterKey: "ours",
  passwordFile: PASSWORD_FILE,
  admins: ["admin", "housekeeping"],
  siteUrl: "http://127.0.0.1:8153",
  backupSchedule: "0 0 2 * * ?",
  postBackupScript: "",
  purge: { start: 1, upto: 2 },
  environments: [],
});

/** The configuration of a server on a virtual machine, with a log-in and an administrator of its own. */
const THEIRS = `<?xml version="1.0" encoding="utf-8"?>
<cruise xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="cruise-config.xsd" schemaVersion="139">
  <server agentAutoRegisterKey="theirs" serverId="theirs" tokenGenerationKey="their-key" webhookSecret="theirs">
    <!-- <security><admins><user>admin</user></admins></security> -->
    <artifacts><artifactsDir>/var/lib/go-server/artifacts</artifactsDir></artifacts>
    <security>
      <authConfigs>
        <authConfig id="passwords" pluginId="cd.go.authentication.passwordfile">
          <property><key>PasswordFilePath</key><value>/etc/go/passwd</value></property>
        </authConfig>
      </authConfigs>
      <admins><user>Admin</user><role>owners</role></admins>
    </security>
  </server>
  <pipelines group="team"><authorization><admins><user>dora</user></admins></authorization></pipelines>
</cruise>
`;

describe("the configuration of another server", () => {
  test("gets this one's log-in and administrators beside its own, and keeps the rest to the letter", () => {
    expect(adapted(THEIRS, SEED)).toBe(
      THEIRS.replace("/var/lib/go-server/artifacts", "artifacts")
        .replace("/etc/go/passwd", "/godata/config/passwd")
        .replace("<authConfigs>", `<authConfigs>${LOGIN.replace('"passwords"', '"stack-passwords"')}`)
        .replace("<admins><user>Admin", "<admins><user>housekeeping</user><user>Admin"),
    );
  });

  test("is the same after a second time", () => {
    const once = adapted(THEIRS, SEED);
    expect(adapted(once, SEED)).toBe(once);
  });

  test.each([
    ["has no security", '<cruise><server tokenGenerationKey="k"><artifacts/></server></cruise>'],
    ["has an empty server", '<cruise><server tokenGenerationKey="k" /></cruise>'],
    ["has an empty security", '<cruise><server tokenGenerationKey="k"><security/></server></cruise>'],
    [
      "has no administrators",
      '<cruise><server tokenGenerationKey="k"><security><admins/></security></server></cruise>',
    ],
    [
      "has a security that is none",
      '<cruise><server tokenGenerationKey="k"><![CDATA[<security></security>]]></server></cruise>',
    ],
    ["has no server", "<cruise><pipelines/></cruise>"],
  ])("is closed when it %s", (_what, config) => {
    const closed = adapted(config, SEED);
    expect(closed).toContain(LOGIN);
    const security = /<security[^/]*?>(.*)<\/security>/.exec(closed.replace(/<!\[CDATA.*?\]\]>/, ""))?.[1] ?? "";
    expect(security).toContain(`<authConfigs>${LOGIN}</authConfigs>`);
    expect(security).toMatch(/<admins><user>housekeeping<\/user><user>admin<\/user><\/admins>/);
    expect(closed.replace(/<security.*<\/security>/, "")).not.toMatch(/<admins>/);
  });

  test("of years ago loses the absolute folder of its artifacts", () => {
    const old = '<cruise schemaVersion="98"><server artifactsdir="/data/artifacts" purgeStart="5"/></cruise>';
    expect(adapted(old, SEED)).toContain('<server artifactsdir="artifacts" purgeStart="5">');
  });

  test("tells its key, and none where there is none", () => {
    expect(keyIn(THEIRS, "tokenGenerationKey")).toBe("their-key");
    expect(keyIn("<cruise/>", "tokenGenerationKey")).toBeUndefined();
    expect(
      keyIn('<cruise><!-- <server tokenGenerationKey="x"/> --><server/></cruise>', "tokenGenerationKey"),
    ).toBeUndefined();
  });
});

describe("a backup of another server", () => {
  let google: StorageStandIn;
  let disk: string;
  const lines: string[] = [];
  const storage = () =>
    storageOf(
      uploadOptions({ BACKUP_BUCKET: "backups", STORAGE_URL: google.url, METADATA_URL: google.url }),
      new AbortController().signal,
    );
  const log = logger({ write: (line) => lines.push(line) });
  const at = (...path: string[]) => join(disk, ...path);

  beforeEach(async () => {
    google = new StorageStandIn();
    await google.start();
    disk = mkdtempSync(join(tmpdir(), "disk-"));
    for (const folder of ["seed", "data"]) mkdirSync(at(folder));
  });
  afterEach(async () => {
    await google.stop();
    rmSync(disk, { recursive: true });
  });

  async function stored({ config = THEIRS, version = "24.5.0", database = "cruise.mv.db" } = {}): Promise<void> {
    const folder = at("serverBackups", NAME);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "version.txt"), `${version} (1-abc)`);
    writeFileSync(
      join(folder, "config-dir.zip"),
      zip({ "cruise-config.xml": config, "cipher.aes": "their-cipher", passwd: "dora:x" }),
    );
    writeFileSync(join(folder, "db.zip"), zip({ [database]: "their users and history" }));
    writeFileSync(join(folder, "config-repo.zip"), zip({ HEAD: "1" }));
    writeFileSync(`${folder}.ready`, "");
    const metrics = backupMetrics();
    await lookForBackups({
      folder: at("serverBackups"),
      prefix: "gocd/",
      keepLocal: 1,
      storage: storage(),
      log,
      metrics,
    });
  }

  const restored = (otherServer?: OtherServer, seed = SEED) => {
    writeFileSync(at("seed", "cruise-config.xml"), seed);
    return restore({
      name: NAME,
      data: at("data"),
      prefix: "gocd/",
      version: "26.1.0",
      seed: at("seed"),
      otherServer,
      storage: storage(),
      log,
    });
  };
  const marker = () => at("data/config/.keys-after-migration");

  test("is refused as long as nobody has accepted it", async () => {
    await stored();
    await expect(restored()).rejects.toThrow(/made by another server.*gocd:backup.otherServer.*move-in.md/s);
    expect(existsSync(at("data/config"))).toBe(false);
  });

  test("comes with configuration, history, users and cipher, and this stack's keys take the place of its own", async () => {
    await stored();
    await restored("replace-keys");
    expect(readFileSync(at("data/config/cruise-config.xml"), "utf8")).toBe(adapted(THEIRS, SEED));
    expect(statSync(at("data/config/cruise-config.xml")).mode & 0o777).toBe(0o600);
    expect(readFileSync(at("data/config/cipher.aes"), "utf8")).toBe("their-cipher");
    expect(readFileSync(at("data/config/passwd"), "utf8")).toBe("dora:x");
    expect(readFileSync(at("data/db/h2db/cruise.mv.db"), "utf8")).toBe("their users and history");
    expect(readFileSync(marker(), "utf8").trim().split(" ")).toEqual([
      "serverId",
      "tokenGenerationKey",
      "webhookSecret",
      "agentAutoRegisterKey",
    ]);
  });

  test("keeps its keys where the stack has been given them", async () => {
    await stored();
    await restored("adopt-keys", SEED.replace("our-key", "their-key"));
    expect(keyIn(readFileSync(at("data/config/cruise-config.xml"), "utf8"), "tokenGenerationKey")).toBe("their-key");
    expect(readFileSync(at("data/config/cruise-config.xml"), "utf8")).toContain(PASSWORD_FILE);
    expect(existsSync(marker())).toBe(false);
  });

  test("is refused where its keys are to be adopted and the stack has others", async () => {
    await stored();
    await expect(restored("adopt-keys")).rejects.toThrow(/serverSecrets.keys.tokenGenerationKey is not that of backup/);
  });

  test("is refused with a log-in by a plugin that asks for none, unless it is in a comment", async () => {
    const guest = `<authConfig id='guest'\n pluginId='cd.go.contrib.authorization.guest'/>`;
    await stored({ config: THEIRS.replace("<authConfigs>", `<authConfigs>${guest}`) });
    await expect(restored("replace-keys")).rejects.toThrow(
      /log-in by cd\.go\.contrib\.authorization\.guest, which asks/,
    );
    expect(existsSync(at("data/config"))).toBe(false);
    expect(openingPlugin(THEIRS.replace("<authConfigs>", `<authConfigs><!-- ${guest} -->`))).toBeUndefined();
  });

  test("of a version whose database has another form is refused", async () => {
    await stored({ version: "17.6.0" });
    await expect(restored("replace-keys")).rejects.toThrow(/GoCD 17.6.0, whose database has another form/);
  });

  test("with a database that is not H2's is refused", async () => {
    await stored({ database: "db.psql" });
    await expect(restored("replace-keys")).rejects.toThrow(/no H2 database/);
  });

  test("that is none needs nobody's word, and is not edited", async () => {
    const own = SEED.replace("our-key", "their-key");
    await stored({ config: own });
    await restored(undefined, own);
    expect(readFileSync(at("data/config/cruise-config.xml"), "utf8")).toBe(own);
  });
});
