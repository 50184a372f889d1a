import { documented } from "../../harness/docs";
import { emptyGoogleProject, type GoogleProject } from "../../harness/google";
import { isOrdered, orderEdges } from "../../harness/order";
import { changes, expectUnchanged, QUICK } from "../../harness/stack";

const ACCESS = "docs/operations/access.md";
const UP = documented("README.md", /^pulumi up --stack dev /);
const HOST = "ci.example.com";
const MEMBER = "group:developers@example.com";
const IAP = { clientId: "1234-ab.apps.googleusercontent.com", members: [MEMBER] };
/** What records were made for: it stays when the stack goes, and is given up by hand. */
const KEPT = /:(GlobalAddress|DnsAuthorization)$/;
const MADE =
  /:(GlobalAddress|DnsAuthorization|Certificate|CertificateMap|CertificateMapEntry|SecurityPolicy|WebIamMember)$/;

let google: GoogleProject;
const things = (type: RegExp) => google.things().filter((thing) => type.test(thing.type));
const kinds = (type: RegExp) =>
  things(type)
    .map((thing) => thing.type.split(":").at(-1))
    .sort();
const access = (way: unknown) => {
  google.project.configure("dev", { "gocd:access": way });
};
const records = async () => {
  const { stdout } = await google.project.must(documented(ACCESS, /^pulumi stack output dns --json$/));
  return JSON.parse(stdout) as readonly { readonly name: string; readonly type: string; readonly data: string }[];
};

beforeAll(async () => {
  google = await emptyGoogleProject("google-host", ["dev"]);
});

describe("a host behind IAP", () => {
  const way = { host: HOST, google: { iap: IAP, machines: { allow: ["192.0.2.0/24"] } } };

  test("comes up, although everything of its fails once, and is asked for in the notes of the policies", async () => {
    const { project } = google;
    access(way);
    await project.must(documented(ACCESS, /^pulumi config set --secret gocd:iapClientSecret --stack dev$/), {
      input: "canary-Of-The-Client-9Xq",
    });
    const { stdout } = await project.must("pulumi preview --json --stack dev");
    const { steps } = JSON.parse(stdout) as {
      readonly steps: readonly { readonly op: string; readonly urn: string }[];
    };
    const ours = steps.filter(({ op, urn }) => op === "create" && /gcp:(certificatemanager|iap)/.test(urn));
    expect(ours.length).toBeGreaterThan(3);
    google.fail(ours.map(({ urn }) => `create ${urn}`));
    for (let updates = 0; google.failuresLeft().length > 0 && updates < ours.length; updates++)
      expect((await project.run("pulumi up --stack dev", QUICK)).text).toContain("Error 503");
    expect(google.failuresLeft()).toEqual([]);
    const up = await project.must(UP);
    expect(up.text).toContain(`opens ${HOST} to the internet`);
    expect(kinds(MADE)).toEqual(
      "Certificate CertificateMap CertificateMapEntry DnsAuthorization GlobalAddress SecurityPolicy WebIamMember".split(
        " ",
      ),
    );
  });

  test("does not change when it is brought up again, and has not drifted", async () => {
    expectUnchanged(await google.project.must(UP, QUICK));
    expectUnchanged(await google.project.must("pulumi refresh --stack dev", QUICK));
  });

  test("tells the two records to make, and the URL", async () => {
    expect(await records()).toEqual([
      { name: `${HOST}.`, type: "A", data: "203.0.113.9" },
      {
        name: expect.stringMatching(/^_acme-challenge_\w+\.ci\.example\.com\.$/) as string,
        type: "CNAME",
        data: expect.stringMatching(/\.authorize\.certificatemanager\.goog\.$/) as string,
      },
    ]);
    const shown = await google.project.must(documented(ACCESS, /^pulumi stack output dns$/));
    expect(shown.text).toContain(`${HOST}.`);
    expect((await google.project.must("pulumi stack output open --stack dev")).stdout.trim()).toContain(
      `https://${HOST}`,
    );
  });

  test("takes other members and other ranges without making anything of the load balancer's anew", async () => {
    const before = things(/:(GlobalAddress|Certificate|CertificateMap|SecurityPolicy)$/).map(({ made }) => made);
    const members = [MEMBER, "user:kim@example.com"];
    access({
      host: HOST,
      google: { iap: { ...IAP, members }, machines: { allow: ["192.0.2.0/24", "198.51.100.7/32"] } },
    });
    const { create, replace, delete: deleted } = changes(await google.project.must(UP, QUICK));
    expect([create, replace, deleted]).toEqual([1, undefined, undefined]);
    expect(things(/:(GlobalAddress|Certificate|CertificateMap|SecurityPolicy)$/).map(({ made }) => made)).toEqual(
      before,
    );
    expect(
      things(/:WebIamMember$/)
        .map(({ inputs }) => inputs["member"])
        .sort(),
    ).toEqual([...members].sort());
  });

  test("goes down with the cluster in an order that Google takes, and leaves what the records point at", async () => {
    google.forgetEvents();
    await google.project.must("npm run down -- --stack dev", QUICK);
    expect(kinds(MADE)).toEqual(["DnsAuthorization", "GlobalAddress"]);
    expect(things(/:(Network|Cluster)$/)).toEqual([]);
  });

  test("comes back with the same records", async () => {
    const kept = things(KEPT);
    await google.project.must(UP, QUICK);
    expect(things(KEPT)).toEqual(kept);
    expect(await records()).toHaveLength(2);
    const edges = await orderEdges(google.project, "dev");
    expect(edges.filter(([waits, awaited]) => !isOrdered(google.events(), waits, awaited))).toEqual([]);
  });
});

