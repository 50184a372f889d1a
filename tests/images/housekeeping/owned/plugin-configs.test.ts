import { LEDGER } from "../../../../images/housekeeping/src/owned/ledger";
import { useHousekeepingFixture } from "../fixture";

const fixture = useHousekeepingFixture();
const state = () => fixture().gocd.configuration.state;
const ledger = () =>
  state()
    .roles.find(({ name }) => name === LEDGER)
    ?.policy.map(({ resource }) => resource) ?? [];

const SECRET = "canary-Of-The-Directory-3Tz";
const ldap = (id: string, url: string, password = SECRET) => ({
  id,
  pluginId: "cd.go.authentication.ldap",
  properties: [
    { key: "Url", value: url },
    { key: "Password", value: password },
  ],
});

async function owned(managed: object) {
  fixture().settings = { managed };
  return fixture().reconciler().reconcile();
}

describe("a log-in", () => {
  beforeEach(() => {
    fixture().gocd.directories.add("ldap://one").add("ldap://two");
  });

  test("is made once its connection works, and written only when it differs", async () => {
    const authConfigs = [ldap("ldap", "ldap://one")];
    expect(await owned({ authConfigs })).toMatchObject({ failures: [], settings: ["authorization ldap made"] });
    expect(state().authConfigs).toMatchObject([
      { id: "ldap", properties: [{ value: "ldap://one" }, { key: "Password" }] },
    ]);
    const changes = fixture().changes().length;
    expect(await owned({ authConfigs })).toMatchObject({ failures: [], settings: [] });
    expect(fixture().changes()).toHaveLength(changes);
  });

  test("that does not work takes the place of none, and holds up nothing else", async () => {
    await owned({ authConfigs: [ldap("ldap", "ldap://one")] });
    const line = await owned({
      authConfigs: [ldap("ldap", "ldap://gone")],
      people: { users: [{ name: "alice" }], roles: [] },
    });
    expect(line.failures).toEqual([expect.stringContaining("Cannot connect to the server")]);
    expect(line.settings).toEqual(["users made alice"]);
    expect(state().authConfigs).toMatchObject([{ properties: [{ value: "ldap://one" }, {}] }]);
  });

  test("goes only when the one that takes its place is in force", async () => {
    await owned({ authConfigs: [ldap("old", "ldap://one")] });
    const reconciler = fixture().reconciler();
    fixture().settings = { managed: { authConfigs: [ldap("new", "ldap://gone")] } };
    expect((await reconciler.reconcile()).failures).toEqual([
      expect.stringContaining("Cannot connect"),
      expect.stringContaining("old stays until new is in force"),
    ]);
    expect(reconciler.refused).toHaveLength(2);
    expect(state().authConfigs.map(({ id }) => id)).toEqual(["old"]);

    fixture().gocd.directories.add("ldap://gone");
    expect(await reconciler.reconcile()).toMatchObject({
      failures: [],
      settings: ["authorization new made", "authorization removed old"],
    });
    expect(state().authConfigs.map(({ id }) => id)).toEqual(["new"]);
    expect(reconciler.refused).toEqual([]);
  });

  const github = (properties: Readonly<Record<string, string>>) => ({
    id: "github",
    pluginId: "cd.go.authorization.github",
    properties: Object.entries({ ClientId: "id", ClientSecret: SECRET, ...properties }).map(([key, value]) => ({
      key,
      value,
    })),
  });

  test("that its plugin finds incomplete takes the place of none, and the reasons are told", async () => {
    await owned({ authConfigs: [ldap("ldap", "ldap://one")] });
    const { failures } = await owned({ authConfigs: [github({})] });
    expect(failures).toEqual([
      expect.stringMatching(/Validation failed for the given Auth Config.*PersonalAccessToken must not be blank/),
      expect.stringContaining("ldap stays until github is in force"),
    ]);
    expect(state().authConfigs.map(({ id }) => id)).toEqual(["ldap"]);
  });

  test("with a property that its plugin does not have is refused, though GoCD would take it and let everybody in", async () => {
    await owned({ authConfigs: [ldap("ldap", "ldap://one")] });
    const { failures } = await owned({
      authConfigs: [github({ PersonalAccessToken: SECRET, AllowedOrganisations: "example" })],
    });
    expect(failures).toEqual([
      "refused: AllowedOrganisations: no property of cd.go.authorization.github; it has ClientId, ClientSecret, AuthenticateWith, GitHubEnterpriseUrl, AllowedOrganizations, PersonalAccessToken",
      expect.stringContaining("ldap stays until github is in force"),
    ]);
    expect(state().authConfigs.map(({ id }) => id)).toEqual(["ldap"]);
    const spelled = github({ PersonalAccessToken: SECRET, AllowedOrganizations: "example" });
    expect(await owned({ authConfigs: [spelled] })).toMatchObject({
      failures: [],
      settings: ["authorization github made", "authorization removed ldap"],
    });
    expect(JSON.stringify(state())).not.toContain(SECRET);
  });

  test("follows a secret that changes, though GoCD never shows one", async () => {
    await owned({ authConfigs: [ldap("ldap", "ldap://one", "before")] });
    expect(await owned({ authConfigs: [ldap("ldap", "ldap://one", "after")] })).toMatchObject({
      failures: [],
      settings: ["authorization ldap changed"],
    });
  });

  test("follows the settings again when somebody has changed it", async () => {
    await owned({ authConfigs: [ldap("ldap", "ldap://one")] });
    state().authConfigs = state().authConfigs.map((config) => ({ ...config, allow_only_known_users_to_login: true }));
    expect(await owned({ authConfigs: [ldap("ldap", "ldap://one")] })).toMatchObject({
      settings: ["authorization ldap changed"],
    });
    expect(state().authConfigs).toMatchObject([{ allow_only_known_users_to_login: false }]);
  });

  test("that was made by hand is not touched", async () => {
    state().authConfigs.push({ id: "by-hand", plugin_id: "cd.go.authentication.passwordfile", properties: [] });
    await owned({ authConfigs: [ldap("ldap", "ldap://one")] });
    await owned({ authConfigs: [] });
    expect(state().authConfigs.map(({ id }) => id)).toEqual(["by-hand"]);
    expect(ledger()).toEqual([]);
  });

  test("shows its secret neither in the ledger nor in a line, and cannot be guessed from either", async () => {
    await owned({ authConfigs: [ldap("ldap", "ldap://one")] });
    await owned({ authConfigs: [ldap("ldap", "ldap://gone")] });
    expect(ledger()).toEqual([expect.stringMatching(/^auth_config\/ldap [0-9a-f]{32}$/)]);
    expect([...fixture().lines, ...ledger()].join("\n")).not.toContain(SECRET);
  });

  test("is left alone when GoCD does not say which version it shows", async () => {
    await owned({ authConfigs: [ldap("ldap", "ldap://one")] });
    fixture().gocd.weather.withoutTags = true;
    expect((await owned({ authConfigs: [ldap("ldap", "ldap://two")] })).failures).toEqual(
      expect.arrayContaining([expect.stringContaining("has no ETag")]),
    );
    expect(state().authConfigs).toMatchObject([{ properties: [{ value: "ldap://one" }, {}] }]);
  });
});

