import { secret, type WireObject } from "../../../preview/run/wire";
import { type Edit, factsOfEdit, METADATA, spec, STATEFUL_SET, template } from "./edits";

const rule = (message: string, expression = "a == b") => ({ expression, message });

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
    "one more rule of an admission policy, before the others",
    "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy",
    { metadata: METADATA, spec: { validations: [rule("no sockets"), rule("no paths")] } },
    { metadata: METADATA, spec: { validations: [rule("no ports"), rule("no sockets"), rule("no paths", "c")] } },
    ["~ ValidatingAdmissionPolicy x: spec.validations[no ports], spec.validations[no paths].expression"],
  ],
  [
    "the order of containers",
    STATEFUL_SET,
    { metadata: METADATA, spec: pods("a", "b") },
    { metadata: METADATA, spec: pods("b", "a") },
    ["~ StatefulSet x: spec.template.spec.containers", "  pods: restarts docker-0"],
  ],
];

function claim(storage: string, storageClassName = "a"): WireObject {
  return { spec: { storageClassName, resources: { requests: { storage } } } };
}

function pods(...names: string[]): WireObject {
  return { replicas: 1, template: { spec: { containers: names.map((name) => ({ name })) } } };
}

describe("an edit of an object of Kubernetes", () => {
  test.each(EDITS.map((edit) => [edit[0], edit] as const))("tells what comes of %s", (_, edit) => {
    expect(factsOfEdit(edit)).toEqual(edit[4]);
  });
});
