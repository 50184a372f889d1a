import { documented } from "../../harness/docs";
import { emptyGoogleProject, type GoogleProject } from "../../harness/google";
import { expectUnchanged, QUICK } from "../../harness/stack";

const UP = documented("docs/operations/scale.md", /^pulumi up --stack dev --policy-pack policy\b/);
const SERVER_NODES = { diskType: "pd-standard" };
const AGENT_NODES = { machineType: "e2-standard-8", diskType: "pd-standard", max: 3 };
const DOCKER = { replicas: 2, resources: ["docker"], environments: ["docker"] };

let google: GoogleProject;
const things = (type: RegExp) => google.things().filter((thing) => type.test(thing.type));
const pools = () => things(/:NodePool$/);
/** The nodes for agents, by what their URN ends with. */
const eventsOf = (name: string) =>
  google
    .events()
    .filter(({ urn }) => urn.endsWith(`NodePool::${name}`))
    .map(({ what, stage }) => `${what} ${stage}`);

/** Brings the stack up with these settings; what happened before is forgotten. */
async function up(keys: Readonly<Record<string, unknown>>): Promise<void> {
  google.project.configure("dev", keys);
  google.forgetEvents();
  await google.project.must(UP, QUICK);
}

beforeAll(async () => {
  google = await emptyGoogleProject("google-scale", ["dev"]);
  await google.project.must(UP, QUICK);
});

describe("a change of scale.md on a cluster of the stack's own", () => {
  test("other machines, a larger disk: nodes and disks are the same, and are no longer what they were", async () => {
    const same = () => [...pools(), ...things(/:Disk$/)].map(({ type, id, made }) => ({ type, id, made }));
    const before = same();
    await up({
      "gocd:cluster": { create: { serverNodes: SERVER_NODES, agentNodes: AGENT_NODES } },
      "gocd:server": { artifactsDiskType: "pd-standard", disk: "40Gi", artifacts: "300Gi" },
    });
    expect(same()).toEqual(before);
    expect(pools().map(({ inputs }) => inputs["nodeConfig"])).toContainEqual(
      expect.objectContaining({ machineType: "e2-standard-8" }),
    );
    expect(things(/:Disk$/).map(({ inputs }) => [inputs["name"], inputs["size"]])).toEqual(
      expect.arrayContaining([
        ["gocd-dev-data", 40],
        ["gocd-dev-artifacts", 300],
      ]),
    );
  });

  test("spot nodes: the new ones are there before the old ones go", async () => {
    await up({
      "gocd:cluster": { create: { serverNodes: SERVER_NODES, agentNodes: { ...AGENT_NODES, spot: true } } },
    });
    expect(eventsOf("gocd-dev-agents")).toEqual(["create began", "create ended", "delete began", "delete ended"]);
    expect(pools().map(({ inputs }) => inputs["nodeConfig"])).toContainEqual(expect.objectContaining({ spot: true }));
  });

  test("a pool's first nodes: they are there beside those of the others", async () => {
    const before = pools();
    await up({ "gocd:agents": { docker: { ...DOCKER, nodes: {} } } });
    expect(eventsOf("gocd-dev-docker")).toEqual(["create began", "create ended"]);
    expect(pools()).toHaveLength(before.length + 1);
  });

  test("and none of them leaves anything to do", async () => {
    expectUnchanged(await google.project.must(UP, QUICK));
  });
});
