import { readdirSync } from "node:fs";
import path from "node:path";
import {
  BACKUP_NAMESPACE,
  copyDisk,
  DATA,
  deployBackupStack,
  isStored,
  onServer,
  removeBackupStack,
  serverReady,
  serverSays,
  stopServer,
  storedObjects,
  storeFolder,
  storeText,
  troubleStorage,
  type BackupChange,
} from "../../backup-stack";
import { askServer, backUp, forgetPasswords, SERVER_BACKUPS } from "../../server";
import { get } from "../../../kubernetes/api";
import { kubectl } from "../../../kubernetes/kubectl";
import { loseDisk } from "../../../kubernetes/disks";
import { ROOT } from "../../../kubernetes/paths";
import { eventually, run } from "../../../kubernetes/run";
import { OWN_CLUSTER } from "../../test-images";
import { bringArtifacts, CONSOLE, copyOut, leaveOldServer, removeOldServer, replicas, SAID } from "./old-server";
import { addEnvironment, emptyDisk, environments, refusal } from "./server-data";
import { deletePods } from "../../../kubernetes/delete-pods";

const AT = { namespace: BACKUP_NAMESPACE };
const NEWER = { name: "backup_20980101-000000", version: "99.1.0", files: [] };

// An external cluster runs the real ones, which cannot be told how to behave.
(OWN_CLUSTER ? describe : describe.skip)("beside the stand-ins of server and bucket,", () => {
  beforeAll(async () => {
    await deployBackupStack();
    await serverReady();
  }, 300_000);

  afterAll(async () => {
    await removeOldServer();
    await removeBackupStack();
  }, 180_000);

  /** Makes another backup and returns its name once GoCD has handed it over. */
  async function handOver(): Promise<string> {
    // Their names count seconds.
    const known = await onServer(`ls ${SERVER_BACKUPS} 2>/dev/null || true; sleep 1`);
    const name = await backUp(BACKUP_NAMESPACE);
    expect(known).not.toContain(name);
    return name;
  }

  const stored = (name: string) => eventually(`${name} in the bucket`, () => isStored(name), 90_000);

  describe("a backup", () => {
    test("is in the bucket with every file as it is on the disk, and a manifest that says so", async () => {
      const name = await handOver();
      await stored(name);
      const onDisk = await onServer(`cd ${SERVER_BACKUPS}/${name}; md5sum *`);
      const sums = onDisk.split("\n").map((line) => {
        const [sum = "", file = ""] = line.split(/\s+/);
        return [`${name}/${file}`, Buffer.from(sum, "hex").toString("base64")];
      });
      const objects = (await storedObjects()).filter((object) => object.name.startsWith(`${name}/`));
      const inBucket = new Map(objects.map((object) => [object.name, object.md5Hash]));
      expect(inBucket.delete(`${name}/manifest.json`)).toBe(true);
      expect(Object.fromEntries(inBucket)).toEqual(Object.fromEntries(sums));
      expect(sums).toHaveLength(5);
    });

    test("keeps the server from nobody while it is copied", async () => {
      await troubleStorage({ part: ["hang", "hang"] });
      const name = await handOver();
      expect(await isStored(name)).toBeUndefined();
      expect((await askServer({ ...AT, path: "/go/api/agents", version: 7 })).status).toBe(200);
      await stored(name);
    });

    test("goes from the disk when a younger one is in the bucket, and stays there", async () => {
      const older = await handOver();
      await stored(older);
      const younger = await handOver();
      await stored(younger);
      await eventually("the older one to go", async () =>
        (await onServer(`ls -A ${SERVER_BACKUPS}`)).includes(older) ? undefined : true,
      );
      expect((await onServer(`ls ${SERVER_BACKUPS}`)).split("\n")).toContain(younger);
      expect(await isStored(older)).toBe(true);
    });

    test.each([
      ["the upload is interrupted", { part: ["half", "cut"] }],
      ["a part gets lost", { part: ["lose"] }],
      ["the storage fails", { begin: [500, 503], part: [500] }],
      ["the storage is silent", { begin: ["hang"], part: ["hang"] }],
      ["the token has expired", { begin: ["expire"], part: ["expire"] }],
      ["the token is refused", { find: [401], begin: [401] }],
      ["no token is to be had", { token: [500], begin: ["expire"] }],
    ])("arrives though %s", async (_what, troubles) => {
      await troubleStorage(troubles);
      await stored(await handOver());
      expect(await serverSays("backup", /is in the bucket/)).not.toBe("");
    });

    test("that may not be stored is seen in the log, in the metrics and in the pod's events, and is stored once it may", async () => {
      await troubleStorage({ begin: Array(60).fill(403) });
      const name = await handOver();
      expect(await serverSays("backup", /backup failed: .*403/)).toContain('"failure":"forbidden"');
      const metrics = await onServer("curl --silent --fail http://127.0.0.1:8081/metrics");
      expect(metrics).toMatch(/^gocd_backup_failures_total\{failure="forbidden"\} [1-9]/m);
      expect(metrics).toMatch(/^gocd_backup_waiting 1$/m);
      await eventually("an event", async () =>
        (await kubectl(["events", "-n", BACKUP_NAMESPACE, "--for=pod/gocd-server-0", "--types=Warning"])).includes(
          "Liveness probe failed: HTTP probe failed with statuscode: 503",
        )
          ? true
          : undefined,
      );
      await troubleStorage({ begin: [] });
      await stored(name);
    });

    test("is sent without any key", async () => {
      const found = await get<{
        readonly spec: {
          readonly containers: readonly {
            readonly name: string;
            readonly env: readonly { readonly name: string }[];
            readonly volumeMounts: readonly { readonly name: string }[];
          }[];
        };
      }>("pod/gocd-server-0", BACKUP_NAMESPACE);
      const sidecar = found.spec.containers.find(({ name }) => name === "backup");
      expect(sidecar?.volumeMounts.map(({ name }) => name)).toEqual(["artifacts"]);
      expect(sidecar?.env.map(({ name }) => name)).not.toContain("GOOGLE_APPLICATION_CREDENTIALS");
    });
  });

  describe("a restore from a backup", () => {
    let name: string;

    const restored = async (restore: string) => {
      await deployBackupStack({ restore });
      await serverReady();
    };
    beforeAll(async () => {
      await addEnvironment("in-the-backup");
      name = await handOver();
      await stored(name);
      await addEnvironment("after-the-backup");
    }, 120_000);

    test("brings the server back on an empty disk, by one setting", async () => {
      await emptyDisk();
      await restored(name);
      expect(await environments()).toContain("in-the-backup");
      expect(await environments()).not.toContain("after-the-backup");
      expect((await askServer({ ...AT, path: "/go/api/agents", version: 7, as: "nobody" })).status).toBe(401);
    });

    test("is done once: the setting may stay, and what came since is kept", async () => {
      await addEnvironment("since-the-restore");
      await deletePods(BACKUP_NAMESPACE, "gocd-server-0");
      await serverReady();
      expect(await serverSays("restore", /nothing to do/)).toContain(name);
      expect(await environments()).toContain("since-the-restore");
    });

    test("is refused where the disk has other data, which is left alone", async () => {
      await restored(name);
      const before = await onServer("cat /godata/config/cruise-config.xml");
      await deployBackupStack({ restore: "backup_20990101-000000" });
      await deletePods(BACKUP_NAMESPACE, "gocd-server-0", "--ignore-not-found");
      expect(await refusal()).toContain("is restored into an empty disk only");
      await restored(name);
      expect(await onServer("cat /godata/config/cruise-config.xml")).toBe(before);
      expect(await environments()).toContain("since-the-restore");
    });

    test("is refused from a newer GoCD", async () => {
      await storeText("backup_20980101-000000/manifest.json", JSON.stringify(NEWER));
      await emptyDisk();
      await deployBackupStack({ restore: "backup_20980101-000000" });
      expect(await refusal()).toMatch(/was made by GoCD 99\.1\.0, and this is .*: an older GoCD cannot read its data/);
    });

    test("goes on after the storage has failed, and ends as if it had not", async () => {
      await emptyDisk();
      await troubleStorage({ media: ["none", "half", 500, "cut", "hang"], find: ["expire"] });
      await restored(name);
      expect(await environments()).toContain("in-the-backup");
    });
  });

  describe("a restore from a snapshot of the disk", () => {
    const restored = { drill: { data: "a-snapshot" } };

    test("is a second disk beside the first, which the server uses by one line", async () => {
      await addEnvironment("in-the-snapshot");
      await stopServer();
      copyDisk(DATA, `${DATA}-drill`);
      await deployBackupStack();
      await serverReady();
      await addEnvironment("after-the-snapshot");

      await deployBackupStack({ restored, use: "drill" });
      await serverReady();
      expect(await environments()).toContain("in-the-snapshot");
      expect(await environments()).not.toContain("after-the-snapshot");
    });

    test("is taken back by the same line", async () => {
      await deployBackupStack({ restored });
      await serverReady();
      expect(await environments()).toEqual(expect.arrayContaining(["in-the-snapshot", "after-the-snapshot"]));
    });
  });

  describe("a backup of another server", () => {
    const configuration = () => onServer("cat /godata/config/cruise-config.xml");
    const keyIn = (xml: string) => /tokenGenerationKey="([^"]+)"/.exec(xml)?.[1] ?? "";
    /** Starts a stack with keys of its own on an empty disk, from a backup of the first one. */
    const moveIn = async (change: BackupChange) => {
      await emptyDisk();
      await deployBackupStack({ restore: name, asAnotherStack: true, ...change });
      forgetPasswords();
    };
    let name: string;
    let theirs: string;

    beforeAll(async () => {
      await addEnvironment("theirs");
      theirs = await configuration();
      name = await handOver();
      await stored(name);
    }, 120_000);

    test("is refused, with what to say if it is meant", async () => {
      await moveIn({});
      expect(await refusal()).toContain("gocd:backup.otherServer");
    });

    test("brings its configuration along under this stack's keys and log-in, when a person says so in one line", async () => {
      await moveIn({ otherServer: "replace-keys" });
      await serverReady();
      expect(await environments()).toContain("theirs");
      expect(keyIn(await configuration())).not.toBe(keyIn(theirs));
      expect((await askServer({ ...AT, path: "/go/api/agents", version: 7, as: "nobody" })).status).toBe(401);
    });

    test("is made ready from the volume of a server that does not run any more, by the commands of move-in.md, and its artifacts follow", async () => {
      await onServer("mkdir -p /godata/db/config.git; echo ref: refs/heads/master >/godata/db/config.git/HEAD");
      await addEnvironment("of-the-stopped-server");
      await stopServer();
      await leaveOldServer(DATA);
      const old = await copyOut();
      expect(await replicas()).toBe("0");
      const command = [
        "-r",
        "offline-preview/register",
        "tools/move-in/main.ts",
        old,
        "--stack",
        "backup",
        "--version",
        "26.1.0",
      ];
      await run(process.execPath, [...command, "--to", `${old}.ready`], { cwd: ROOT });
      const [made = ""] = readdirSync(`${old}.ready`);
      await storeFolder(path.join(`${old}.ready`, made));
      // Of yet another stack: the first one's keys are not those of this data.
      loseDisk({ namespace: "", name: DATA });
      await deployBackupStack({ restore: made, otherServer: "replace-keys" });
      forgetPasswords();
      await serverReady();
      expect(await environments()).toContain("of-the-stopped-server");
      await bringArtifacts();
      expect(await onServer(`cat /godata/artifacts/${CONSOLE}`)).toBe(SAID);
    });

    test("brings its keys along as well, where the stack was told them", async () => {
      const keys = { tokenGenerationKey: keyIn(theirs) };
      await moveIn({ otherServer: "adopt-keys", keys });
      await serverReady();
      expect(await environments()).toContain("theirs");
      expect(keyIn(await configuration())).toBe(keyIn(theirs));
    });
  });
});
