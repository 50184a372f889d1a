import { getPods, type KubernetesObject } from "../../../kubernetes/api";
import { apply, kubectl, remove } from "../../../kubernetes/kubectl";
import { eventually } from "../../../kubernetes/run";
import { manifests } from "../../deploy";

const ARCH = "kubernetes.io/arch";
/** Keeps the pods of other suites from nodes that are only objects. */
const OF_THIS_SUITE = "gocd-tests/architectures";
const NAMESPACE = "architectures";

/** Nodes with Arm processors, as GKE makes them and as others do. The scheduler takes them for real; no kubelet starts what it sends there. */
const NODES = {
  "arm-of-gke": [{ key: ARCH, value: "arm64", effect: "NoSchedule" }],
  "arm-elsewhere": [],
};
type Node = keyof typeof NODES;

const placement = (node?: Node) => ({
  ...(node && { nodeSelector: { "kubernetes.io/hostname": node } }),
  tolerations: [{ key: OF_THIS_SUITE, operator: "Exists", effect: "NoSchedule" }],
});

const SMALL = {
  workspace: "1Gi",
  cache: "2Gi",
  agent: { cpu: "10m", memory: "512Mi" },
  dind: { cpu: "10m", memory: "512Mi" },
};
const STACK = {
  "gocd:cluster": { existing: { context: "tests", storageClass: "tests", serverPlacement: placement() } },
  "gocd:agents": {
    docker: { ...SMALL, placement: placement() },
    arm: { ...SMALL, architecture: "arm64", placement: placement("arm-elsewhere") },
    "arm-of-gke": { ...SMALL, architecture: "arm64", placement: placement("arm-of-gke") },
  },
};

interface Workload {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly template: { readonly spec: { readonly nodeSelector?: object; readonly tolerations?: object } };
  };
}
interface ScheduledPod extends KubernetesObject {
  readonly spec: { readonly nodeName?: string };
}

const nodeObjects = Object.entries(NODES).map(([name, taints]) => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: { name, labels: { [ARCH]: "arm64", "kubernetes.io/os": "linux", "kubernetes.io/hostname": name } },
  spec: { taints: [...taints, { key: OF_THIS_SUITE, effect: "NoSchedule" }] },
}));
const NAMESPACE_OBJECT = { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } };

/** A node counts as gone some time after its last word, so it is said again. */
async function keepReady(): Promise<void> {
  const resources = { cpu: "64", memory: "256Gi", pods: "100" };
  const lastHeartbeatTime = new Date().toISOString();
  const conditions = [{ type: "Ready", status: "True", reason: "Test", lastHeartbeatTime }];
  const status = { capacity: resources, allocatable: resources, conditions };
  for (const { metadata } of nodeObjects)
    await kubectl([
      "patch",
      "node",
      metadata.name,
      "--subresource=status",
      "--type=merge",
      "-p",
      JSON.stringify({ status }),
    ]);
}

/** A pod that goes where those of the workload go: what the scheduler reads of them, and nothing that must be there first. */
function podOf({ metadata: { name }, spec: { template } }: Workload) {
  const { nodeSelector, tolerations } = template.spec;
  const containers = [{ name: "none", image: "registry.tests/none", imagePullPolicy: "Never" }];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: NAMESPACE },
    spec: {
      nodeSelector,
      tolerations,
      containers,
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
    },
  };
}

beforeAll(() => apply([NAMESPACE_OBJECT, ...nodeObjects]));

afterAll(() => remove([NAMESPACE_OBJECT, ...nodeObjects]), 120_000);

test("pools of both processors go to their own nodes, past GKE's taint for Arm, and everything else to amd64", async () => {
  const workloads = (await manifests({ stack: STACK })).filter(
    (object): object is Workload & typeof object => object.kind === "StatefulSet" || object.kind === "Deployment",
  );
  await keepReady();
  await apply(workloads.map(podOf));
  const scheduled = await eventually("a node for every pod", async () => {
    await keepReady();
    const pods = await getPods<ScheduledPod>(NAMESPACE);
    return pods.every(({ spec }) => spec.nodeName !== undefined) ? pods : undefined;
  });
  const arm = scheduled.filter(({ spec: { nodeName = "" } }) => nodeName in NODES);
  expect(arm.map(({ metadata, spec }) => [metadata.name, spec.nodeName])).toEqual([
    ["arm", "arm-elsewhere"],
    ["arm-of-gke", "arm-of-gke"],
  ]);
  expect(scheduled.map(({ metadata }) => metadata.name)).toEqual(
    expect.arrayContaining(["docker", "gocd-housekeeping", "gocd-server"]),
  );
});
