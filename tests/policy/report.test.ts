import { RULES } from "../../policy/all-rules";
import { configured } from "../../policy/configured";
import { makePolicies } from "../../policy/policies";
import { Report } from "../../policy/report";
import { analyzer, notes, refusals } from "./analyzer";
import { container, otherPod, withHostPath } from "./cases/case";

const POD = "kubernetes:core/v1:Pod";

describe("for somebody who configures nothing", () => {
  test("what reaches the node is refused, and nothing else", () => {
    const levels = RULES.filter(({ level }) => level === "mandatory").map(({ name }) => name);
    expect(levels).toEqual([
      "no-runtime-sockets",
      "no-privileged-containers",
      "no-host-namespaces",
      "no-node-daemons",
      "no-host-paths",
      "no-claims-on-node-volumes",
      "well-formed-pods",
    ]);
  });

  test("every policy tells severity, where to read more, and what standards say", () => {
    const policies = makePolicies().filter(({ name }) => !name.endsWith("notes"));
    for (const { severity, url, remediationSteps } of policies)
      expect([severity, url, remediationSteps]).toEqual([
        expect.stringMatching(/^(low|medium|high|critical)$/),
        expect.stringMatching(/^https:\/\//),
        expect.stringMatching(/\.$/),
      ]);
    expect(policies[0]).toMatchObject({
      framework: { name: "CIS Kubernetes Benchmark", version: "1.8.0", reference: "5.2.12" },
      tags: ["CIS 5.2.12", "PSA baseline: HostPath Volumes", "NSA Kubernetes Pod security"],
    });
  });
});

describe("configuration", () => {
  const unpinned = { type: POD, props: otherPod({ containers: [container({ image: "nginx" })] }) };
  const levelsWith = async (config: Parameters<typeof analyzer>[0]) =>
    (await analyzer(config).analyze(unpinned)).map(({ policy, level }) => `${policy}: ${level}`);

  test("gives a rule another level, as a word or beside its settings", async () => {
    expect(await levelsWith({ "images-pinned": "advisory" })).toEqual(["images-pinned: advisory"]);
    expect(await levelsWith({ "images-pinned": { enforcementLevel: "disabled" } })).toEqual([]);
  });

  test("gives all rules a level, and one another", () => {
    const levels = configured(makePolicies(), { all: "disabled", "no-host-paths": "advisory" });
    expect([
      ...new Set(levels.map(({ name, enforcementLevel }) => `${name === "no-host-paths"} ${enforcementLevel ?? ""}`)),
    ]).toEqual(["false disabled", "true advisory"]);
    expect(configured(makePolicies(), { all: { enforcementLevel: "disabled" } })[0]?.enforcementLevel).toBe("disabled");
  });

  test("with a key that a rule does not have is reported once, with the keys that it has", async () => {
    const { analyze } = analyzer({ "no-host-paths": { namespace: ["shop"], enforcementLevel: "mandatory" } });
    const resource = { type: POD, props: otherPod() };
    expect(notes(await analyze(resource))).toEqual([
      "no-host-paths has no setting namespace. It has exceptions, namespaces, hostPaths, hostPathsIn.",
    ]);
    expect(notes(await analyze(resource))).toEqual([]);
  });

  test("of names that no policy has is reported", () => {
    const report = new Report();
    report.configured(["no-runtime-socket", "notes", "all"], [{ name: "no-runtime-sockets" }, { name: "notes" }]);
    const told: string[] = [];
    report.tellNotes("urn", (message) => told.push(message));
    expect(told).toEqual([
      "The configuration names no-runtime-socket, which is no policy. There are no-runtime-sockets, notes.",
    ]);
  });
});

describe("a resource with thousands of violations", () => {
  const many = (path: string) =>
    otherPod({
      volumes: Array.from({ length: 1000 }, (_, i) => ({ name: `v${i}`, hostPath: { path: `${path}/${i}` } })),
    });

  test("is refused with as many messages as somebody reads, and the number of the rest", async () => {
    const found = refusals(await analyzer().analyze({ type: POD, props: many("/run/containerd") }));
    expect(found).toHaveLength(201);
    expect(found.at(-1)?.message).toBe("There are 800 more of these in the same resource.");
  });

  test("is noted the same way", async () => {
    const found = notes(await analyzer().analyze({ type: POD, props: many("/srv") }));
    expect(found).toHaveLength(201);
    expect(found.at(-1)).toBe("no-host-paths: There are 800 more of these in the same resource.");
  });

  test("is refused for the one that no exception covers, wherever it stands", async () => {
    const exceptions = Array.from({ length: 1000 }, (_, i) => ({
      object: "Pod shop/case",
      found: `/run/containerd/${i} `,
      reason: "the team's own experiment",
      until: "2999-01-01",
    })).slice(0, 999);
    const { analyze } = analyzer({ "no-runtime-sockets": { exceptions } });
    const found = refusals(await analyze({ type: POD, props: many("/run/containerd") }));
    expect(found.map(({ message }) => message)).toEqual([expect.stringContaining("/run/containerd/999 ")]);
  });
});

test("an object that names a socket is told what to do without a word about GoCD", async () => {
  const found = await analyzer().analyze({ type: POD, props: withHostPath("/var/run/docker.sock") });
  expect(found.map(({ message }) => message).join()).not.toMatch(/gocd|agent/i);
});
