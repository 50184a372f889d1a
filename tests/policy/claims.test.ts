import { analyzer, refusals } from "./analyzer";
import { agentsPod, otherPod, volume, withHostPath } from "./cases/case";
import { UNKNOWN } from "./unknown-values";

const POD = "kubernetes:core/v1:Pod";
const { analyzeStack } = analyzer();

describe("claims and the volumes that they are aimed at", () => {
  const claim = (spec: object, namespace = "shop") => ({
    type: "kubernetes:core/v1:PersistentVolumeClaim",
    name: "claim",
    props: {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "claim", namespace },
      spec: { accessModes: ["ReadWriteOnce"], ...spec },
    },
  });
  const pv = (source: object, more: object = {}) => {
    const made = volume(source as never) as { readonly metadata: object };
    return {
      type: "kubernetes:core/v1:PersistentVolume",
      name: "pv",
      props: {
        ...made,
        metadata: { name: "node", labels: { disk: "node" } },
        spec: { ...(made as { readonly spec?: object }).spec, ...more },
      },
    };
  };
  const statefulSet = (spec: object) => ({
    type: "kubernetes:apps/v1:StatefulSet",
    name: "sts",
    props: {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: "sts", namespace: "shop" },
      spec: {
        volumeClaimTemplates: [{ metadata: { name: "data" }, spec: { accessModes: ["ReadWriteOnce"], ...spec } }],
      },
    },
  });
  const ephemeral = (spec: object) => ({
    type: POD,
    name: "pod",
    props: otherPod({ volumes: [{ name: "v", ephemeral: { volumeClaimTemplate: { spec } } }] }),
  });
  const storageClass = {
    type: "kubernetes:storage.k8s.io/v1:StorageClass",
    name: "local",
    props: {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: "local" },
      provisioner: "kubernetes.io/no-provisioner",
    },
  };
  const patch = ({ props, name }: ReturnType<typeof claim>) => ({
    type: "kubernetes:core/v1:PersistentVolumeClaimPatch",
    name,
    props: {
      metadata: props.metadata,
      spec: { volumeName: (props.spec as { readonly volumeName?: string }).volumeName },
    },
  });
  const disk = {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: "disk" },
    spec: { csi: { driver: "pd.csi.storage.gke.io" } },
  };
  const sock = { hostPath: { path: "/var/run" } };
  const data = { local: { path: "/mnt/data" } };

  test.each([
    ["volumeName", [pv(sock), claim({ volumeName: "node" })]],
    ["a selector of labels", [pv(sock), claim({ selector: { matchLabels: { disk: "node" } }, storageClassName: "" })]],
    [
      "a selector of expressions",
      [pv(sock), claim({ selector: { matchExpressions: [{ key: "disk", operator: "Exists" }] } })],
    ],
    ["a class without provisioner", [pv(sock, { storageClassName: "node" }), claim({ storageClassName: "node" })]],
    ["the empty class, in GoCD's namespace", [pv(data), claim({ storageClassName: "" }, "gocd-dev")]],
    ["a claim template's volumeName", [pv(sock), statefulSet({ volumeName: "node" })]],
    ["a claim template's selector", [pv(sock), statefulSet({ selector: { matchLabels: { disk: "node" } } })]],
    [
      "an ephemeral volume's selector",
      [pv(sock), ephemeral({ accessModes: ["ReadWriteOnce"], selector: { matchLabels: { disk: "node" } } })],
    ],
    ["volumeName of a directory, in GoCD's namespace", [pv(data), claim({ volumeName: "node" }, "gocd-dev")]],
    [
      "volumeName of a directory that is GoCD's",
      [pv(data, { claimRef: { namespace: "gocd-dev" } }), claim({ volumeName: "node" })],
    ],
    [
      "volumeName of a csi-hostpath volume",
      [pv({ csi: { driver: "hostpath.csi.k8s.io" } }), claim({ volumeName: "node" })],
    ],
    [
      "a class of this stack that hands out the node's directories",
      [storageClass, claim({ storageClassName: "local" })],
    ],
    [
      "a class of this stack whose name only Pulumi knows",
      [{ ...storageClass, props: { ...storageClass.props, metadata: {} } }, claim({ storageClassName: "local" })],
    ],
    ["volumeName of a FlexVolume", [pv({ flexVolume: { driver: "example/driver" } }), claim({ volumeName: "node" })]],
    ["volumeName of a path that is not known", [pv({ local: { path: UNKNOWN.text } }), claim({ volumeName: "node" })]],
    ["an empty volumeName, and the empty class", [pv(sock), claim({ volumeName: "", storageClassName: "" })]],
    ["a label that is not known", [pv(sock), claim({ selector: { matchLabels: { disk: UNKNOWN.text } } })]],
    [
      "labels and class together",
      [
        pv(sock, { storageClassName: "a" }),
        claim({ selector: { matchLabels: { disk: "node" } }, storageClassName: "a" }),
      ],
    ],
    [
      "the empty class, of a volume without one",
      [pv(sock, { storageClassName: undefined }), claim({ storageClassName: "" })],
    ],
    ["a class that is not known", [pv(sock), claim({ storageClassName: UNKNOWN.text })]],
    [
      "a selector without a class",
      [pv(sock, { storageClassName: "a" }), claim({ selector: { matchLabels: { disk: "node" } } })],
    ],
    ["volumeName of a volume of which one path is harmless", [pv({ ...sock, ...data }), claim({ volumeName: "node" })]],
    ["a claim that does not say how it is accessed", [pv(sock), claim({ volumeName: "node", accessModes: undefined })]],
    [
      "a claim in a custom resource",
      [
        pv(sock),
        {
          type: "kubernetes:example.com/v1:Database",
          name: "db",
          props: { spec: { storage: { spec: { accessModes: ["ReadWriteOnce"], volumeName: "node" } } } },
        },
      ],
    ],
    ["a patch of the claim", [pv(sock), patch(claim({ volumeName: "node" }))]],
    [
      "a pod template's volume of its own",
      [
        pv(sock),
        {
          ...ephemeral({}),
          props: otherPod({ volumes: [{ ephemeral: { volumeClaimTemplate: { spec: { volumeName: "node" } } } }] }),
        },
      ],
    ],
  ])("are refused when aimed at the node's volume by %s", async (_way, resources) => {
    const found = refusals(await analyzeStack(resources));
    expect(found.map(({ policy }) => policy)).toContain("no-claims-on-node-volumes");
    expect(found.map(({ message }) => message)).toMatchSnapshot();
  });

  test.each([
    ["a directory of a node, elsewhere", [pv(data), claim({ volumeName: "node" })]],
    [
      "another volume",
      [pv(sock), pv({ csi: { driver: "pd.csi.storage.gke.io" } }), claim({ storageClassName: "premium-rwo" })],
    ],
    ["a volume with other labels", [pv(sock), claim({ selector: { matchLabels: { disk: "other" } } })]],
    [
      "a volume of another class",
      [
        pv(sock, { storageClassName: "a" }),
        claim({ selector: { matchLabels: { disk: "node" } }, storageClassName: "b" }),
      ],
    ],
    ["nothing in particular", [pv(sock), claim({})]],
    [
      "a disk whose handle is a path, in GoCD's namespace",
      [
        pv({ csi: { driver: "disk.csi.azure.com", volumeHandle: "/subscriptions/s/disks/d" } }),
        claim({ volumeName: "node" }, "gocd-dev"),
      ],
    ],
    [
      "a disk in a chart's values that has paths of another kind, in GoCD's namespace",
      [
        {
          type: "kubernetes:helm.sh/v3:Release",
          name: "r",
          props: {
            values: {
              objects: [
                { ...disk, metadata: { name: "node" }, spec: { ...disk.spec, capacity: {}, mountOptions: ["/data"] } },
              ],
            },
          },
        },
        claim({ volumeName: "node" }, "gocd-dev"),
      ],
    ],
    [
      "a volume that is called like a Pod with a host path",
      [
        { type: POD, name: "node", props: { ...withHostPath("/run"), metadata: { name: "node" } } },
        claim({ volumeName: "node" }),
      ],
    ],
    [
      "a volume that is called like a List with the node's volume in it",
      [
        {
          type: "kubernetes:core/v1:List",
          name: "node",
          props: { items: [{ ...pv(sock).props, metadata: {} }] },
        },
        claim({ volumeName: "node" }),
      ],
    ],
    [
      "the node's volume by what another kind calls a claim",
      [
        pv(sock),
        {
          type: "kubernetes:example.com/v1:NoPersistentVolumeClaim",
          name: "t",
          props: { spec: { volumeName: "node" }, status: { accessModes: ["ReadWriteOnce"], volumeName: "node" } },
        },
      ],
    ],
    [
      "the node's volume by its status alone",
      [pv(sock), { ...claim({}), props: { ...claim({}).props, status: { volumeName: "node" } } }],
    ],
    ["an empty selector", [pv(sock), claim({ selector: {} })]],
    [
      "another volume, although a selector finds the node's",
      [
        pv(sock),
        { ...pv({ csi: { driver: "pd.csi.storage.gke.io" } }), props: disk },
        claim({ volumeName: "disk", selector: { matchLabels: { disk: "node" } } }),
      ],
    ],
    ["one of its labels only", [pv(sock), claim({ selector: { matchLabels: { disk: "node", zone: "b" } } })]],
    ["another class than the one without provisioner", [storageClass, claim({ storageClassName: "premium-rwo" })]],
    [
      "a class that makes disks",
      [
        { ...storageClass, props: { ...storageClass.props, provisioner: "pd.csi.storage.gke.io" } },
        claim({ storageClassName: "local" }),
      ],
    ],
    [
      "the node's volume by something that is no claim",
      [pv(sock), { type: "kubernetes:example.com/v1:Thing", name: "t", props: { spec: { volumeName: "node" } } }],
    ],
  ])("pass when aimed at %s", async (_way, resources) => {
    expect(refusals(await analyzeStack(resources))).toEqual([]);
  });

  test("are noted when the volume is not in the program", async () => {
    const found = await analyzeStack([claim({ volumeName: "elsewhere" })]);
    expect(found).toEqual([expect.objectContaining({ policy: "stack-notes", level: "advisory" })]);
    expect(found[0]?.message).toBe(
      "no-claims-on-node-volumes: PersistentVolumeClaim shop/claim: the volume elsewhere is not in this program and could not be checked (spec.volumeName). Make sure that it is a disk of its own.",
    );
  });

  test("are not noted when Kubernetes chose the volume, as it did for every claim once the stack was refreshed", async () => {
    const bound = claim({ volumeName: "pvc-0" });
    const annotated = (annotations: object) => ({
      ...bound,
      props: { ...bound.props, metadata: { ...bound.props.metadata, annotations } },
    });
    expect(await analyzeStack([annotated({ "pv.kubernetes.io/bound-by-controller": "yes" })])).toEqual([]);
    expect(await analyzeStack([annotated({ "pv.kubernetes.io/bind-completed": "yes" })])).toHaveLength(1);
  });

  test("are noted when something else in the program has the volume's name", async () => {
    const namesake = { type: POD, name: "elsewhere", props: agentsPod({}, { name: "elsewhere" }) };
    expect(await analyzeStack([namesake, claim({ volumeName: "elsewhere" })])).toHaveLength(1);
  });

  test("are noted when the volume is known only after up", async () => {
    const found = await analyzeStack([claim({ volumeName: UNKNOWN.text })]);
    expect(found.map(({ policy }) => policy)).toEqual(["stack-notes"]);
    expect(found[0]?.message).toBe(
      "no-claims-on-node-volumes: PersistentVolumeClaim shop/claim: the claim's volume is known only after up (spec.volumeName). It is checked again then.",
    );
  });

  test("are not noted when it is", async () => {
    expect(
      await analyzeStack([pv({ csi: { driver: "pd.csi.storage.gke.io" } }), claim({ volumeName: "node" })]),
    ).toEqual([]);
  });
});