describe("a repository with pipelines", () => {
  const rules = [{ directive: "allow", action: "refer", type: "pipeline_group", resource: "team" }];
  const repo = (more: object = {}) => ({
    id: "pipelines",
    pluginId: "yaml.config.plugin",
    url: "https://git.example/pipelines.git",
    branch: "main",
    rules,
    ...more,
  });

  test("is made as the settings say, with who reads it", async () => {
    expect(await owned({ configRepos: [repo({ username: "reader", password: SECRET })] })).toMatchObject({
      failures: [],
      settings: ["config repository pipelines made"],
    });
    expect(state().configRepos).toMatchObject([
      {
        id: "pipelines",
        material: {
          type: "git",
          attributes: { url: "https://git.example/pipelines.git", branch: "main", username: "reader" },
        },
        rules,
      },
    ]);
    expect(JSON.stringify(state())).not.toContain(SECRET);
    expect(await owned({ configRepos: [repo({ username: "reader", password: SECRET })] })).toMatchObject({
      settings: [],
    });
  });

  test("follows a change, and goes when it leaves the settings", async () => {
    await owned({ configRepos: [repo()] });
    expect(await owned({ configRepos: [repo({ branch: "next" })] })).toMatchObject({
      settings: ["config repository pipelines changed"],
    });
    expect(await owned({ configRepos: [] })).toMatchObject({
      settings: ["config repositories removed pipelines"],
    });
    expect(state().configRepos).toEqual([]);
    expect(state().roles).toEqual([]);
  });

  test("that somebody has removed already is no error", async () => {
    await owned({ configRepos: [repo()] });
    state().configRepos = [];
    expect(await owned({ configRepos: [] })).toMatchObject({
      failures: [],
      settings: ["config repositories removed pipelines"],
    });
  });

  test("whose plugin is missing is refused with the reason", async () => {
    const reconciler = fixture().reconciler();
    fixture().settings = { managed: { configRepos: [repo({ pluginId: "groovy" })] } };
    await reconciler.reconcile();
    expect(reconciler.refused).toEqual([expect.stringContaining("plugin_id: Invalid plugin id: groovy")]);
  });
});

