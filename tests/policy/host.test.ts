import { formerNamePolicies } from "../../policy/former-names";
import { RULES } from "../../policy/all-rules";
import { policies } from "../../policy/policies";
import { refusals, type Report, reports, request, type Resource, stackRequest, tokenOf, untyped } from "./analyzer";
import { CASES } from "./cases/all";
import { otherPod, withHostPath } from "./cases/case";
import { asked, configuration, misjudged, type PolicyHost, startPolicyHost } from "./host";

const { Empty } = untyped("google-protobuf/google/protobuf/empty_pb") as { readonly Empty: new () => object };

const POD = "kubernetes:core/v1:Pod";

let host: PolicyHost;
const analyze = async (resource: Resource): Promise<readonly Report[]> =>
  reports(await host.ask("analyze", request("AnalyzeRequest", resource)));

beforeAll(async () => {
  host = await startPolicyHost();
});
afterAll(() => host.stop());

describe("the real policy host", () => {
  test("answers the first case of each rule as the table expects", async () => {
    const cases = CASES.filter(({ tags }) => tags !== "admission");
    const first = new Map([...cases].reverse().map((one) => [`${one.expect} ${one.rule ?? ""}`, one]));
    expect(first.size).toBeGreaterThan(8);
    expect(await misjudged(host, [...first.values()])).toEqual([]);
  });

  test("refuses nothing but ways to the node for somebody who configures nothing", async () => {
    const pod = { type: POD, props: otherPod({ containers: [{ name: "main", image: "nginx" }] }) };
    expect((await analyze(pod)).map(({ policy, level }) => `${policy}: ${level}`)).toEqual(["images-pinned: advisory"]);
    await host.ask("configure", configuration(asked));
    const found = await analyze(pod);
    await host.ask("configure", configuration({}));
    expect(found.map(({ policy, level }) => `${policy}: ${level}`)).toEqual(["images-pinned: mandatory"]);
  });

  test("tells of names in the configuration that no policy has", async () => {
    await host.ask("configure", configuration({ "no-runtime-socket": {}, "no-host-paths": { namespace: "shop" } }));
    const found = await analyze({ type: "pulumi:pulumi:Stack", props: {} });
    await host.ask("configure", configuration({}));
    expect(found.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^The configuration names no-runtime-socket, which is no policy\. There are .*no-runtime-sockets/,
      ),
      expect.stringMatching(/^no-host-paths has no setting namespace\./),
    ]);
  });

  test("serves every policy with the level that the rules say", async () => {
    const info = await host.ask("getAnalyzerInfo", new Empty());
    const levels = info
      .getPoliciesList()
      .map(
        (policy) =>
          `${policy.getName()}: ${["advisory", "mandatory", "disabled"][policy.getEnforcementlevel()] ?? "?"}`,
      );
    const expected = [...formerNamePolicies(RULES, new Map()), ...policies];
    expect(levels).toEqual(expected.map(({ name, enforcementLevel }) => `${name}: ${enforcementLevel ?? "?"}`));
    expect(levels).toContain("no-runtime-sockets: mandatory");
    expect(levels).toContain("notes: advisory");
  });

  test("looks at the whole stack too", async () => {
    const volume = {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: "node" },
      spec: { hostPath: { path: "/run" } },
    };
    const claim = {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "c" },
      spec: { volumeName: "node" },
    };
    const resources = [volume, claim].map((props) => ({ type: tokenOf(props), name: props.metadata.name, props }));
    const found = reports(await host.ask("analyzeStack", stackRequest(resources)));
    expect(refusals(found).map(({ policy }) => policy)).toEqual(["no-claims-on-node-volumes"]);
  });

  test("judges a resource of ten megabytes", async () => {
    const props = {
      ...withHostPath("/run/docker.sock"),
      filler: Array.from({ length: 10_000 }, () => "x".repeat(1000)),
    };
    expect(refusals(await analyze({ type: POD, props })).map(({ policy }) => policy)).toContain("no-runtime-sockets");
  });

  test("takes exceptions from a policy configuration file's contents, and repeats the reason", async () => {
    const resource = { type: POD, props: withHostPath("/run/docker.sock") };
    const exceptions = [{ object: "Pod shop/case", reason: "the team's own experiment", until: "2999-12-31" }];
    await host.ask("configure", configuration({ "no-runtime-sockets": { exceptions } }));
    const found = await analyze(resource);
    await host.ask("configure", configuration({}));
    expect(refusals(found)).toEqual([]);
    expect(found.map(({ message }) => message).join()).toContain("Reason: the team's own experiment");
    expect(refusals(await analyze(resource))).not.toEqual([]);
  });

  test("takes configuration under a rule's former name, and warns once, at the stack", async () => {
    const stack = { type: "pulumi:pulumi:Stack", name: "dev", props: {} };
    const pod = {
      type: POD,
      props: otherPod({ containers: [{ name: "main", image: "nginx" }] }),
    };
    const exceptions = [{ object: "Pod shop/case", reason: "the team's own experiment", until: "2999-12-31" }];
    await host.ask("configure", configuration({ ...asked, "images-versioned": { exceptions } }));
    const warned = await analyze(stack);
    const found = await analyze(pod);
    await host.ask("configure", configuration({}));
    expect(warned.map(({ message }) => message)).toEqual([
      "The rule images-versioned is called images-pinned now. Rename it in the policy configuration.",
    ]);
    expect(refusals(found)).toEqual([]);
    expect(found.map(({ message }) => message).join()).toContain("images-pinned makes an exception: Pod shop/case");
  });
});
