import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { AGENTS_NAMESPACE, ready, SERVER_NAMESPACE } from "../../../cluster/gocd/deploy";
import { forgetPasswords, identities, secretText } from "../../../cluster/gocd/server";
import { TEST_IMAGES } from "../../../cluster/gocd/test-images";
import { kubectl } from "../../../cluster/kubernetes/kubectl";
import { ctr } from "../../../cluster/kubernetes/node";
import { eventually } from "../../../cluster/kubernetes/run";
import { documented, STACK } from "../../harness/docs";
import { settledPods, restarted } from "../../harness/installation";
import type { Project } from "../../harness/project";
import { PLANTED, POOL_SETTINGS, projectWithStackUp, QUICK } from "../../harness/stack";

const ROTATE = "docs/operations/rotate.md";
const UP = documented(ROTATE, /^pulumi up --stack dev --policy-pack policy\b/);
const SET = documented(ROTATE, /^pulumi config set --secret gocd:adminPassword --stack dev$/);
const ADMIN = documented(ROTATE, /^admin=/);
const UNPROTECT = documented(ROTATE, /^pulumi state unprotect "\$admin" --stack dev$/);

/** What `--against HEAD` compares with. */
const COMMIT =
  "git init --quiet && echo node_modules >>.git/info/exclude && git add --all && git -c user.name=a -c user.email=a@b.c commit --quiet --message before";

let project: Project;
const users = () => secretText("gocd-server", SERVER_NAMESPACE, "passwd");

beforeAll(async () => {
  project = await projectWithStackUp("warm");
});

describe("a rotation of rotate.md", () => {
  test("certificates: new ones, and the agents restart one after the other", async () => {
    const [before, certificates] = [
      await settledPods(),
      await kubectl(["get", "secret", "docker-daemon-tls", "-n", AGENTS_NAMESPACE, "-o", "yaml"]),
    ];
    project.configure(STACK, { "gocd:agents": { docker: { ...POOL_SETTINGS, rotation: 2 } } });
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
