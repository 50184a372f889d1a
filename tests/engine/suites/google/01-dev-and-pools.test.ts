import { documented } from "../../harness/docs";
import { emptyGoogleProject, type GoogleProject } from "../../harness/google";
import { isOrdered, orderEdges } from "../../harness/order";
import { changes, expectUnchanged, QUICK } from "../../harness/stack";

interface Plan {
  readonly steps: readonly { readonly op: string; readonly urn: string }[];
}

/** The stacks, each with what it keeps: two disks, a bucket, and repositories, of which what jobs push has one of its own. */
const STACKS = [
  ["dev", 4],
  ["pools", 5],
] as const;

describe.each(STACKS)("the stack %s in an empty project of the model of Google Cloud", (stack, kept) => {
  let google: GoogleProject;
  const up = documented("README.md", /^pulumi up --stack dev /).replace("--stack dev", `--stack ${stack}`);
  const things = (type: RegExp) => google.things().filter((thing) => type.test(thing.type));

  beforeAll(async () => {
    google = await emptyGoogleProject(`google-${stack}`, [stack]);
  });

  test("is previewed with the policy pack before anything is there", async () => {
    const preview = await google.project.must(up.replace("pulumi up", "pulumi preview"));
    expect(changes(preview)["create"]).toBeGreaterThan(90);
  });

  test("comes up although everything of Google's fails once, and goes on from what there is", async () => {
    const { project } = google;
    const preview = await project.must(`pulumi preview --json --stack ${stack}`);
    const { steps } = JSON.parse(preview.stdout) as Plan;
    const ours = steps.filter(({ op, urn }) => op === "create" && /[:$]gcp:[^:]*:[^:]*::/.test(urn));
    expect(ours.length).toBeGreaterThan(15);
    google.fail(ours.map(({ urn }) => `create ${urn}`));
    for (let updates = 0; google.failuresLeft().length > 0 && updates < ours.length; updates++) {
      const ended = await project.run(`pulumi up --stack ${stack}`, QUICK);
      expect(ended.text).toContain("Error 503");
    }
    expect(google.failuresLeft()).toEqual([]);
    await project.must(up, QUICK);
  });

  test("does not change when it is brought up again, and has not drifted", async () => {
    expectUnchanged(await google.project.must(up, QUICK));
    expectUnchanged(await google.project.must(`pulumi refresh --stack ${stack}`, QUICK));
  });

  test("goes down although every deletion at Google fails once, and keeps disks, images and backups", async () => {
    google.forgetEvents();
    const downward = `npm run down -- --stack ${stack}`;
    const gone = (await google.project.state(stack)).filter(
      ({ type, protect }) => type.startsWith("gcp:") && protect !== true,
    );
    expect(gone.length).toBeGreaterThan(10);
    google.fail(gone.map(({ urn }) => `delete ${urn}`));
    for (let times = 0; google.failuresLeft().length > 0 && times < gone.length; times++)
      expect((await google.project.run(downward, QUICK)).text).toContain("Error 503");
    expect(google.failuresLeft()).toEqual([]);
    const down = await google.project.must(downward, QUICK);
    expect(down.text).toContain("Left, because protected:");
    expect(things(/:(Cluster|NodePool|Network|Subnetwork|Router|RouterNat)$/)).toEqual([]);
    expect(things(/:(Disk|Bucket|Repository)$/)).toHaveLength(kept);
  });

  test("comes back on the same disks", async () => {
    const disks = things(/:Disk$/);
    expect(changes(await google.project.must(up, QUICK))["create"]).toBeGreaterThan(50);
    expect(things(/:Disk$/)).toEqual(disks);
  });

  test("went and came in the order that Google's rules ask for", async () => {
    const edges = await orderEdges(google.project, stack);
    const wrong = edges.filter(([waits, awaited]) => !isOrdered(google.events(), waits, awaited));
    expect(wrong).toEqual([]);
    expect(edges.length).toBeGreaterThan(20);
    expect(edges.filter(([waits, awaited]) => /kubernetes:/.test(waits) && /:NodePool::/.test(awaited))).not.toEqual(
      [],
    );
  });
});
