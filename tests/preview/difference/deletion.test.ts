import { difference } from "../../../preview/difference/difference";
import { differenceText } from "../../../preview/show/difference-text";
import { styleFor } from "../../../preview/show/terminal";
import { UNKNOWN, type WireObject } from "../../../preview/run/wire";
import { resource, side } from "./registrations";
import { IN_CLUSTER, METADATA, MUTABLE, provider, ref, spec, STATEFUL_SET } from "./edits";

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
