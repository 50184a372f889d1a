import { createHash } from "node:crypto";
import {
  cpSync,
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
import { dirname, join } from "node:path";
import { manifest } from "../../../images/housekeeping/src/backup/manifest";
import { uploadOptions, storageOf } from "../../../images/housekeeping/src/backup/options";
import { restore } from "../../../images/housekeeping/src/backup/restore";
import { logger } from "../../../images/housekeeping/src/log";
import { moveIn } from "../../../tools/move-in/move-in";
import { StorageStandIn } from "../../support/storage-stand-in/stand-in";
import { zip } from "../../support/storage-stand-in/zip";

const KEY = "canary-Of-The-Old-Server-7Ke";
const CONFIG = `<cruise><server tokenGenerationKey="${KEY}" serverId="old"><security/></server></cruise>`;
const NAME = "backup_20250101-020000";

let root: string;
const at = (...path: string[]) => join(root, ...path);
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "move-in-"));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function written(files: Readonly<Record<string, string | Buffer>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), content);
  }
}

/** What GoCD's own backup leaves. */
const backup = (more: Readonly<Record<string, string | Buffer>> = {}) => {
  written({
    [`${NAME}/version.txt`]: "24.5.0 (19913-abc)",
    [`${NAME}/db.zip`]: zip({ "cruise.mv.db": "history" }),
    [`${NAME}/config-dir.zip`]: zip({ "cruise-config.xml": CONFIG, "cipher.aes": "cipher" }),
    [`${NAME}/config-repo.zip`]: zip({ HEAD: "ref" }),
    [`${NAME}/wrapper-config-dir.zip`]: zip({}),
    ...Object.fromEntries(Object.entries(more).map(([file, content]) => [`${NAME}/${file}`, content])),
  });
  return at(NAME);
};

/** What a stopped server leaves on its volume. */
const volume = (folder: string) => {
  written({
    [`${folder}/config/cruise-config.xml`]: CONFIG,
    [`${folder}/config/cipher.aes`]: "cipher",
    [`${folder}/config/nested/key.pem`]: "k",
    [`${folder}/db/h2db/cruise.mv.db`]: "history",
    [`${folder}/db/config.git/refs/heads/master`]: "1",
    [`${folder}/artifacts/pipelines/build/1/log`]: "x",
  });
};

async function run(...args: string[]) {
  let [stdout, stderr] = ["", ""];
  const status = await moveIn([...args, "--to", at("out")], {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    now: () => new Date("2026-01-02T03:04:05Z"),
  });
  return { status, stdout, stderr };
}

/** Names and contents of all files below a folder. */
const snapshot = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path, readFileSync(path, "base64")]),
  );

/** Copies what is ready to a bucket, as gcloud does, and restores it into an empty disk. */
async function restored(name: string): Promise<string> {
  const google = new StorageStandIn();
  await google.start();
  try {
    const options = uploadOptions({ BACKUP_BUCKET: "backups", STORAGE_URL: google.url, METADATA_URL: google.url });
    const storage = storageOf(options, new AbortController().signal);
    for (const file of readdirSync(at("out", name)))
      await storage.upload(`gocd-dev/${name}/${file}`, at("out", name, file));
    written({
      "seed/cruise-config.xml":
        '<cruise><server tokenGenerationKey="ours"><security><authConfigs><authConfig><property><key>PasswordFilePath</key><value>/etc/gocd-server/passwd</value></property></authConfig></authConfigs><admins><user>admin</user></admins></security></server></cruise>',
    });
    mkdirSync(at("data"));
    await restore({
      name,
      data: at("data"),
      prefix: "gocd-dev/",
      version: "26.1.0",
      seed: at("seed"),
      otherServer: "replace-keys",
      storage,
      log: logger({ write: () => undefined }),
    });
    return at("data");
  } finally {
    await google.stop();
  }
}

test("a backup of GoCD's own is made ready, restored whole, and left as it was", async () => {
  const folder = backup();
  const before = snapshot(folder);
  const { status, stdout, stderr } = await run(folder, "--stack", "prod");
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toContain(`gs://PROJECT-gocd-prod-backups/gocd-prod/`);
  expect(stdout).toContain(`restore: ${NAME}\n       otherServer: replace-keys`);
  expect(snapshot(folder)).toEqual(before);

  const { files, version } = manifest.parse(JSON.parse(readFileSync(at("out", NAME, "manifest.json"), "utf8")));
  expect(version).toBe("24.5.0");
  const database = files.find(({ name }) => name === "db.zip");
  expect(database?.md5).toBe(
    createHash("md5")
      .update(readFileSync(join(folder, "db.zip")))
      .digest("base64"),
  );

  const data = await restored(NAME);
  expect(readFileSync(join(data, "db/h2db/cruise.mv.db"), "utf8")).toBe("history");
  expect(readFileSync(join(data, "config/cipher.aes"), "utf8")).toBe("cipher");
  expect(readFileSync(join(data, "config/cruise-config.xml"), "utf8")).toContain("/etc/gocd-server/passwd");
});

