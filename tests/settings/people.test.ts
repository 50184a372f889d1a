import { parse as parseStack, problemsOf, STACK } from "./stack";

const SECRET = "canary-Of-Alice-9Wq";
const HASH = `$2y$10$${"a".repeat(53)}`;
const PLUGINS = { plugins: { google: { url: "https://example.org/google.jar", sha256: "a".repeat(64) } } };
const LDAP = { ldap: { plugin: "cd.go.authentication.ldap", properties: { Url: "ldaps://directory.example" } } };
const RULES = [{ directive: "allow", resource: "team" }];
const REPO = { plugin: "yaml", url: "https://git.example/pipelines.git", rules: RULES };

/** A stack with a server, and with what is secret of it; undefined is left out. */
const parse = (server: object, secrets?: unknown, secretKeys = ["gocd:serverSecrets"]) =>
  parseStack({ ...STACK, "gocd:server": server, "gocd:serverSecrets": secrets }, "dev", secretKeys);

test("people, log-ins, repositories and secret managers are left out by default", () => {
  expect(parse({}).server).toMatchObject({
    users: {},
    roles: {},
    authorization: {},
    configRepos: {},
    secretConfigs: {},
  });
});

test("people with passwords, or with hashes of them, are understood", () => {
  const users = { alice: { admin: true, roles: ["developers"] }, "bob@example.com": {} };
  const roles = {
    developers: { policy: [{ permission: "allow", action: "view", type: "environment", resource: "*" }] },
  };
  const { server } = parse({ users, roles }, { users: { alice: SECRET, "bob@example.com": HASH } });
  expect(server.users).toEqual({
    alice: { admin: true, roles: ["developers"] },
    "bob@example.com": { admin: false, roles: [] },
  });
  expect(server.roles).toMatchObject({ developers: { admin: false, policy: roles.developers.policy } });
});

test("people without passwords need another way to log in, and have one by a directory", () => {
  expect(
    parse({ users: { alice: {} }, authorization: LDAP }, { authorization: { ldap: { Password: SECRET } } }).server
      .users,
  ).toEqual({ alice: { admin: false, roles: [] } });
});

test("the words yaml, json and groovy stand for the plugins that read pipelines", () => {
  const configRepos = {
    a: REPO,
    b: { ...REPO, plugin: "json" },
    c: { ...REPO, plugin: "groovy" },
    d: { ...REPO, plugin: "my.own" },
  };
  const { server } = parse({ configRepos, ...PLUGINS });
  expect(Object.values(server.configRepos).map(({ plugin, branch }) => [plugin, branch])).toEqual([
    ["yaml.config.plugin", "main"],
    ["json.config.plugin", "main"],
    ["cd.go.contrib.plugins.configrepo.groovy", "main"],
    ["my.own", "main"],
  ]);
  expect(server.configRepos["a"]?.rules).toEqual([
    { directive: "allow", action: "refer", type: "pipeline_group", resource: "team" },
  ]);
});

