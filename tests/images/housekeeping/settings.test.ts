import { useHousekeepingFixture } from "./fixture";

const fixture = useHousekeepingFixture({
  tokenKey: "k",
  logIn: () => "admin",
  configuration: {
    siteUrl: "http://seeded.example.com",
    secureSiteUrl: "https://seeded.example.com",
    backup: { schedule: "0 0 1 * * ?", postBackupScript: "/seeded", emailOnSuccess: true, emailOnFailure: false },
    environments: [{ name: "Docker", pipelines: ["build"], environment_variables: [] }],
  },
});
const configuration = () => fixture().gocd.configuration.state;

async function managed(settings: object): Promise<string[]> {
  fixture().settings = { managed: settings };
  const line = await fixture().reconciler().reconcile();
  expect(line.failures).toEqual([]);
  return line.settings;
}

describe("managed settings", () => {
  test("are left alone when none is given", async () => {
    const before = structuredClone(configuration());
    expect(await managed({})).toEqual([]);
    // Whoever logs in is a user of GoCD from then on, housekeeping as well.
    expect({ ...configuration(), users: before.users }).toEqual(before);
    expect(fixture().gocd.requests.map(({ path }) => path)).toEqual([
      "/api/agents",
      "/api/admin/maintenance_mode/info",
      "/api/server_health_messages",
    ]);
  });

  test("follow the settings, and are written only when they differ", async () => {
    const settings = {
      siteUrl: "http://ci.example.com",
      secureSiteUrl: "https://ci.example.com",
      backup: { schedule: "0 0 2 * * ?", postBackupScript: "/usr/local/bin/hand-over" },
      artifacts: { purgeStartGib: 10, purgeUptoGib: 20.5 },
      environments: ["docker", "test"],
    };
    expect(await managed(settings)).toEqual([
      "environments added test",
      "site URLs set to http://ci.example.com, secure https://ci.example.com",
      "backup schedule 0 0 2 * * ?, script /usr/local/bin/hand-over",
      "artifacts purged below 10 GiB up to 20.5 GiB",
    ]);
    expect(configuration()).toMatchObject({ siteUrl: "http://ci.example.com", purgeStart: 10, purgeUpto: 20.5 });
    expect(configuration().environments.map(({ name }) => name)).toEqual(["Docker", "test"]);
    const writes = fixture().changes().length;
    expect(await managed(settings)).toEqual([]);
    expect(fixture().changes()).toHaveLength(writes);
  });

  test("are set again when somebody has changed them", async () => {
    await managed({ siteUrl: "http://ci.example.com" });
    configuration().siteUrl = "http://elsewhere";
    expect(await managed({ siteUrl: "http://ci.example.com" })).toEqual([
      "site URLs set to http://ci.example.com, secure https://seeded.example.com",
    ]);
  });

  test("take the secure site URL away where there is none any more", async () => {
    const settings = { siteUrl: "http://ci.example.com", secureSiteUrl: "" };
    expect(await managed(settings)).toEqual(["site URLs set to http://ci.example.com, secure none"]);
    expect(configuration().secureSiteUrl).toBe("");
    expect(await managed(settings)).toEqual([]);
  });

  test.each(["http://seeded.example.com", ""])("leave the other site URL as it is: %j", async (siteUrl) => {
    configuration().siteUrl = siteUrl;
    expect(await managed({ secureSiteUrl: "https://ci.example.com" })).toEqual([
      `site URLs set to ${siteUrl || "none"}, secure https://ci.example.com`,
    ]);
    expect(configuration()).toMatchObject({ siteUrl, secureSiteUrl: "https://ci.example.com" });
  });

  test.each([
    ["schedule", { schedule: "0 0 3 * * ?", postBackupScript: "/seeded" }],
    ["script", { schedule: "0 0 1 * * ?", postBackupScript: "/usr/local/bin/prune" }],
  ])("bring the %s of backups in line, and leave their mails as they are", async (_what, backup) => {
    expect(await managed({ backup })).toEqual([
      `backup schedule ${backup.schedule}, script ${backup.postBackupScript}`,
    ]);
    expect(configuration().backup).toEqual({
      ...backup,
      emailOnSuccess: true,
      emailOnFailure: false,
    });
  });

  test("make a backup schedule where there was none", async () => {
    configuration().backup = null;
    const backup = { schedule: "0 0 3 * * ?", postBackupScript: "/usr/local/bin/prune" };
    await managed({ backup });
    expect(configuration().backup).toMatchObject(backup);
  });

  test("never remove an environment or what is in it", async () => {
    await managed({ environments: ["docker", "test"] });
    await managed({ environments: ["test"] });
    expect(configuration().environments).toEqual([
      { name: "Docker", pipelines: ["build"], environment_variables: [] },
      { name: "test", pipelines: [], environment_variables: [] },
    ]);
  });

  test("do not overwrite a change to artifacts that came in between", async () => {
    const asked = fixture().gocd.configuration;
    const update = asked.updateArtifacts.bind(asked);
    jest.spyOn(asked, "updateArtifacts").mockImplementationOnce((body, tag) => {
      configuration().artifactsDir = "elsewhere";
      update(body, tag);
    });
    fixture().settings = { managed: { artifacts: { purgeStartGib: 1, purgeUptoGib: 2 } } };
    const reconciler = fixture().reconciler();
    expect((await reconciler.reconcile()).failures).toEqual([expect.stringContaining("stale: PUT")]);
    expect((await reconciler.reconcile()).settings).toEqual(["artifacts purged below 1 GiB up to 2 GiB"]);
    expect(configuration()).toMatchObject({ artifactsDir: "elsewhere", purgeStart: 1 });
  });

  test("do not touch artifacts when GoCD does not say which version it shows", async () => {
    fixture().gocd.weather.withoutTags = true;
    fixture().settings = { managed: { artifacts: { purgeStartGib: 1, purgeUptoGib: 2 } } };
    expect((await fixture().reconciler().reconcile()).failures).toEqual([expect.stringContaining("has no ETag")]);
    expect(configuration().purgeStart).toBeNull();
  });

  // What GoCD 26.1.0 says of each: the reason is beside its message, or deeper.
  test.each([
    [
      422,
      '{"message":"Validation failed.","data":{"schedule":"x","errors":{"schedule":["Invalid cron syntax for backup"]}}}',
      "Validation failed. (schedule: Invalid cron syntax for backup)",
    ],
    [
      422,
      '{"message":"Validation failed.","site_url":"x","errors":{"site_url":["Invalid format","Too long"]}}',
      "Validation failed. (site_url: Invalid format; site_url: Too long)",
    ],
    [
      422,
      '{"message":"Error(s): [Too much].","data":{"purge_settings":{"errors":{"purge":["Too much"]}}}}',
      "Error(s): [Too much].",
    ],
    [400, '{"error":"Payload data is not valid JSON: End of input"}', "Payload data is not valid JSON: End of input"],
    [422, '{"message":"Validation failed.","errors":{"site_url":null,"other":"x"},"list":[]}', "(other: x)"],
    [422, "[]", "PUT /api/config/backup: 422"],
  ])("that GoCD refuses are named with its reason, and hold up nothing else: %s %s", async (status, body, reason) => {
    const settings = {
      backup: { schedule: "0 0 3 * * ?", postBackupScript: "/seeded" },
      artifacts: { purgeStartGib: 1, purgeUptoGib: 2 },
    };
    fixture().settings = { managed: settings };
    fixture().gocd.answers.set("PUT /api/config/backup", { status, body });
    const reconciler = fixture().reconciler();
    const line = await reconciler.reconcile();
    expect(line.failures).toEqual([expect.stringContaining(reason)]);
    expect(line.msg).toContain(reason);
    expect(line.settings).toEqual(["artifacts purged below 1 GiB up to 2 GiB"]);
    expect(reconciler.refused).toEqual([expect.stringMatching(/^backup: PUT .*: 4/)]);

    fixture().gocd.answers.clear();
    await reconciler.reconcile();
    expect(reconciler.refused).toEqual([]);
  });

  test("that meet an error of GoCD's own are tried again, and are not called refused", async () => {
    fixture().settings = { managed: { backup: { schedule: "0 0 3 * * ?", postBackupScript: "/seeded" } } };
    fixture().gocd.answers.set("PUT /api/config/backup", { status: 500, body: "" });
    const reconciler = fixture().reconciler();
    expect((await reconciler.reconcile()).failures).toEqual([expect.stringContaining("broken")]);
    expect(reconciler.refused).toEqual([]);
  });
});
