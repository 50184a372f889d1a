import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { documented } from "../../harness/docs";
import { emptyGoogleProject, type GoogleProject } from "../../harness/google";
import { guises, leaks, stateSecrets } from "../../harness/leaks";
import { expectUnchanged, PLANTED, QUICK } from "../../harness/stack";

const RESTORE = "docs/operations/restore.md";
const TEAMS = "docs/operations/teams.md";
const DESTROY = "docs/operations/destroy.md";
const UP = documented(RESTORE, /^pulumi up --stack dev --policy-pack policy\b/);
const DOWN = documented("docs/operations/scale.md", /^npm run down -- --stack dev$/);
let google: GoogleProject;
const things = (type: RegExp) => google.things().filter((thing) => type.test(thing.type));
const names = (type: RegExp) =>
  things(type)
    .flatMap(({ inputs }) => (typeof inputs["name"] === "string" ? [inputs["name"]] : []))
    .sort();
const server = (more: object) => {
  google.project.configure("dev", { "gocd:server": { artifactsDiskType: "pd-standard", ...more } });
};

beforeAll(async () => {
  google = await emptyGoogleProject("google-data", ["dev"], "passphrase");
  await google.project.must(documented("docs/operations/install.md", /gocd:adminPassword --stack dev$/), {
    input: PLANTED.password,
  });
  await google.project.must(UP, QUICK);
});

describe("restore.md", () => {
  test("from a snapshot: a second disk beside the first", async () => {
    const restored = { drill: { data: "gocd-dev-drill" } };
    server({ restored, use: "drill" });
    await google.project.must(UP, QUICK);
    expect(names(/:Disk$/)).toEqual(["gocd-dev-artifacts", "gocd-dev-data", "gocd-dev-data-drill"]);
    server({ restored });
    await google.project.must(UP, QUICK);
    expect(names(/:Disk$/)).toEqual(["gocd-dev-artifacts", "gocd-dev-data", "gocd-dev-data-drill"]);
  });

  test("when the disk itself is gone: refresh, then up makes an empty one", async () => {
    server({});
    google.delete(/:(Disk|DiskResourcePolicyAttachment)$/);
    await google.project.must(documented(RESTORE, /^pulumi refresh --stack dev$/), QUICK);
    await google.project.must(UP, QUICK);
    expect(names(/:Disk$/)).toEqual(["gocd-dev-artifacts", "gocd-dev-data"]);
    expectUnchanged(await google.project.must(UP, QUICK));
  });
});

describe("disks of another type", () => {
  test("are refused while they are protected, and nothing that hangs on them is made anew", async () => {
    const before = google.things();
    server({ diskType: "pd-ssd" });
    const up = await google.project.run(UP, QUICK);
    expect(up.code).not.toBe(0);
    expect(up.text).toContain("protect");
    expect(google.things()).toEqual(before);
    server({});
    expectUnchanged(await google.project.must(UP, QUICK));
  });
});

describe("another range of addresses for the cluster", () => {
  const narrower = { ranges: { nodes: "10.11.0.0/20" } };
  const create = { serverNodes: { diskType: "pd-standard" }, agentNodes: { machineType: "e2-standard-4", max: 3 } };

  test("fails to replace the cluster and deletes nothing, as troubleshoot.md says; once it works, pages and forecast must follow", async () => {
    const before = google.things();
    const edit = { "gocd:cluster": { create: { ...create, ...narrower } } };
    const up = await google.project.edited("dev", edit, () => google.project.run(UP, QUICK));
    expect(up.code).not.toBe(0);
    expect(up.text).toContain("deleting failed");
    expect(up.text).toContain("grpc: the client connection is closing");
    expect(google.things()).toEqual(before);
    expectUnchanged(await google.project.must(UP, QUICK));
  });

  test("works by the way round of scale.md, on the same disks", async () => {
    const disks = things(/:Disk$/);
    await google.project.must(DOWN, QUICK);
    google.project.configure("dev", { "gocd:cluster": { create: { ...create, ...narrower } } });
    await google.project.must(UP, QUICK);
    expect(things(/:Disk$/)).toEqual(disks);
    expect(things(/:Subnetwork$/).map(({ inputs }) => inputs["ipCidrRange"])).toEqual(["10.11.0.0/20"]);
    expect(things(/:Cluster$/)).toHaveLength(1);
  });
});

describe("the state", () => {
  /** The Vault that stands in is asked in place of Cloud KMS. */
  const command = (pattern: RegExp) =>
    `${documented(TEAMS, /^key=gcpkms:/).replace(/gcpkms:.*/, "hashivault://tests")}; ${documented(TEAMS, pattern)}`;

  test("moves to another place as teams.md says: no secret is in the file, those of the settings can be read, there is nothing to do", async () => {
    const { project } = google;
    const elsewhere = `${project.directory}.state`;
    mkdirSync(elsewhere);
    const secrets = await stateSecrets(project, "dev");
    expect(secrets.length).toBeGreaterThan(30);
    await project.must(command(/^pulumi stack change-secrets-provider "\$key" --stack dev$/));
    await project.must(documented(TEAMS, /^pulumi stack export /));
    const exported = path.join(project.directory, "state.json");
    expect(readFileSync(exported, "utf8")).toContain('"ciphertext"');
    expect(leaks([exported], guises([...secrets, PLANTED.password]))).toEqual([]);
    await project.must(documented(TEAMS, /^pulumi login gs:/).replace("gs://BUCKET", `file://${elsewhere}`));
    await project.must(command(/^pulumi stack init dev --secrets-provider="\$key"$/));
    await project.must(documented(TEAMS, /^pulumi stack import /));
    await project.must(documented(TEAMS, /^rm state\.json$/));
    const password = await project.must("pulumi config get gocd:adminPassword --stack dev", { tellsSecrets: true });
    expect(password.stdout.trim()).toBe(PLANTED.password);
    expectUnchanged(await project.must(UP, QUICK));
  });
});

describe("deleting the data for good", () => {
  test("leaves nothing but the project's repository", async () => {
    await google.project.must(documented(DESTROY, /^npm run down -- --stack dev$/), QUICK);
    expect((await google.project.run(documented(DESTROY, /^pulumi destroy --stack dev$/))).code).not.toBe(0);
    google.delete(/:(Disk|Bucket|BucketIAMMember)$/);
    await google.project.must(documented(DESTROY, /^pulumi refresh --stack dev$/), QUICK);
    await google.project.must(documented(DESTROY, /^pulumi state delete 'urn.*Repository/));
    await google.project.must(documented(DESTROY, /^pulumi state unprotect --all --stack dev$/));
    await google.project.must(documented(DESTROY, /^pulumi destroy --stack dev$/), QUICK);
    expect(await google.project.state("dev")).toEqual([]);
    expect(google.things().map(({ type }) => type)).toEqual(["gcp:artifactregistry/repository:Repository"]);
  });
});
