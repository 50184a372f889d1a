import { difference } from "../../../preview/difference/difference";
import type { Registration } from "../../../preview/run/registration";
import { secret, UNKNOWN, type WireObject } from "../../../preview/run/wire";
import { resource, side } from "./registrations";
import { factsOf } from "./facts";
import { type Edit, factsOfEdit, IN_CLUSTER, METADATA, MUTABLE, provider, spec, STATEFUL_SET, template } from "./edits";

const EDITS: readonly Edit[] = [
  [
    "an ignored field",
    "gcp:container/nodePool:NodePool",
    { initialNodeCount: 1 },
    { initialNodeCount: 2 },
    [],
    [{ ignoreChanges: ["initialNodeCount"] }, { ignoreChanges: ["initialNodeCount"] }],
  ],
  [
    "the same field when it is not ignored",
    "gcp:container/nodePool:NodePool",
    { initialNodeCount: 1 },
    { initialNodeCount: 2 },
    ["! NodePool x: initialNodeCount"],
  ],
  [
    "a disk's description",
    "gcp:compute/disk:Disk",
    { description: "a" },
    { description: "b" },
    ["! Disk x: description"],
  ],
  ["a disk's labels", "gcp:compute/disk:Disk", { labels: { a: "b" } }, { labels: { a: "c" } }, ["~ Disk x: labels.a"]],
  [
    "a cluster's description",
    "gcp:container/cluster:Cluster",
    { deletionProtection: false },
    { deletionProtection: false, description: "b" },
    ["! Cluster x: description"],
  ],
  [
    "the location of a cluster whose deletion is guarded",
    "gcp:container/cluster:Cluster",
    { location: "a" },
    { location: "b" },
    ["! Cluster x: location REFUSED"],
  ],
  [
    "a taint",
    "gcp:container/nodePool:NodePool",
    { nodeConfig: { taints: [{ key: "a", value: "b" }] } },
    { nodeConfig: { taints: [{ key: "a", value: "c" }] } },
    ["~ NodePool x: nodeConfig.taints[a].value"],
  ],
  [
    "the length of a password",
    "random:index/randomPassword:RandomPassword",
    { length: 20 },
    { length: 24 },
    ["! RandomPassword x: length"],
  ],
  [
    "a key's curve",
    "tls:index/privateKey:PrivateKey",
    { ecdsaCurve: "P256" },
    { ecdsaCurve: "P384" },
    ["! PrivateKey x: ecdsaCurve"],
  ],
  [
    "an image's Dockerfile",
    "docker:index/image:Image",
    { build: { dockerfile: "a" } },
    { build: { dockerfile: "b" } },
    ["~ Image x: build.dockerfile"],
  ],
  [
    "a field that the program itself wants replaced",
    "random:index/randomId:RandomId",
    { other: 1 },
    { other: 2 },
    ["! RandomId x: other"],
    [{}, { replaceOnChanges: ["other"] }],
  ],
  ["protection alone", "gcp:compute/disk:Disk", {}, {}, ["~ Disk x: option protect"], [{}, { protect: true }]],
  [
    "the provider",
    STATEFUL_SET,
    { metadata: METADATA, spec },
    { metadata: METADATA, spec },
    ["! StatefulSet x: provider", "  pods: stops docker-0, docker-1, docker-2, then starts again"],
    [{}, { provider: "urn:pulumi:dev::gocd::pulumi:providers:kubernetes::other::id" }],
  ],
];

describe("an edit of a component", () => {
  test.each(EDITS.map((edit) => [edit[0], edit] as const))("tells what comes of %s", (_, edit) => {
    expect(factsOfEdit(edit)).toEqual(edit[4]);
  });

  test("replaces what takes a new value in a field that cannot change, and what follows from that", () => {
    const bytes = (length: number) => resource("random:index/randomBytes:RandomBytes", "seed", { inputs: { length } });
    const from = bytes(1).urn;
    const key = resource("tls:index/selfSignedCert:SelfSignedCert", "cert", {
      inputs: { privateKeyPem: secret(UNKNOWN) },
      propertyDependencies: { privateKeyPem: [from] },
    });
    const user = resource("kubernetes:core/v1:Secret", "tls", {
      ...IN_CLUSTER,
      inputs: { stringData: secret({ cert: UNKNOWN }) },
      propertyDependencies: { stringData: [key.urn] },
    });
    const rest = [provider(MUTABLE), key, user];
    expect(factsOf(difference(side(bytes(16), ...rest), side(bytes(32), ...rest)))).toEqual([
      "~ Secret tls: stringData",
      "! RandomBytes seed: length",
      "! SelfSignedCert cert: privateKeyPem (from seed)",
    ]);
  });

  test("rolls the pods that run an image whose files differ", () => {
    const image = resource("docker:index/image:Image", "agent");
    const set = resource(STATEFUL_SET, "docker", {
      inputs: { metadata: METADATA, spec: { ...spec, template: template(UNKNOWN) } },
      propertyDependencies: { spec: [image.urn] },
    });
    const both = side(image, set);
    expect(factsOf(difference(both, both, { rebuilt: new Set([image.urn]) }))).toEqual([
      "~ Image agent: with effect",
      "~ StatefulSet docker: spec",
      "  pods: restarts one after the other: docker-2, docker-1, docker-0",
    ]);
  });

  test("says nothing of a secret that only its provider knows", () => {
    const made = side(resource("kubernetes:core/v1:Secret", "s", { inputs: { stringData: secret({ a: UNKNOWN }) } }));
    const given = side(resource("kubernetes:core/v1:Secret", "s", { inputs: { stringData: secret({ a: "known" }) } }));
    expect(factsOf(difference(made, given))).toEqual([]);
  });

  test("does not call a value no secret that only its provider knows", () => {
    const outputs = (password: Registration["inputs"][string]) => ({ registrations: [], outputs: { password } });
    const [made, given] = [outputs(UNKNOWN), outputs(secret("hunter-1"))];
    expect(difference(made, given).outputs).toEqual([
      { path: ["password"], before: "«known after up»", after: "«secret»" },
    ]);
    expect(difference(given, made).outputs).toEqual([
      { path: ["password"], before: "«secret»", after: "«known after up»" },
    ]);
  });

  test("shows neither a secret nor a value that has become one", () => {
    const value = (inputs: WireObject) => side(resource("sample:index:Thing", "x", { inputs }));
    const shown = JSON.stringify([
      difference(
        value({ a: secret("hunter-1"), b: "hunter-2" }),
        value({ a: secret("hunter-3"), b: secret("hunter-2") }),
      ),
      difference(
        value({ c: [secret("hunter-4")] }),
        value({ c: [secret("hunter-5"), secret("hunter-6")], d: secret("hunter-7") }),
      ),
    ]);
    expect(shown).not.toMatch(/hunter/);
    expect(shown).toContain("«secret, changed»");
  });
});
