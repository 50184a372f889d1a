import { hyperdiskClass, nodePoolArgs, placement, type NodePoolSpec } from "../../../components/cluster/gke";

const SPEC: NodePoolSpec = {
  cluster: "cluster",
  location: "us-central1-a",
  serviceAccount: "nodes@example.iam.gserviceaccount.com",
  machineType: "e2-standard-4",
  disk: "50Gi",
  spot: false,
  writableCgroups: false,
  nodes: "agents",
  least: 0,
  max: 4,
};

const kubelet = (change: Partial<NodePoolSpec>) => nodePoolArgs({ ...SPEC, ...change }).nodeConfig.kubeletConfig;

describe("nodes", () => {
  test("of agents lose one process where memory runs out, and those of the server a whole container", () => {
    expect(kubelet({ nodes: "agents" })).toMatchObject({ singleProcessOomKill: true });
    expect(kubelet({ nodes: "agents-large" })).toMatchObject({ singleProcessOomKill: true });
    expect(kubelet({ nodes: "server" })).not.toHaveProperty("singleProcessOomKill");
  });

  test("on spot give the agents' pods 105 seconds, and others what GKE's kubelet gives", () => {
    expect(kubelet({ spot: true })).toMatchObject({
      shutdownGracePeriodSeconds: 120,
      shutdownGracePeriodCriticalPodsSeconds: 15,
    });
    expect(kubelet({})).not.toHaveProperty("shutdownGracePeriodSeconds");
  });
});

describe("containerd of nodes", () => {
  const ofNodes = (writableCgroups: boolean) => nodePoolArgs({ ...SPEC, writableCgroups }).nodeConfig;

  test("lets pods with users of their own write their cgroup, and is as GKE sets it up for all others", () => {
    expect(ofNodes(true)).toMatchObject({ containerdConfig: { writableCgroups: { enabled: true } } });
    expect(ofNodes(false)).not.toHaveProperty("containerdConfig");
  });
});

describe("pods of a pool", () => {
  const arm = { key: "kubernetes.io/arch", value: "arm64", operator: "Equal", effect: "NoSchedule" };

  test("on Arm tolerate GKE's taint of such nodes, and others do not", () => {
    expect(placement("agents-arm", true).tolerations).toContainEqual(arm);
    expect(placement("agents-arm", true).nodeSelector).toEqual(placement("agents-arm").nodeSelector);
    expect(placement("agents-arm").tolerations).not.toContainEqual(arm);
  });

  test("on machines with Hyperdisk alone get claims of it, where the pod goes, and of the stack's own class", () => {
    expect(hyperdiskClass("gocd-dev")).toMatchObject({
      metadata: { name: "gocd-dev-hyperdisk" },
      parameters: { type: "hyperdisk-balanced" },
      volumeBindingMode: "WaitForFirstConsumer",
    });
  });
});
