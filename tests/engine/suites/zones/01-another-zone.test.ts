import { documented } from "../../harness/docs";
import { emptyGoogleProject, type GoogleProject } from "../../harness/google";
import type { Ended } from "../../harness/project";
import { expectUnchanged, QUICK } from "../../harness/stack";

const PAGE = "docs/operations/another-zone.md";
const UP = documented(PAGE, /^pulumi up --stack dev --policy-pack policy\b/);
const DOWN = documented(PAGE, /^npm run down -- --stack dev$/);
const FROM = "us-central1-a";
const TO = "us-central1-b";

/** What `--against HEAD` compares with; packages are a link. */
const COMMIT = `git init -q --initial-branch=main && echo node_modules >>.git/info/exclude && git add -A &&
  git -c user.name=a -c user.email=a@b.c commit -qm before`;

let google: GoogleProject;
/** What the page's preview says of the last of the moves. */
let said: readonly string[] = [];
const things = (type: RegExp) => google.things().filter((thing) => type.test(thing.type));
const disks = () =>
  things(/:(Disk|RegionDisk)$/)
    .map(({ id }) => id.slice(id.indexOf("/", "projects/".length) + 1))
    .sort();
/** What a preview says, without npm's header and the line that names what it compares with. */
const body = ({ stdout }: Ended) => stdout.split("\n").filter((line) => !/^> |^stack dev against /.test(line));
const clusters = () => things(/:Cluster$/).map(({ inputs }) => inputs["location"]);

describe.each([
  {
    kind: "a disk for each purpose in one zone",
    first: {},
    next: {
      diskZone: FROM,
      restored: { moved: { data: "gocd-dev-data-move", artifacts: "gocd-dev-artifacts-move" } },
      use: "moved",
    },
    before: [`zones/${FROM}/disks/gocd-dev-artifacts`, `zones/${FROM}/disks/gocd-dev-data`],
    added: [`zones/${TO}/disks/gocd-dev-artifacts-moved`, `zones/${TO}/disks/gocd-dev-data-moved`],
  },
  {
    kind: "disks in two zones",
    first: { replicaZone: TO },
    next: { diskZone: FROM, replicaZone: TO },
    before: ["regions/us-central1/disks/gocd-dev-artifacts", "regions/us-central1/disks/gocd-dev-data"],
    added: [],
  },
])("a stack with $kind moves to another zone", ({ kind, first, next, before, added }) => {
  beforeAll(async () => {
    google = await emptyGoogleProject(`google-zone-${before[0]?.split("/")[0] ?? kind}`, ["dev"]);
    google.project.configure("dev", { "gocd:server": first });
    await google.project.must("pulumi up --stack dev", QUICK);
    await google.project.must(COMMIT);
  });

  test("by the steps of the page, and no disk is touched", async () => {
    const { project } = google;
    expect([disks(), clusters()]).toEqual([before, [FROM]]);
    const made = things(/:(Disk|RegionDisk)$/);
    await project.must(DOWN, QUICK);
    project.configure("dev", { "gcp:zone": TO, "gocd:server": next });
    const preview = await project.must(documented(PAGE, /^npm run preview -- --stack dev --against HEAD$/));
    said = body(preview);
    expect(preview.text).not.toMatch(/protected[^\n]*(replaced|deleted)/);
    await project.must(UP);
    expect([disks(), clusters()]).toEqual([[...before, ...added].sort(), [TO]]);
    expect(things(/:(Disk|RegionDisk)$/)).toEqual(expect.arrayContaining(made));
    expectUnchanged(await project.must(UP, QUICK));
  });
});

test("a move is previewed as the page says and as README.md says, with the same words", async () => {
  const onBranch = await google.project.must(documented("README.md", /^npm run preview -- --against main$/));
  expect(said.length).toBeGreaterThan(5);
  expect(body(onBranch)).toEqual(said);
});
