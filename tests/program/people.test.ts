import { compareSync } from "bcryptjs";
import { agentToken } from "../../components/credentials/identity";
import { assemble } from "../../preview/preview";
import { isSecret } from "../../preview/run/wire";
import { toText } from "../../preview/show/preview-text";
import { styleFor } from "../../preview/show/terminal";
import { kubernetesObjects, projectOf, resolvedRun, succeeded, type StackSource } from "../support/program";

const ALICE = "canary-Of-Alice-9Wq";
const HASH = "$2y$10$abcdefghijklmnopqrstuuYlFjP1Tq3mD0c4m5o6p7q8r9s0t1u2v";
const DIRECTORY = "canary-Of-The-Directory-3Tz";
const READER = "canary-Of-The-Reader-5Lm";

const TEAM: StackSource = {
  config: {
    "gocd:server": {
      artifactsDiskType: "pd-standard",
      users: { alice: { admin: true, roles: ["developers"] }, bob: {}, carol: {} },
      roles: { developers: {}, ci: { authorization: "ldap", properties: { Group: "cn=ci" } } },
      authorization: {
        ldap: { plugin: "cd.go.authentication.ldap", properties: { Url: "ldaps://directory.example" } },
      },
      configRepos: {
        pipelines: {
          plugin: "yaml",
          url: "https://git.example/pipelines.git",
          username: "reader",
          rules: [{ directive: "allow", resource: "team" }],
        },
      },
      secretConfigs: { files: { plugin: "cd.go.secrets.file-based-plugin", properties: { SecretsFilePath: "/x" } } },
    },
  },
  secrets: {
    "gocd:serverSecrets": JSON.stringify({
      users: { alice: ALICE, bob: HASH },
      authorization: { ldap: { Password: DIRECTORY } },
      configRepos: { pipelines: READER },
    }),
  },
};

let run: Awaited<ReturnType<typeof resolvedRun>>;
beforeAll(async () => {
  run = await resolvedRun(TEAM);
});

/** The content of a Kubernetes Secret. */
function secret(name: string): Readonly<Record<string, string>> {
  const found = succeeded(run).find(({ type, name: of }) => type === "kubernetes:core/v1:Secret" && of === name);
  const data = found?.inputs["stringData"];
  return (isSecret(data) ? data["value"] : data) as Readonly<Record<string, string>>;
}

test("whoever has a password is in the password file, by a hash", () => {
  const lines = new Map(
    (secret("gocd-dev-server")["passwd"] ?? "")
      .trim()
      .split("\n")
      .map((line) => line.split(":") as [string, string]),
  );
  expect([...lines.keys()]).toEqual(["admin", "housekeeping", "alice", "bob"]);
  expect(compareSync(ALICE, lines.get("alice") ?? "")).toBe(true);
  expect(lines.get("bob")).toBe(HASH);
});

test("housekeeping is told what the settings own, with the secrets", () => {
  const { managed } = JSON.parse(secret("gocd-dev-housekeeping")["config.json"] ?? "") as { readonly managed: object };
  expect(managed).toMatchObject({
    people: {
      users: [
        { name: "alice", admin: true, roles: ["developers"] },
        { name: "bob", admin: false, roles: [] },
        { name: "carol", admin: false, roles: [] },
      ],
      roles: [
        { name: "ci", plugin: { authConfig: "ldap", properties: [{ key: "Group", value: "cn=ci" }] } },
        { name: "developers" },
      ],
    },
    authConfigs: [
      {
        id: "ldap",
        pluginId: "cd.go.authentication.ldap",
        properties: [
          { key: "Password", value: DIRECTORY },
          { key: "Url", value: "ldaps://directory.example" },
        ],
      },
    ],
    configRepos: [
      { id: "pipelines", pluginId: "yaml.config.plugin", branch: "main", username: "reader", password: READER },
    ],
    secretConfigs: [{ id: "files", properties: [{ key: "SecretsFilePath", value: "/x" }] }],
  });
});

test("no password is shown, or leaves the Secrets", async () => {
  const preview = await assemble(projectOf(TEAM), run, []);
  const shown = toText(preview, { out: "out", style: styleFor(false) });
  const others = kubernetesObjects(run).filter(({ kind }) => kind !== "Secret");
  for (const canary of [ALICE, DIRECTORY, READER]) {
    expect(shown).not.toContain(canary);
    expect(JSON.stringify([others, run.logs, run.errors])).not.toContain(canary);
  }
});

test("keys of another server take the place of those that are made, for its data and for tokens of agents", async () => {
  const keys = {
    tokenGenerationKey: "canary-token-key",
    webhookSecret: "canary-webhook",
    autoRegisterKey: "canary-register",
  };
  run = await resolvedRun({ secrets: { "gocd:serverSecrets": JSON.stringify({ keys }) } });
  const config = secret("gocd-dev-server")["cruise-config.xml"];
  for (const key of Object.values(keys)) expect(config).toContain(`"${key}"`);
  expect(secret("gocd-dev-housekeeping")["token-generation-key"]).toBe(keys.tokenGenerationKey);
  const identity = secret("gocd-dev-docker-identity");
  expect(identity["docker-0.token"]).toBe(agentToken(keys.tokenGenerationKey, identity["docker-0.uuid"] ?? ""));
});

test("without people, housekeeping takes away those who were there before", async () => {
  run = await resolvedRun();
  const { managed } = JSON.parse(secret("gocd-dev-housekeeping")["config.json"] ?? "") as { readonly managed: object };
  expect(managed).toMatchObject({
    people: { users: [], roles: [] },
    authConfigs: [],
    configRepos: [],
    secretConfigs: [],
  });
  expect(secret("gocd-dev-server")["passwd"]).toMatch(/^admin:\S+\nhousekeeping:\S+\n$/);
});