test("a secret manager is made, changed and removed as the settings say", async () => {
  const vault = (path: string) => ({
    id: "files",
    pluginId: "cd.go.secrets.file-based-plugin",
    properties: [{ key: "SecretsFilePath", value: path }],
    rules: [],
  });
  expect(await owned({ secretConfigs: [vault("/one")] })).toMatchObject({
    settings: ["secret configuration files made"],
  });
  expect(await owned({ secretConfigs: [vault("/two")] })).toMatchObject({
    settings: ["secret configuration files changed"],
  });
  expect(state().secretConfigs).toMatchObject([{ properties: [{ value: "/two" }] }]);
  expect(await owned({ secretConfigs: [] })).toMatchObject({ settings: ["secret configurations removed files"] });
  expect(state().secretConfigs).toEqual([]);
});

test("a secret manager whose plugin GoCD does not have, or with a property that is none, is refused", async () => {
  const secretConfigs = [
    { id: "vault", pluginId: "com.example.vault", properties: [], rules: [] },
    {
      id: "files",
      pluginId: "cd.go.secrets.file-based-plugin",
      properties: [{ key: "SecretFilePath", value: "/one" }],
      rules: [],
    },
    { id: "yaml", pluginId: "yaml.config.plugin", properties: [{ key: "Path", value: "/two" }], rules: [] },
  ];
  expect(await owned({ secretConfigs })).toMatchObject({
    settings: [],
    failures: [
      "refused: GoCD has no plugin com.example.vault",
      "refused: SecretFilePath: no property of cd.go.secrets.file-based-plugin; it has SecretsFilePath",
      "refused: Path: no property of yaml.config.plugin; it has none",
    ],
  });
  expect(state().secretConfigs).toEqual([]);
});

test("a failure between two steps is made good by the next reconciliation", async () => {
  fixture().gocd.directories.add("ldap://one");
  const authConfigs = [ldap("ldap", "ldap://one")];
  // Check, claim, making, note: GoCD goes away before each in turn.
  for (const dieAfter of [4, 5, 6, 7, 8]) {
    fixture().gocd.weather.dieAfter = dieAfter;
    await owned({ authConfigs });
    fixture().gocd.fairWeather();
  }
  await owned({ authConfigs });
  expect(await owned({ authConfigs })).toMatchObject({ failures: [], settings: [] });
  expect(state().authConfigs).toHaveLength(1);
  expect(await owned({ authConfigs: [] })).toMatchObject({ settings: ["authorization removed ldap"] });
});
