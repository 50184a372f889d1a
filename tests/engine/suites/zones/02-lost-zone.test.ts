import { documented } from "../../harness/docs";
import { emptyGoogleProject, type GoogleProject } from "../../harness/google";
import { expectUnchanged, QUICK } from "../../harness/stack";

const PAGE = "docs/operations/another-zone.md";
const UP = documented(PAGE, /^pulumi up --stack dev --policy-pack policy\b/);
const FORGET = documented(PAGE, /^PULUMI_K8S_DELETE_UNREACHABLE=true pulumi refresh --stack dev$/);
const FROM = "us-central1-a";
const TO = "us-central1-b";
const KEY = documented("docs/operations/access.md", /^pulumi stack output autoRegisterKey --show-secrets/);
const BACKUP = "backup_20260101-020000";
const CLUSTER = /^gcp:.*:(Cluster|NodePool)$/;

/** What Google cannot tell any more, and what the settings then say of the first disks. */
describe.each([
  {
    zone: "whose disks Google still knows",
    lost: CLUSTER,
    server: {
      diskZone: FROM,
      restored: { moved: { data: "empty", artifacts: "empty" } },
      use: "moved",
    },
    disks: [
      `${FROM}/disks/gocd-dev-artifacts`,
      `${FROM}/disks/gocd-dev-data`,
      `${TO}/disks/gocd-dev-artifacts-moved`,
      `${TO}/disks/gocd-dev-data-moved`,
    ],
    used: "gocd-dev-data-moved",
  },
  {
    zone: "that is gone for good, with its disks",
    lost: /^gcp:.*:(Cluster|NodePool|Disk|DiskResourcePolicyAttachment)$/,
    server: {},
    disks: [`${TO}/disks/gocd-dev-artifacts`, `${TO}/disks/gocd-dev-data`],
    used: "gocd-dev-data",
  },
])("a stack in a lost zone $zone", ({ lost, server, disks, used }) => {
  let google: GoogleProject;
  const things = (type: RegExp) => google.things().filter((thing) => type.test(thing.type));
  const keys = async () => (await google.project.must(KEY)).stdout;
  const kept = () => things(/:(Bucket|Address|GlobalAddress|Network|Repository)$/);
  let before: ReturnType<typeof kept>;
  let identity: string;

  beforeAll(async () => {
    google = await emptyGoogleProject(`google-lost-${used}`, ["dev"]);
    await google.project.must("pulumi up --stack dev", QUICK);
    before = kept();
    identity = await keys();
    google.delete(lost);
  });

  test("is forgotten with its cluster, and with no more than is gone", async () => {
    const refused = await google.project.run("pulumi refresh --stack dev");
    expect([refused.code === 0, refused.text.includes("unreachable")]).toEqual([false, true]);
    await google.project.must(FORGET, QUICK);
    const state = await google.project.state("dev");
    expect(state.filter(({ type }) => type.startsWith("kubernetes:") || lost.test(type))).toEqual([]);
    expect(kept()).toEqual(before);
  });

  test("goes on in another one from a backup in the bucket", async () => {
    google.project.configure("dev", {
      "gcp:zone": TO,
      "gocd:server": { artifactsDiskType: "pd-standard", ...server },
      "gocd:backup": { restore: BACKUP },
    });
    await google.project.must(UP);
    expect(things(/:Cluster$/).map(({ inputs }) => inputs["location"])).toEqual([TO]);
    const zoned = things(/:Disk$/).map(({ id, inputs }) => [id.slice(id.indexOf("zones/") + 6), inputs["snapshot"]]);
    expect(zoned.sort()).toEqual(disks.map((disk) => [disk, undefined]));
    expect(kept()).toEqual(before);
    expectUnchanged(await google.project.must(UP, QUICK));
  });

  test("with the same identity, and a server that fetches that backup to its new disk before it starts", async () => {
    expect(await keys()).toBe(identity);
    const pod = JSON.stringify(
      (await google.project.state("dev")).filter(({ type }) => type === "kubernetes:apps/v1:StatefulSet"),
    );
    expect(pod).toMatch(new RegExp(`"RESTORE_NAME","value":"${BACKUP}"`));
    expect(pod).toContain(`"claimName":"${used}"`);
  });
});
