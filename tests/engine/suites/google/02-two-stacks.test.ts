import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { emptyGoogleProject, type GoogleProject } from "../../harness/google";
import { QUICK } from "../../harness/stack";

let google: GoogleProject;
const things = (type: RegExp) => google.things().filter((thing) => type.test(thing.type));
const up = (stack: string) => google.project.run(`pulumi up --stack ${stack}`, QUICK);

/** Changes one place of a source file in the copy, and returns what changes it back. */
function edit(file: string, from: string, to: string): () => void {
  const target = path.join(google.project.directory, file);
  const before = readFileSync(target, "utf8");
  if (!before.includes(from)) throw new Error(`${file} has no ${from}: this test must follow`);
  writeFileSync(target, before.replace(from, to));
  return () => {
    writeFileSync(target, before);
  };
}

beforeAll(async () => {
  google = await emptyGoogleProject("google-two", ["dev", "pools"]);
  // The repository that serves gcr.io exists once in a project.
  google.project.configure("pools", { "gocd:images": { repository: "existing" } });
});

describe("what only an engine notices", () => {
  test("is a cycle: a child that waits for its own parent ends the preview badly", async () => {
    const mend = edit(
      "components/guardrails/component.ts",
      "const child = { parent: this };",
      "const child = { parent: this, dependsOn: [this] };",
    );
    // A program that waits for itself ends when nothing is left to do, and so does its process.
    const preview = await google.cold.run("pulumi preview --stack dev");
    mend();
    expect(preview.code).not.toBe(0);
    expect(preview.text).toContain("promises were still active");
  });

  test("is an edge that is missing: pods come before there are nodes", async () => {
    const pool = "urn:pulumi:dev::gocd::gocd:cluster:Cluster$gcp:container/nodePool:NodePool::gocd-dev";
    google.fail(["server", "agents"].map((nodes) => `create ${pool}-${nodes}`));
    const mend = edit("components/cluster/component.ts", "dependsOn: pools", "dependsOn: [cluster]");
    const { text } = await google.project.run("pulumi up --stack dev --continue-on-error", QUICK);
    mend();
    expect(text).toContain("no nodes available to schedule pods");
  });

  test("is a name without the stack's: the second stack finds it taken", async () => {
    expect((await up("dev")).code).toBe(0);
    const mend = edit(
      "components/network/component.ts",
      "{ name, autoCreateSubnetworks: false",
      '{ name: "gocd-dev", autoCreateSubnetworks: false',
    );
    const collision = await up("pools");
    mend();
    expect(collision.code).not.toBe(0);
    expect(collision.text).toContain("alreadyExists");
  });

  test("is none of it in this program: a second stack comes up beside the first", async () => {
    expect((await up("pools")).code).toBe(0);
    expect(things(/:Network$/)).toHaveLength(2);
    expect(things(/:Cluster$/)).toHaveLength(2);
    const repositories = things(/:Repository$/).map(({ inputs }) => inputs["repositoryId"]);
    expect(repositories.sort()).toEqual(["gcr.io", "gocd-pools-builds"]);
  });

  test("is something protected in the cluster: then the whole cluster stays", async () => {
    const mend = edit(
      "components/guardrails/component.ts",
      'namespace(`${name}-agents`, common, "privileged"), child);',
      'namespace(`${name}-agents`, common, "privileged"), { ...child, protect: true });',
    );
    expect((await up("dev")).code).toBe(0);
    const down = await google.project.run("npm run down -- --stack dev", QUICK);
    mend();
    expect(down.text).toContain("Left, because something protected needs it:");
    expect(things(/:Cluster$/)).toHaveLength(2);
  });

  test("and without that the cluster of the one stack goes, and nothing of the other", async () => {
    expect((await up("dev")).code).toBe(0);
    await google.project.must("npm run down -- --stack dev", QUICK);
    expect(things(/:(Cluster|Network)$/).map(({ inputs }) => inputs["name"])).toEqual(["gocd-pools", "gocd-pools"]);
  });
});