test.each([
  ["kube-gocd's claim", "claim", "claim"],
  ["the volume of the official Helm chart", "pvc/godata", "pvc"],
])("the data of a stopped server is packed from %s", async (_what, folder, named) => {
  volume(folder);
  const before = snapshot(at(named));
  expect(await run(at(named), "--version", "25.3.0")).toMatchObject({ status: 0, stderr: "" });
  expect(snapshot(at(named))).toEqual(before);
  const name = "backup_20260102-030405";
  expect(statSync(at("out", name)).mode & 0o777).toBe(0o700);
  const data = await restored(name);
  expect(readFileSync(join(data, "db/h2db/cruise.mv.db"), "utf8")).toBe("history");
  expect(readFileSync(join(data, "config/nested/key.pem"), "utf8")).toBe("k");
  expect(readFileSync(join(data, "db/config.git/refs/heads/master"), "utf8")).toBe("1");
});

test("a database that has been migrated counts as one of the first version that has its form", async () => {
  volume("claim");
  expect(await run(at("claim"), "--version", "17.6.0", "--migrated")).toMatchObject({ status: 0 });
  expect(readFileSync(at("out/backup_20260102-030405/version.txt"), "utf8")).toBe("20.5.0");
});

test("a key goes to standard output alone, for a pipe", async () => {
  expect(await run(backup(), "--print-key", "tokenGenerationKey")).toEqual({ status: 0, stdout: KEY, stderr: "" });
  expect(existsSync(at("out"))).toBe(false);
});

test("no key is in what is printed otherwise", async () => {
  const { stdout, stderr } = await run(backup());
  expect(stdout + stderr).not.toContain(KEY);
});

describe("what cannot be moved is told in one line", () => {
  test.each<[what: string, make: () => string, args: string[], says: RegExp]>([
    ["no folder", () => at("nothing"), [], /there is no such folder/],
    ["a folder with something else", () => (mkdirSync(at("x")), at("x")), [], /neither a backup of GoCD.*nor its data/],
    [
      "a database of PostgreSQL",
      () => backup({ "db.zip": zip({ "db.psql": "x" }) }),
      [],
      /db.zip has no cruise.mv.db: only H2/,
    ],
    [
      "no configuration",
      () => backup({ "config-dir.zip": zip({ "cipher.aes": "x" }) }),
      [],
      /has no cruise-config.xml/,
    ],
    ["a version that nobody can tell", () => backup({ "version.txt": "N/A" }), [], /--version X.Y.Z/],
    [
      "a version of years ago",
      () => backup({ "version.txt": "17.6.0 (1-a)" }),
      [],
      /gocd-database-migrator, then --migrated/,
    ],
    [
      "data without its cipher",
      () => (volume("claim"), rmSync(at("claim/config/cipher.aes")), at("claim")),
      ["--version", "25.3.0"],
      /without config\/cipher.aes/,
    ],
    ["a key that is not there", () => backup(), ["--print-key", "webhookSecret"], /has no webhookSecret/],
  ])("%s", async (_what, make, args, says) => {
    const { status, stdout, stderr } = await run(make(), ...args);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(says);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  test.each([
    [[], /the argument FOLDER is missing/],
    [["a", "b"], /unexpected argument b/],
    [["a", "--version", "new"], /--version is "new"/],
    [["a", "--print-key", "password"], /wanted is one of tokenGenerationKey/],
    [["a", "--force"], /unknown option --force/],
  ])("a wrong command line: %j", async (args, says) => {
    const { status, stderr } = await run(...args);
    expect(status).toBe(2);
    expect(stderr).toMatch(says);
  });
});

test("help is printed on demand", async () => {
  expect(await run("--help")).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("npm run move-in") as string,
  });
});

test("a copy on another disk is the same backup", async () => {
  cpSync(backup(), at("copy"), { recursive: true });
  await run(at("copy"));
  expect(readdirSync(at("out"))).toEqual(["backup_20260102-030405"]);
});
