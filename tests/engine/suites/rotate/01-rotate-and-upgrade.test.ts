import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { compareSync } from "bcryptjs";
import { AGENTS_NAMESPACE, ready, SERVER_NAMESPACE } from "../../../cluster/gocd/deploy";
import { forgetPasswords, identities, secretText } from "../../../cluster/gocd/server";
import { TEST_IMAGES } from "../../../cluster/gocd/test-images";
import { kubectl } from "../../../cluster/kubernetes/kubectl";
import { ctr } from "../../../cluster/kubernetes/node";
import { eventually } from "../../../cluster/kubernetes/run";
import { documented, STACK } from "../../harness/docs";
import { settledPods, restarted } from "../../harness/installation";
import type { Project } from "../../harness/project";
import { PLANTED, POOL_SETTINGS, projectOnCluster, QUICK, SERVER_SETTINGS } from "../../harness/stack";

const ROTATE = "docs/operations/rotate.md";
const INSTALL = "docs/operations/install.md";
const UP = documented(ROTATE, /^pulumi up --stack dev --policy-pack policy\b/);
const SET = documented(ROTATE, /^pulumi config set --secret gocd:adminPassword --stack dev$/);
const ADMIN = documented(ROTATE, /^admin=/);
const UNPROTECT = documented(ROTATE, /^pulumi state unprotect "\$admin" --stack dev$/);

/** What `--against HEAD` compares with. */
const COMMIT =
  "git init --quiet && echo node_modules >>.git/info/exclude && git add --all && git -c user.name=a -c user.email=a@b.c commit --quiet --message before";

const POOL = { ...POOL_SETTINGS, logins: ["ghcr.io"] };
/** Whoever the secrets are for. */
const SERVER = {
  ...SERVER_SETTINGS,
  users: { alice: {} },
  configRepos: {
    "team-a": {
      plugin: "yaml",
      url: "https://git.example.com/team-a/pipelines.git",
      username: "gocd",
      rules: [{ directive: "allow", resource: "team-a" }],
    },
  },
};

let project: Project;
const users = () => secretText("gocd-server", SERVER_NAMESPACE, "passwd");

/** Gives keys of Git, log-ins at registries and a user's password, as the pages say. */
async function give(deployKey: string, login: string, alice: string): Promise<void> {
  writeFileSync(path.join(project.directory, "deploy-key"), deployKey);
  await project.must(documented(INSTALL, /^pulumi config set --secret gocd:gitSshKeys --stack dev\b/));
  // What is on the other side of the pipe asks a host for its key.
  const hosts = documented(INSTALL, /pulumi config set --secret gocd:gitKnownHosts/).replace(/^.* \| /, "");
  await project.must(hosts, { input: PLANTED.knownHosts });
  const logins = documented("docs/operations/jobs.md", /^pulumi config set --secret gocd:dockerLogins$/);
  await project.must(logins, { input: `ghcr.io robot ${login}` });
  const password = documented(
    ROTATE,
    /^pulumi config set --secret --path gocd:serverSecrets\.users\.alice --stack dev$/,
  );
  await project.must(password, { input: alice });
}

/** What of it is in the cluster; of the password a hash. */
const given = async () => ({
  server: await secretText("gocd-server-git-ssh", SERVER_NAMESPACE, "key-0"),
  agents: await secretText("docker-git-ssh", AGENTS_NAMESPACE, "key-0"),
  logins: await secretText("docker-docker-logins", AGENTS_NAMESPACE, "logins"),
  alice: (await users()).split("\n").find((line) => line.startsWith("alice:")),
});

beforeAll(async () => {
  project = await projectOnCluster("warm");
  project.configure(STACK, { "gocd:agents": { docker: POOL }, "gocd:server": SERVER });
  await give(PLANTED.deployKey, PLANTED.login, PLANTED.alice);
  const repository = documented("docs/operations/pipelines.md", /gocd:serverSecrets\.configRepos\.team-a$/);
  await project.must(repository, { input: PLANTED.repository });
  const configuration = documented(INSTALL, /^pulumi config set --secret gocd:configRepositoryCredentials\b/);
  await project.must(configuration, { input: `https://gocd:${PLANTED.configuration}@git.example.com` });
  await project.must(UP, QUICK);
});

