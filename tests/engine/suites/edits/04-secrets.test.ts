import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { SECRETS } from "../../../../settings/keys";
import { documented } from "../../harness/docs";
import { emptyGoogleProject, type GoogleProject } from "../../harness/google";
import { cliLogs, guises, leaks, stateSecrets, writtenIn } from "../../harness/leaks";
import { PLANTED, QUICK } from "../../harness/stack";

const UP = documented("docs/operations/install.md", /^pulumi up --stack dev --policy-pack policy\b/);

/** By stack; the images of dev go to Google's registry, with a token that Google gives. */
const GIVEN = {
  dev: {
    "gocd:adminPassword": PLANTED.password,
    "gocd:configRepositoryCredentials": `https://gocd:${PLANTED.configuration}@git.example.com`,
    "gocd:serverSecrets": JSON.stringify({
      users: { alice: PLANTED.alice },
      authorization: { ldap: { Password: PLANTED.directory } },
      configRepos: { pipelines: PLANTED.repository },
    }),
    "gocd:iapClientSecret": PLANTED.iapClient,
    "gocd:gitSshKeys": PLANTED.deployKey,
    "gocd:gitKnownHosts": PLANTED.knownHosts,
    "gocd:dockerLogins": `ghcr.io robot ${PLANTED.login}`,
  },
  pools: { "gocd:registryPassword": PLANTED.registry },
} as const;

const SETTINGS = {
  "gocd:access": {
    host: "ci.example.com",
    google: { iap: { clientId: "123-abc.apps.googleusercontent.com", members: ["group:developers@example.com"] } },
  },
  "gocd:agents": { docker: { replicas: 2, resources: ["docker"], environments: ["docker"], logins: ["ghcr.io"] } },
  "gocd:server": {
    artifactsDiskType: "pd-standard",
    users: { alice: {} },
    authorization: { ldap: { plugin: "cd.go.authentication.ldap", properties: { Url: "ldaps://directory.example" } } },
    configRepos: {
      pipelines: {
        plugin: "yaml",
        url: "https://git.example/pipelines.git",
        username: "reader",
        rules: [{ directive: "allow", resource: "team" }],
      },
    },
  },
};

/** Passwords of GoCD's users: the state has hashes of them. */
const HASHED: readonly string[] = [PLANTED.password, PLANTED.alice];

let google: GoogleProject;

beforeAll(async () => {
  google = await emptyGoogleProject("google-leaks", ["dev", "pools"], "passphrase");
  const { project } = google;
  // A file of this name keeps the CLI from logging.
  rmSync(path.join(project.environment["PULUMI_HOME"] ?? "", "logs"));
  project.configure("dev", SETTINGS);
  project.configure("pools", { "gocd:images": { registry: "registry.example.com/team", username: "pusher" } });
  for (const [stack, secrets] of Object.entries(GIVEN)) {
    await project.setSecrets(stack, secrets);
    await project.must(`${UP.replace("--stack dev", `--stack ${stack}`)} --diff`, QUICK);
  }
});

describe("secrets of stacks in the model of Google Cloud", () => {
  test("are every one that the settings have", () => {
    const keys = Object.values(GIVEN).flatMap((secrets) => Object.keys(secrets));
    expect(keys.sort()).toEqual(SECRETS.map((name) => `gocd:${name}`).sort());
  });

  test("reach what they are for, and are not to be read in the state, the settings, what commands wrote and what the CLI logged", async () => {
    const { project } = google;
    const secrets = [...(await stateSecrets(project, "dev")), ...(await stateSecrets(project, "pools"))];
    const planted = Object.values(GIVEN).flatMap((keys) => JSON.stringify(keys).match(/planted-[\w-]+/g) ?? []);
    const token = "ya29.planted-token-of-the-model";
    expect(cliLogs(project)).not.toEqual([]);
    const values = guises([...secrets, ...planted, token, project.environment["PULUMI_CONFIG_PASSPHRASE"] ?? ""]);
    const state = path.join(path.dirname(project.directory), "state");
    expect(leaks([state, ...writtenIn(project)], values)).toEqual([]);
    expect(readFileSync(path.join(state, ".pulumi/stacks/gocd/dev.json"), "utf8")).toContain('"ciphertext"');
    const arrived = [...planted, token].filter((value) => !HASHED.includes(value));
    expect(arrived.filter((value) => !secrets.some((secret) => secret.includes(value)))).toEqual([]);
  });
});
