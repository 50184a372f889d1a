import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { eventually } from "../../../cluster/kubernetes/run";
import { documented } from "../../harness/docs";
import { emptyGoogleProject, type GoogleProject } from "../../harness/google";
import { signalGroup } from "../../harness/project";
import type { Thing } from "../../providers/google/cloud";
import { expectUnchanged, QUICK } from "../../harness/stack";

const PAGE = "docs/operations/troubleshoot.md";
const UP = documented("README.md", /^pulumi up --stack dev /);
const DISK = ":Disk::gocd-dev-data";

interface ImportFile {
  readonly resources: readonly { readonly type: string; readonly name: string; readonly id?: string }[];
}

let google: GoogleProject;
/** URNs of what is to be made at Google. */
let urns: readonly string[];
const urn = (end: string) => urns.find((one) => one.endsWith(end)) ?? `nothing to make ends in ${end}`;
const things = (type: RegExp) => google.things().filter((thing) => type.test(thing.type));
const up = () => google.project.run("pulumi up --stack dev", QUICK);

async function planned(): Promise<readonly string[]> {
  const { stdout } = await google.project.must("pulumi preview --json --stack dev");
  const { steps } = JSON.parse(stdout) as { readonly steps: readonly { readonly urn: string }[] };
  return steps.map((step) => step.urn);
}

/** Takes a disk that is there into the state, as the page says. */
async function importDisk(name: string): Promise<Thing | undefined> {
  const disk = things(/:Disk$/).find(({ inputs }) => inputs["name"] === name);
  await google.project.must(documented(PAGE, /^pulumi preview --stack dev --import-file /));
  const file = path.join(google.project.directory, "import.json");
  const all = JSON.parse(readFileSync(file, "utf8")) as ImportFile;
  const resources = all.resources
    .filter((one) => one.type.endsWith(":Disk") && one.name === name)
    .map((one) => ({ ...one, id: disk?.id }));
  expect(resources).toHaveLength(1);
  writeFileSync(file, JSON.stringify({ ...all, resources }));
  await google.project.must(documented(PAGE, /^pulumi import --stack dev --file /), QUICK);
  await google.project.must(documented(PAGE, /^rm import\.json$/));
  return disk;
}

beforeAll(async () => {
  google = await emptyGoogleProject("google-lost-answers", ["dev"]);
  urns = await planned();
});

describe("what Google made, and the state does not know", () => {
  test("already exists, says the next up; a disk is imported as troubleshoot.md says", async () => {
    google.fail([`after create ${urn(DISK)}`]);
    expect((await up()).text).toContain("Error 503");
    const next = await up();
    expect([next.code === 0, next.text.includes("disks/gocd-dev-data' already exists")]).toEqual([false, true]);
    const disk = await importDisk("gocd-dev-data");
    google.fail([`after create ${urn("container/cluster:Cluster::gocd-dev")}`]);
    expect((await up()).text).toContain("Error 503");
    expect(things(/:Disk$/)).toContainEqual(disk);
  });

  test("is deleted where it holds nothing, such as a cluster that never came up", async () => {
    const next = await up();
    expect([next.code === 0, /Already exists: \S+clusters\/gocd-dev/.test(next.text)]).toEqual([false, true]);
    google.delete(/:Cluster$/);
    await google.project.must(UP, QUICK);
    expectUnchanged(await google.project.must(UP, QUICK));
  });

  test("is told of by the next up when one was killed in the midst of it", async () => {
    google.project.configure("dev", {
      "gocd:server": { artifactsDiskType: "pd-standard", restored: { copy: { data: "empty" } } },
    });
    urns = await planned();
    const made = urn(`${DISK}-copy`);
    google.fail([`no answer to create ${made}`]);
    const { child, ended } = google.cold.start("pulumi up --stack dev", QUICK);
    await eventually("the disk", () => Promise.resolve(google.failuresLeft().length === 0 || undefined), 300_000);
    signalGroup(child, "SIGKILL");
    await ended;
    await google.project.must(documented(PAGE, /^pulumi cancel --stack dev$/));
    const next = await up();
    expect([next.code === 0, next.text.includes("interrupted while creating")]).toEqual([false, true]);
    await google.project.must(documented(PAGE, /^pulumi refresh --stack dev --clear-pending-creates$/), QUICK);
    const copy = await importDisk("gocd-dev-data-copy");
    await google.project.must(UP, QUICK);
    expect(things(/:Disk$/)).toContainEqual(copy);
    expectUnchanged(await google.project.must(UP, QUICK));
  });
});

test("an update that Google fails is made by the next up", async () => {
  const [pool] = (await google.project.state("dev")).filter(({ urn: one }) =>
    one.endsWith("NodePool::gocd-dev-agents"),
  );
  google.project.configure("dev", {
    "gocd:cluster": {
      create: {
        serverNodes: { diskType: "pd-standard" },
        agentNodes: { machineType: "e2-standard-4", diskType: "pd-standard", max: 4 },
      },
    },
  });
  google.fail([`update ${pool?.urn ?? ""}`]);
  expect((await up()).text).toContain("Error 503");
  await google.project.must(UP, QUICK);
  const most = things(/:NodePool$/).map(({ inputs }) => JSON.stringify(inputs["autoscaling"]));
  expect(most.filter((text) => text.includes('"totalMaxNodeCount":4'))).toHaveLength(1);
  expect(google.failuresLeft()).toEqual([]);
});

test("a read that Google fails ends a refresh, and changes nothing in the state", async () => {
  const before = await google.project.state("dev");
  const [network] = before.filter(({ type }) => type.startsWith("gcp:compute/network"));
  google.fail([`read ${network?.urn ?? ""}`]);
  const refresh = await google.project.run("pulumi refresh --stack dev", QUICK);
  expect([refresh.code === 0, refresh.text.includes("Error 503")]).toEqual([false, true]);
  expect((await google.project.state("dev")).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
});

test("without a Docker daemon nothing goes, not even down", async () => {
  const before = google.things();
  const down = await google.project.run("npm run down -- --stack dev", { env: { DOCKER_HOST: "none" } });
  expect([down.code === 0, down.text.includes("failed to connect to any docker daemon")]).toEqual([false, true]);
  expect(google.things()).toEqual(before);
});