describe("a rotation of rotate.md", () => {
  test("keys of Git over SSH, log-ins of jobs, a user's password: the new ones arrive, and nothing restarts", async () => {
    const [before, old] = [await settledPods(), await given()];
    expect(old).toMatchObject({
      server: `${PLANTED.deployKey}\n`,
      agents: `${PLANTED.deployKey}\n`,
      logins: `ghcr.io robot ${PLANTED.login}\n`,
    });
    expect(await secretText("gocd-server", SERVER_NAMESPACE, "git-credentials")).toContain(PLANTED.configuration);
    await give(PLANTED.secondDeployKey, PLANTED.secondLogin, PLANTED.secondAlice);
    await project.must(UP, QUICK);
    const renewed = await given();
    expect(renewed).toMatchObject({
      server: `${PLANTED.secondDeployKey}\n`,
      agents: `${PLANTED.secondDeployKey}\n`,
      logins: `ghcr.io robot ${PLANTED.secondLogin}\n`,
    });
    expect(compareSync(PLANTED.secondAlice, renewed.alice?.slice("alice:".length) ?? "")).toBe(true);
    expect(restarted(before, await settledPods())).toEqual([]);
  });

  test("certificates: new ones, and the agents restart one after the other", async () => {
    const [before, certificates] = [
      await settledPods(),
      await kubectl(["get", "secret", "docker-daemon-tls", "-n", AGENTS_NAMESPACE, "-o", "yaml"]),
    ];
    project.configure(STACK, { "gocd:agents": { docker: { ...POOL, rotation: 2 } } });
    await project.must(UP, QUICK);
    expect(restarted(before, await settledPods())).toEqual(expect.arrayContaining(["docker-0", "docker-1"]));
    expect(await kubectl(["get", "secret", "docker-daemon-tls", "-n", AGENTS_NAMESPACE, "-o", "yaml"])).not.toBe(
      certificates,
    );
    await ready(2, 300);
  });

  test("admin's password that was made: two steps, and no restart", async () => {
    const [before, old] = [await settledPods(), await users()];
    await project.must(`${ADMIN}; ${UNPROTECT}`);
    await project.must(`${ADMIN}; ${documented(ROTATE, /^pulumi up --replace "\$admin"/)}`, QUICK);
    expect(await users()).not.toBe(old);
    expect(restarted(before, await settledPods())).toEqual([]);
    expect(
      (await project.state(STACK)).find(({ urn }) => urn.endsWith(`RandomPassword::gocd-${STACK}-admin`))?.protect,
    ).toBe(true);
  });

  test("admin's password, from a made one to one's own: refused until the old one is no longer protected", async () => {
    await project.must(SET, { input: PLANTED.password });
    const refused = await project.run(UP);
    expect(refused.code).not.toBe(0);
    expect(refused.text).toContain(`gocd-${STACK}-admin`);
    await project.must(`${ADMIN}; ${UNPROTECT}`);
    await project.must(UP, QUICK);
    expect((await project.must(`pulumi config --stack ${STACK}`)).text).not.toContain(PLANTED.password);
  });

  test("admin's password of one's own: set anew", async () => {
    const old = await users();
    await project.must(SET, { input: PLANTED.secondPassword });
    await project.must(UP, QUICK);
    expect(await users()).not.toBe(old);
  });

  test("housekeeping's password: server and housekeeping get the new one", async () => {
    const old = await secretText("gocd-housekeeping", SERVER_NAMESPACE, "password");
    await project.must(documented(ROTATE, /--replace 'urn.*gocd-dev-housekeeping'/), QUICK);
    forgetPasswords();
    expect(await secretText("gocd-housekeeping", SERVER_NAMESPACE, "password")).not.toBe(old);
    const known = () => identities().catch(() => undefined);
    expect(await eventually("the server to read its new Secret", known, 240_000)).not.toEqual([]);
  });
});

describe("an upgrade of upgrade.md", () => {
  test("with prebuilt images: digests and GOCD_VERSION; the server restarts, then the agents, and they are the same", async () => {
    // Rows of agents that were scaled away go when they have been lost for half an hour.
    const running = async () => (await identities()).filter((row) => /^docker-[01] /.test(row));
    const agents = await running();
    const before = await settledPods();
    await project.must(COMMIT);
    const newer = { server: TEST_IMAGES.server, agent: TEST_IMAGES.agent };
    const prebuilt = Object.fromEntries(Object.entries(TEST_IMAGES).map(([name, { reference }]) => [name, reference]));
    for (const [name, { tag, reference }] of Object.entries(newer)) {
      prebuilt[name] = reference.replace(/.$/, "1");
      await ctr("images", "tag", "--force", tag, prebuilt[name]);
    }
    const file = path.join(project.directory, "components/server/server.ts");
    writeFileSync(file, readFileSync(file, "utf8").replace(/GOCD_VERSION = "[^"]+"/, 'GOCD_VERSION = "99.1.0"'));
    project.configure(STACK, { "gocd:images": { prebuilt } });
    const forecast = await project.must(
      documented("docs/operations/upgrade.md", /^npm run preview -- --stack dev --against HEAD$/),
    );
    expect(forecast.text).toContain("restarts gocd-server-0");
    await project.must(
      documented("docs/operations/upgrade.md", /^pulumi up --stack dev --policy-pack policy\b/),
      QUICK,
    );
    await ready(2, 300);
    expect(restarted(before, await settledPods())).toEqual(
      expect.arrayContaining(["docker-0", "docker-1", "gocd-server-0"]),
    );
    expect(await running()).toEqual(agents);
  });
});