test("a host with an allow-list in place of IAP gets it before anybody comes, and IAP's members lose their right", async () => {
  access({ host: HOST, google: { allow: ["203.0.113.0/24"] } });
  await google.project.must("pulumi config rm gocd:iapClientSecret --stack dev");
  // The machines' own way goes, and GKE lets go of its list a while later: access.md says to run it again.
  const first = await google.project.run(UP);
  expect(first.text).toContain("'gocd-dev-machines' is already being used by");
  await google.project.must(UP, QUICK);
  expect(things(/:WebIamMember$/)).toEqual([]);
  expect(things(/:SecurityPolicy$/).map(({ inputs }) => inputs["name"])).toEqual(["gocd-dev-people"]);
  expectUnchanged(await google.project.must(UP, QUICK));
});

test("a host is left only when its address and authorization are let go of, as access.md says", async () => {
  access("port-forward");
  const refused = await google.project.run(UP);
  expect(refused.code).not.toBe(0);
  expect(refused.text).toContain("protected");
  expect(kinds(MADE)).toContain("SecurityPolicy");
  const urns = (await google.project.state("dev")).filter(({ type }) => KEPT.test(type)).map(({ urn }) => urn);
  for (const urn of urns) await google.project.must(`pulumi state unprotect '${urn}' --yes --stack dev`);
  await google.project.must(UP, QUICK);
  expect(things(MADE)).toEqual([]);
});

test("an address of the network comes with its proxies, and goes with the network", async () => {
  access({ host: HOST, google: { address: "internal" } });
  await google.project.must(UP);
  expect(kinds(/:(Address|GlobalAddress|CertificateMap|SecurityPolicy)$/)).toEqual(["Address"]);
  expect(
    things(/:Subnetwork$/)
      .map(({ inputs }) => inputs["name"])
      .sort(),
  ).toEqual(["gocd-dev", "gocd-dev-proxies"]);
  expectUnchanged(await google.project.must(UP, QUICK));
  await google.project.must("npm run down -- --stack dev", QUICK);
  expect(kinds(/:(Address|Certificate|DnsAuthorization|Network|Subnetwork)$/)).toEqual(["DnsAuthorization"]);
});
