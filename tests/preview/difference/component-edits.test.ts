import { difference } from "../../../preview/difference/difference";
import { differenceText } from "../../../preview/show/difference-text";
import type { Registration } from "../../../preview/run/registration";
import { styleFor } from "../../../preview/show/terminal";
import { secret, UNKNOWN } from "../../../preview/run/wire";
import type { WireObject } from "../../../preview/run/wire";
import { component, resource, side } from "./registrations";
import { factsOf } from "./facts";

const STATEFUL_SET = "kubernetes:apps/v1:StatefulSet";
const METADATA = { name: "docker", namespace: "agents" };
const template = (image: string) => ({ spec: { containers: [{ name: "agent", image }] } });
const spec = { replicas: 3, serviceName: "docker", podManagementPolicy: "Parallel", template: template("a@1") };
const provider = (options: WireObject) => resource("pulumi:providers:kubernetes", "k8s", { inputs: options });
const MUTABLE = { clusterIdentifier: "c", enableSecretMutable: "true", enableConfigMapMutable: "true" };
const ref = `${provider({}).urn}::id`;
const IN_CLUSTER = { provider: ref };

/** An edit of one resource: its inputs and options before and after, and what comes of it. */
type Edit = readonly [
  edit: string,
  type: string,
  before: WireObject,
  after: WireObject,
  factsOf: readonly string[],
  options?: readonly [before: Partial<Registration>, after: Partial<Registration>],
];

