import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { ConfigError, ConfigFolder } from "../../../images/housekeeping/src/config";
import { PASSWORD, TOKEN_KEY, USERNAME, useHousekeepingFixture } from "./fixture";

const fixture = useHousekeepingFixture();

function problems(): readonly string[] {
  try {
    new ConfigFolder(fixture().folder).read();
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).problems;
  }
}

function put(file: string, content: unknown): void {
  writeFileSync(join(fixture().folder, file), typeof content === "string" ? content : JSON.stringify(content));
}

describe("the configuration", () => {
  beforeEach(() => {
    fixture().expect("docker-0");
    fixture().write();
  });

  test("needs little and has a default for the rest", () => {
    const config = new ConfigFolder(fixture().folder).read();
    expect(config).toEqual({
      settings: {
        serverUrl: fixture().gocd.url,
        intervalSeconds: 10,
        requestTimeoutSeconds: 10,
        settledAfterSeconds: 20,
        lostAfterMinutes: 30,
        lowDiskGib: 2,
        managed: { environments: [] },
      },
      agents: fixture().listed(),
      tokenGenerationKey: TOKEN_KEY,
      username: USERNAME,
      password: PASSWORD,
      problems: [],
    });
  });

  test("is the same object until a file changes", () => {
    const folder = new ConfigFolder(fixture().folder);
    const before = folder.read();
    expect(folder.read()).toBe(before);
    fixture().expect("docker-1");
    fixture().write();
    expect(folder.read().agents).toHaveLength(2);
  });

  test("reports everything that is wrong at once, each with its place", () => {
    put("config.json", {
      serverUrl: "http://gocd-server:8153",
      intervalSeconds: 0,
      surprise: 1,
    });
    put("agents.json", [{ ...fixture().listed()[0], uuid: "no", resources: ["two words", "draining"] }]);
    put("token-generation-key", "");
    put("username", "");
    put("password", "one\ntwo\n");
    expect(problems()).toEqual([
      "config.json: serverUrl: must end in /go",
      expect.stringMatching(/^config.json: intervalSeconds: /),
      expect.stringMatching(/^config.json: Unrecognized key: "surprise"$/),
      expect.stringMatching(/^agents.json: 0: uuid: /),
      "agents.json: 0: resources: 0: letters, digits, dots, hyphens and underscores only",
      "agents.json: 0: resources: 1: is housekeeping's own",
      "token-generation-key: is empty",
      "username: is empty",
      "password: has more than one line",
    ]);
  });

  test("refuses the same agent twice", () => {
    const [agent] = fixture().listed();
    put("agents.json", [agent, agent]);
    expect(problems()).toEqual(["agents.json: 1: uuid: is there twice", "agents.json: 1: hostname: is there twice"]);
  });

  test.each<[string, unknown, readonly string[], object]>([
    ["no object", "x", [expect.stringMatching(/^managed: /) as string], {}],
    ["a list", [1], [expect.stringMatching(/^managed: /) as string], {}],
    [
      "two bad ones and a good one",
      { siteUrl: "ftp://x", environments: ["a b"], secureSiteUrl: "" },
      [
        "managed: siteUrl: an http or https URL",
        "managed: environments: 0: letters, digits, dots, hyphens and underscores only",
      ],
      { secureSiteUrl: "" },
    ],
    [
      "artifacts that are purged up to less than where it starts",
      { artifacts: { purgeStartGib: 20, purgeUptoGib: 10 } },
      ["managed: artifacts: purgeUptoGib: must not be less than purgeStartGib"],
      {},
    ],
    [
      "a schedule with two blanks",
      { backup: { schedule: "0  0 2 * * ?", postBackupScript: "/x" } },
      ["managed: backup: schedule: a Quartz expression of six or seven fields"],
      {},
    ],
  ])("leaves out managed settings that are not valid, and keeps the others: %s", (_what, managed, wrong, kept) => {
    put("config.json", { serverUrl: fixture().gocd.url, managed });
    const config = new ConfigFolder(fixture().folder).read();
    expect(config.problems).toEqual(wrong);
    expect(config.settings.managed).toEqual({ environments: [], ...kept });
  });

  test("says which file cannot be read, and nothing else about it", () => {
    const files = ["config.json", "agents.json", "token-generation-key", "username", "password"];
    for (const file of files) rmSync(join(fixture().folder, file));
    expect(problems()).toEqual(files.map((file) => `${file}: cannot be read (ENOENT)`));
  });

  test("says that a file is not JSON without quoting it", () => {
    put("config.json", "");
    put("agents.json", `[{"token":"${PASSWORD}"`);
    expect(problems()).toEqual(["config.json: is not JSON", "agents.json: is not JSON"]);
  });

  test("never quotes a value in a problem", () => {
    const secret = "quite-a-secret";
    put("agents.json", [
      {
        uuid: secret,
        hidden: [secret],
        hostname: `${secret} !`,
        pool: `${secret} !`,
        resources: secret,
        environments: [`${secret} !`],
      },
    ]);
    put("password", `${secret}\n${secret}`);
    expect(problems().length).toBeGreaterThan(5);
    expect(problems().join()).not.toContain(secret);
  });
});
