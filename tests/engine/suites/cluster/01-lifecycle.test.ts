import { exec, kubectl } from "../../../cluster/kubernetes/kubectl";
import { AGENTS_NAMESPACE, ready, SERVER_NAMESPACE } from "../../../cluster/gocd/deploy";
import { identities } from "../../../cluster/gocd/server";
import { documented } from "../../harness/docs";
import type { Project } from "../../harness/project";
import { changes, expectUnchanged, makeVolumes, PLANTED, projectOnCluster, STACK } from "../../harness/stack";

const UP = documented("docs/operations/install.md", /^pulumi up --stack dev --policy-pack policy$/);
const DOWN = documented("docs/operations/destroy.md", /^npm run down -- --stack dev$/);

let project: Project;

const inServer = async (script: string) =>
  (await exec("gocd-server-0", "server", SERVER_NAMESPACE, ["sh", "-c", script])).stdout;

/** Who the agents are, and what is on the server's disks. */
const remembered = async () => ({
  agents: [...(await identities())].sort(),
  configuration: await inServer("cat /godata/config/cruise-config.xml /godata/config/cipher.aes"),
  kept: await inServer("cat /godata/db/kept /godata/artifacts/kept"),
});

beforeAll(async () => {
  project = await projectOnCluster("lifecycle", [STACK]);
});

describe("a stack on a cluster that exists", () => {
  test("takes a password of one's own as install.md says", async () => {
    const set = documented("docs/operations/install.md", /^pulumi config set --secret gocd:adminPassword/);
    await project.must(set, { input: PLANTED.password });
    expect((await project.must(`pulumi config --stack ${STACK}`)).text).not.toContain(PLANTED.password);
  });

  test("is previewed with the policy pack, and nothing is made", async () => {
    const preview = await project.must(UP.replace(" up ", " preview "));
    expect(changes(preview)["create"]).toBeGreaterThan(50);
    expect(preview.text).toContain("policy");
    expect(await kubectl(["get", "namespaces", "-o", "name"])).not.toContain(SERVER_NAMESPACE);
  });

  test("comes up, and server, housekeeping and agents are ready when the command ends", async () => {
    const up = await project.must(UP);
    expect(changes(up)["create"]).toBeGreaterThan(50);
    await ready(2, 5);
    await inServer("echo data >/godata/db/kept; echo artifacts >/godata/artifacts/kept");
  });

  test("does not change when it is brought up again", async () => {
    expectUnchanged(await project.must(UP));
  });

  test("has not drifted when it is refreshed", async () => {
    expectUnchanged(await project.must(`pulumi refresh --stack ${STACK}`));
  });

  test("does not change after the refresh either, and no note calls its volumes foreign", async () => {
    const up = await project.must(UP);
    expectUnchanged(up);
    expect(up.text).not.toContain("not in this program");
  });
});

describe("taking it down", () => {
  let before: Awaited<ReturnType<typeof remembered>>;

  test("is refused to a plain pulumi destroy, and nothing is lost", async () => {
    before = await remembered();
    expect(before.agents).toHaveLength(2);
    const destroy = await project.run("pulumi destroy --stack dev");
    expect(destroy.code).not.toBe(0);
    expect(destroy.text).toMatch(/protect/);
    await ready(2, 5);
    expect(await remembered()).toEqual(before);
  });

  test("leaves what is protected, and says what that is", async () => {
    const down = await project.must(DOWN);
    expect(down.text).toContain("Left, because protected:");
    expect(down.text).toContain("GoCD's configuration, database and plugins");
    expect(await kubectl(["get", "pods", "-n", AGENTS_NAMESPACE, "-o", "name"])).toBe("");
    expect(
      (await project.state(STACK)).filter(({ type, protect }) => type.startsWith("random:") && protect),
    ).toHaveLength(6);
  });

  test("is undone by the next up: the same agents, the same data", async () => {
    await makeVolumes(STACK);
    await project.must(documented("docs/operations/destroy.md", /^pulumi up --stack dev --policy-pack policy$/));
    await ready(2, 60);
    expect(await remembered()).toEqual(before);
  });
});