/** What is wrong, with what in gocd:serverSecrets, and what is said. */
const BAD: readonly (readonly [
  what: string,
  server: object,
  secrets: unknown,
  key: string,
  found: RegExp,
  wanted: RegExp,
])[] = [
  [
    "a user called admin",
    { users: { Admin: {} } },
    undefined,
    "gocd:server.users.Admin",
    /Admin/,
    /another name than admin/,
  ],
  ["a user with a colon", { users: { "a:b": {} } }, undefined, "gocd:server.users.a:b", /a:b/, /a log-in name/],
  [
    "a user in two spellings",
    { users: { alice: {}, Alice: {} } },
    { users: { alice: SECRET, Alice: SECRET } },
    "gocd:server.users.Alice",
    /capitals/,
    /does not tell them apart/,
  ],
  [
    "a role that there is not",
    { users: { alice: { roles: ["developer"] } }, roles: { developers: {} } },
    { users: { alice: SECRET } },
    "gocd:server.users.alice.roles[0]",
    /^developer$/,
    /did you mean developers/,
  ],
  [
    "a role where there is none",
    { users: { alice: { roles: ["developers"] } } },
    { users: { alice: SECRET } },
    "gocd:server.users.alice.roles[0]",
    /developers/,
    /nothing, since gocd:server.roles has no name/,
  ],
  [
    "a role whose members a plugin knows",
    { users: { alice: { roles: ["ci"] } }, roles: { ci: { authorization: "ldap" } }, authorization: LDAP },
    undefined,
    "gocd:server.users.alice.roles[0]",
    /ci/,
    /whose members no plugin says/,
  ],
  [
    "a role of a log-in that there is not",
    { roles: { ci: { authorization: "ldpa" } }, authorization: LDAP },
    undefined,
    "gocd:server.roles.ci.authorization",
    /ldpa/,
    /did you mean ldap/,
  ],
  [
    "properties of a role that no plugin reads",
    { roles: { ci: { properties: { Group: "x" } } } },
    undefined,
    "gocd:server.roles.ci.properties",
    /Group/,
    /nothing without authorization/,
  ],
  [
    "a user without a password",
    { users: { alice: {} } },
    undefined,
    "gocd:serverSecrets.users.alice",
    /nothing/,
    /--path/,
  ],
  [
    "a password that bcrypt would cut off",
    { users: { alice: {} } },
    { users: { alice: "x".repeat(73) } },
    "gocd:serverSecrets.users.alice",
    /^a password of 73 bytes$/,
    /1 to 72/,
  ],
  [
    "an empty password",
    { users: { alice: {} } },
    { users: { alice: "" } },
    "gocd:serverSecrets.users.alice",
    /0 bytes/,
    /1 to 72/,
  ],
  [
    "a password of nobody",
    { users: { alice: {} } },
    { users: { alice: SECRET, alcie: SECRET } },
    "gocd:serverSecrets.users.alcie",
    /nothing needs/,
    /did you mean alice/,
  ],
  [
    "a part of the secrets that there is not",
    {},
    { user: {} },
    "gocd:serverSecrets",
    /^user, which nothing reads$/,
    /a map/,
  ],
  ["a number for a password", {}, { users: { alice: 7 } }, "gocd:serverSecrets.users.alice", /something else/, /a map/],
  [
    "text for the secrets",
    {},
    "hunter2",
    "gocd:serverSecrets",
    /something else/,
    /a map with users.*--path gocd:serverSecrets\.users\.NAME/,
  ],
  [
    "a log-in in place of admin's own",
    { authorization: { passwords: LDAP.ldap } },
    undefined,
    "gocd:server.authorization.passwords",
    /passwords/,
    /by which admin gets in/,
  ],
  [
    "a plugin from nowhere",
    { authorization: { google: { plugin: "cd.go.authorization.google", onlyKnownUsers: true } } },
    undefined,
    "gocd:server.authorization.google.plugin",
    /google/,
    /its jar in gocd:server.plugins/,
  ],
  [
    "a property that is plain and secret",
    { authorization: { ldap: { ...LDAP.ldap, properties: { Password: "plain" } } } },
    { authorization: { ldap: { Password: SECRET } } },
    "gocd:server.authorization.ldap.properties.Password",
    /a secret as well/,
    /one of them/,
  ],
  [
    "secrets of a log-in that there is not",
    { authorization: LDAP },
    { authorization: { lpad: { Password: SECRET } } },
    "gocd:serverSecrets.authorization.lpad",
    /nothing needs/,
    /did you mean ldap/,
  ],
  [
    "a repository that may define nothing",
    { configRepos: { a: { ...REPO, rules: [] } } },
    undefined,
    "gocd:server.configRepos.a.rules",
    /\[\]/,
    /at least one/,
  ],
  [
    "a repository with a user and no password",
    { configRepos: { a: { ...REPO, username: "reader" } } },
    undefined,
    "gocd:serverSecrets.configRepos.a",
    /nothing/,
    /--path gocd:serverSecrets.configRepos.a/,
  ],
  [
    "a repository with a password and no user",
    { configRepos: { a: REPO } },
    { configRepos: { a: SECRET } },
    "gocd:server.configRepos.a.username",
    /nothing/,
    /whose password/,
  ],
  [
    "a password in a repository's address",
    { configRepos: { a: { ...REPO, url: "https://user:hunter2@git.example/x.git" } } },
    undefined,
    "gocd:server.configRepos.a.url",
    /./,
    /starts with http/,
  ],
];

test.each(BAD)("%s is refused by its key, and no secret is quoted", (_what, server, secrets, key, found, wanted) => {
  const problems = problemsOf(() => parse(server, secrets));
  expect(problems).toEqual([
    { key, found: expect.stringMatching(found) as string, wanted: expect.stringMatching(wanted) as string },
  ]);
  expect(JSON.stringify(problems)).not.toMatch(/canary|xxxx/);
});

test("passwords in plain text are refused without being quoted", () => {
  const problems = problemsOf(() => parse({ users: { alice: {} } }, { users: { alice: SECRET } }, []));
  expect(problems).toEqual([
    { key: "gocd:serverSecrets", found: "plain text", wanted: expect.stringContaining("--secret --path") as string },
  ]);
});

test("the empty default of Pulumi.yaml is no secret in plain text", () => {
  expect(problemsOf(() => parse({}, {}, []))).toEqual([]);
});

describe("keys of another server", () => {
  const KEYS = { keys: { tokenGenerationKey: "0a1b-2c", webhookSecret: "x_y" } };
  const problems = (backup: object, secrets: object) =>
    problemsOf(() =>
      parseStack({ ...STACK, "gocd:backup": backup, "gocd:serverSecrets": secrets }, "dev", ["gocd:serverSecrets"]),
    ).map(({ key, wanted }) => `${key}: ${wanted}`);
  const RESTORE = { restore: "backup_20260101-020000" };

  test("are adopted when the stack has them, and replaced without any", () => {
    expect(problems({ ...RESTORE, otherServer: "adopt-keys" }, KEYS)).toEqual([]);
    expect(problems({ ...RESTORE, otherServer: "replace-keys" }, {})).toEqual([]);
  });

  test("that are to be adopted have to be there", () => {
    expect(problems({ ...RESTORE, otherServer: "adopt-keys" }, {})).toEqual([
      expect.stringMatching(
        /^gocd:serverSecrets.keys.tokenGenerationKey: the key to adopt: pulumi config set --secret/,
      ),
    ]);
  });

  test("are text that fits an attribute, and are never quoted", () => {
    expect(problems({}, { keys: { serverId: "canary<" } })).toEqual([
      "gocd:serverSecrets.keys.serverId: letters, digits, _ and -",
    ]);
  });

  test("need a backup to come with", () => {
    expect(problems({ otherServer: "replace-keys" }, {})).toEqual([
      "gocd:backup.otherServer: nothing without gocd:backup.restore",
    ]);
  });
});