const EDITS: readonly Edit[] = [
  [
    "an image",
    STATEFUL_SET,
    { metadata: METADATA, spec },
    { metadata: METADATA, spec: { ...spec, template: template("a@2") } },
    [
      "~ StatefulSet x: spec.template.spec.containers[agent].image",
      "  pods: restarts one after the other: docker-2, docker-1, docker-0",
    ],
  ],
  [
    "an image where pods are left alone",
    STATEFUL_SET,
    { metadata: METADATA, spec: { ...spec, updateStrategy: { type: "OnDelete" } } },
    { metadata: METADATA, spec: { ...spec, updateStrategy: { type: "OnDelete" }, template: template("a@2") } },
    [
      "~ StatefulSet x: spec.template.spec.containers[agent].image",
      "  pods: waits until somebody deletes docker-0, docker-1, docker-2 (updateStrategy: OnDelete)",
    ],
  ],
  [
    "a StatefulSet's name",
    STATEFUL_SET,
    { metadata: METADATA, spec },
    { metadata: { ...METADATA, name: "d" }, spec },
    ["! StatefulSet x: metadata.name", "  pods: stops docker-0, docker-1, docker-2, then starts again"],
  ],
  [
    "a namespace",
    STATEFUL_SET,
    { metadata: METADATA, spec },
    { metadata: { ...METADATA, namespace: "b" }, spec },
    ["! StatefulSet x: metadata.namespace", "  pods: stops docker-0, docker-1, docker-2, then starts again"],
  ],
  [
    "podManagementPolicy",
    STATEFUL_SET,
    { metadata: METADATA, spec },
    { metadata: METADATA, spec: { ...spec, podManagementPolicy: "OrderedReady" } },
    ["! StatefulSet x: spec.podManagementPolicy", "  pods: stops docker-0, docker-1, docker-2, then starts again"],
  ],
  [
    "the claims' retention",
    STATEFUL_SET,
    { metadata: METADATA, spec },
    { metadata: METADATA, spec: { ...spec, persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete" } } },
    ["~ StatefulSet x: spec.persistentVolumeClaimRetentionPolicy"],
  ],
  [
    "labels of an object",
    STATEFUL_SET,
    { metadata: METADATA, spec },
    { metadata: { ...METADATA, labels: { a: "b" } }, spec },
    ["~ StatefulSet x: metadata.labels"],
  ],
  [
    "a Deployment's selector",
    "kubernetes:apps/v1:Deployment",
    { metadata: METADATA, spec: { selector: { matchLabels: { a: "b" } } } },
    { metadata: METADATA, spec: { selector: { matchLabels: { a: "c" } } } },
    ["! Deployment x: spec.selector.matchLabels.a", "  pods: stops docker, then starts again"],
  ],
  [
    "a claim's size, upwards",
    "kubernetes:core/v1:PersistentVolumeClaim",
    claim("10Gi"),
    claim("20Gi"),
    ["~ PersistentVolumeClaim x: spec.resources.requests.storage"],
  ],
  [
    "a claim's size, downwards",
    "kubernetes:core/v1:PersistentVolumeClaim",
    claim("1Ti"),
    claim("100Gi"),
    ["~ PersistentVolumeClaim x: spec.resources.requests.storage REFUSED"],
  ],
  [
    "a claim's class",
    "kubernetes:core/v1:PersistentVolumeClaim",
    claim("1Gi", "a"),
    claim("1Gi", "b"),
    ["! PersistentVolumeClaim x: spec.storageClassName"],
  ],
  [
    "a protected claim's class",
    "kubernetes:core/v1:PersistentVolumeClaim",
    claim("1Gi", "a"),
    claim("1Gi", "b"),
    ["! PersistentVolumeClaim x: spec.storageClassName REFUSED"],
    [{ protect: true }, { protect: true }],
  ],
  [
    "a claim's class together with its protection",
    "kubernetes:core/v1:PersistentVolumeClaim",
    claim("1Gi", "a"),
    claim("1Gi", "b"),
    ["! PersistentVolumeClaim x: spec.storageClassName"],
    [{ protect: true }, {}],
  ],
  [
    "a volume's handle",
    "kubernetes:core/v1:PersistentVolume",
    { spec: { csi: { volumeHandle: "a" } } },
    { spec: { csi: { volumeHandle: "b" } } },
    ["! PersistentVolume x: spec.csi.volumeHandle"],
  ],
  [
    "what a mutable Secret holds",
    "kubernetes:core/v1:Secret",
    { stringData: secret({ a: "one" }) },
    { stringData: secret({ a: "two" }) },
    ["~ Secret x: stringData"],
  ],
  [
    "a mutable Secret's type",
    "kubernetes:core/v1:Secret",
    { type: "Opaque" },
    { type: "kubernetes.io/tls" },
    ["! Secret x: type"],
  ],
  [
    "what an immutable Secret holds",
    "kubernetes:core/v1:Secret",
    { immutable: true, stringData: secret({ a: "one" }) },
    { immutable: true, stringData: secret({ a: "two" }) },
    ["! Secret x: stringData"],
  ],
  [
    "what a mutable ConfigMap holds",
    "kubernetes:core/v1:ConfigMap",
    { data: { a: "one" } },
    { data: { a: "two" } },
    ["~ ConfigMap x: data.a"],
  ],
  [
    "what a Secret of a provider without that option holds",
    "kubernetes:core/v1:Secret",
    { stringData: { a: "one" } },
    { stringData: { a: "two" } },
    ["! Secret x: stringData.a"],
    [{ provider: "" }, { provider: "" }],
  ],
  [
    "a Service's address",
    "kubernetes:core/v1:Service",
    { spec: { clusterIP: "10.0.0.1" } },
    { spec: { clusterIP: "None" } },
    ["! Service x: spec.clusterIP"],
  ],
  [
    "a Service's port",
    "kubernetes:core/v1:Service",
    { spec: { ports: [{ name: "http", port: 80 }] } },
    { spec: { ports: [{ name: "http", port: 81 }] } },
    ["~ Service x: spec.ports[http].port"],
  ],
  [
    "a binding's role",
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
    { roleRef: { name: "a" } },
    { roleRef: { name: "b" } },
    ["! RoleBinding x: roleRef.name"],
  ],
  [
    "a Job's template",
    "kubernetes:batch/v1:Job",
    { spec: { template: template("a") } },
    { spec: { template: template("b") } },
    ["! Job x: spec.template.spec.containers[agent].image"],
  ],
  [
    "the order of containers",
    STATEFUL_SET,
    { metadata: METADATA, spec: pods("a", "b") },
    { metadata: METADATA, spec: pods("b", "a") },
    ["~ StatefulSet x: spec.template.spec.containers", "  pods: restarts docker-0"],
  ],
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

function claim(storage: string, storageClassName = "a"): WireObject {
  return { spec: { storageClassName, resources: { requests: { storage } } } };
}

function pods(...names: string[]): WireObject {
  return { replicas: 1, template: { spec: { containers: names.map((name) => ({ name })) } } };
}

describe("an edit of a component", () => {
  test.each(EDITS.map((edit) => [edit[0], edit] as const))("tells what comes of %s", (_, edit) => {
    const [, type, before, after, expected, [old, current] = [{}, {}]] = edit;
    const cluster = type.startsWith("kubernetes:") ? IN_CLUSTER : {};
    const base = side(provider(MUTABLE), resource(type, "x", { ...cluster, inputs: before, ...old }));
    const next = side(provider(MUTABLE), resource(type, "x", { ...cluster, inputs: after, ...current }));
    expect(factsOf(difference(base, next))).toEqual(expected);
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

describe("what is lost and kept", () => {
  const templates = [{ metadata: { name: "cache" }, spec: {} }];
  const set = (given: WireObject = {}, provided = ref) =>
    resource(STATEFUL_SET, "pool", {
      provider: provided,
      inputs: { metadata: { ...METADATA, ...given }, spec: { ...spec, volumeClaimTemplates: templates } },
    });
  const namespace = (name: string) =>
    resource("kubernetes:core/v1:Namespace", name, { ...IN_CLUSTER, inputs: { metadata: { name } } });
  const volume = (handle: string, policy: string) =>
    resource("kubernetes:core/v1:PersistentVolume", "volume", {
      ...IN_CLUSTER,
      inputs: { spec: { persistentVolumeReclaimPolicy: policy, csi: { volumeHandle: handle } } },
    });
  const keys = (type?: string) =>
    resource("kubernetes:core/v1:Secret", "keys", { ...IN_CLUSTER, inputs: type === undefined ? {} : { type } });
  const gke = (location: string) =>
    resource("gcp:container/cluster:Cluster", "gke", { inputs: { location, deletionProtection: false } });
  const nodePool = (spot: boolean) =>
    resource("gcp:container/nodePool:NodePool", "nodes", {
      inputs: { cluster: UNKNOWN, nodeConfig: { spot } },
      propertyDependencies: { cluster: [gke("a").urn] },
    });
  const k8s = provider(MUTABLE);
  const other = resource("pulumi:providers:kubernetes", "other", { inputs: { clusterIdentifier: "d" } });

  test.each([
    [
      "claims stay, and the next pods use them, where only a template differs",
      side(k8s, set()),
      side(k8s, { ...set(), inputs: { metadata: METADATA, spec: { ...spec, volumeClaimTemplates: [] } } }),
      "pool",
      [/^its pods/, /^the claims cache as they are: same size, same data$/],
    ],
    [
      "the next pods get claims of their own where the name differs",
      side(k8s, set()),
      side(k8s, set({ name: "other" })),
      "pool",
      [/^its pods/, /but the new pods get claims of their own$/],
    ],
    [
      "claims go with their namespace",
      side(k8s, namespace("agents"), set()),
      side(k8s, namespace("builders"), set({ namespace: "builders" })),
      "pool",
      [/^what was in the old namespace$/, /^$/],
    ],
    [
      "claims go with their cluster, though only the provider is another",
      side(k8s, set()),
      side(other, set({}, `${other.urn}::id`)),
      "pool",
      [/^what was in the old cluster$/, /^$/],
    ],
    [
      "claims stay where the objects' former provider does",
      side(k8s, set()),
      side(k8s, other, set({}, `${other.urn}::id`)),
      "pool",
      [/^its pods/, /^the claims cache as they are/],
    ],
    [
      "a disk stays behind a volume that is retained",
      side(k8s, volume("a", "Retain")),
      side(k8s, volume("b", "Retain")),
      "volume",
      [/^the object/, /^the disk behind it/],
    ],
    [
      "a disk goes with a volume that is not",
      side(k8s, volume("a", "Delete")),
      side(k8s),
      "volume",
      [/the disk behind it \(persistentVolumeReclaimPolicy: Delete\)$/, /^$/],
    ],
    [
      "a Secret is gone for a moment when it is replaced",
      side(k8s, keys("a")),
      side(k8s, keys("b")),
      "keys",
      [/moment/, /./],
    ],
    [
      "a Secret is gone for good when it is removed",
      side(k8s, keys()),
      side(k8s),
      "keys",
      [/does not start any more$/, /./],
    ],
    [
      "pods move off nodes that are replaced",
      side(gke("a"), nodePool(false)),
      side(gke("a"), nodePool(true)),
      "nodes",
      [/their pods move/, /^claims/],
    ],
    [
      "pods have nowhere to go when the cluster is replaced with its nodes",
      side(gke("a"), nodePool(false)),
      side(gke("b"), nodePool(false)),
      "nodes",
      [/^its nodes, with their cluster$/, /^$/],
    ],
    ["the same when both are removed", side(gke("a"), nodePool(false)), side(), "nodes", [/with their cluster$/, /^$/]],
  ])("%s", (_, base, next, name, [destroyed, retained]) => {
    const { changed, removed } = difference(base, next);
    const end =
      removed.find((entry) => entry.name === name) ?? changed.find((entry) => entry.name === name)?.replacement;
    expect(end?.destroyed).toMatch(destroyed ?? "");
    expect(end?.retained).toMatch(retained ?? "");
  });

  test("is said once of all objects that go along with their provider", () => {
    const result = difference(
      side(provider({ clusterIdentifier: "a" }), set(), namespace("agents")),
      side(provider({ clusterIdentifier: "b" }), set(), namespace("agents")),
    );
    const versions = { stack: "dev", ref: "main", commit: "0123456" };
    expect(differenceText(result, versions, styleFor(false))).toMatch(
      /replace 2 objects with their provider \(from k8s\)\n {4}lost {2}what was in the old cluster\n {4}kept {2}the disks of/,
    );
  });
});

describe("a move", () => {
  const group = (name: string, given: Partial<Registration> = {}) => component("gocd:a:Group", name, given);
  const child = (parent: Registration, name: string) =>
    resource("random:index/randomId:RandomId", name, { parent: parent.urn });

  test("keeps a component and its children where an alias names the former place", () => {
    const [old, current] = [group("old"), group("new", { aliases: [group("old").urn] })];
    const result = difference(side(old, child(old, "old-id")), side(current, child(current, "new-id")));
    expect(result.added).toEqual([]);
    expect(result.removed).toEqual([]);
    expect(result.changed.map(({ name, movedFrom }) => [name, movedFrom])).toEqual([
      ["new-id", child(old, "old-id").urn],
      ["new", old.urn],
    ]);
  });

  test("is a removal and an addition without one", () => {
    const [old, current] = [group("old"), group("new")];
    const result = difference(side(old, child(old, "old-id")), side(current, child(current, "new-id")));
    expect([result.added.length, result.removed.length, result.changed.length]).toEqual([2, 2, 0]);
    expect(result.notes).toHaveLength(1);
  });
});

describe("the text of a difference", () => {
  const versions = { stack: "dev", ref: "main", commit: "0123456" };
  const script = (last: string) =>
    resource("kubernetes:core/v1:ConfigMap", "a-script", {
      inputs: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a-script" }, data: { run: `a\nb\n${last}\n` } },
    });
  const text = (columns?: number) =>
    differenceText(
      difference(side(script("c")), side(script("d")), {
        settings: [{ path: ["shop:size"], before: "x".repeat(90), after: "y".repeat(90) }],
      }),
      versions,
      styleFor(false),
      columns,
    );

  test("keeps to the width of the terminal", () => {
    expect(
      Math.max(
        ...text(80)
          .split("\n")
          .map(({ length }) => length),
      ),
    ).toBeLessThanOrEqual(80);
    expect(text(200)).toContain("x".repeat(85));
  });

  test("shows of a text of many lines the first that differs", () => {
    expect(text()).toMatch(/line 3 of 4: c +→ line 3 of 4: d/);
  });

  test("shows settings after what they change", () => {
    expect(text().indexOf("settings")).toBeGreaterThan(text().indexOf("a-script"));
  });
});
