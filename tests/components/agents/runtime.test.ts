import { poolStatefulSet } from "../../../components/agents/agent";
import { daemonConfig } from "../../../components/agents/daemon";
import type { Runtime, Wall } from "../../../components/agents/runtime";
import { SPEC } from "../../support/pool-spec";

function templateOf(wall: Wall) {
  const sidecar = { image: "database@sha256:b", env: {}, cpu: "100m", memory: "128Mi" };
  const pod = { ...SPEC.pod, sidecars: { database: sidecar } };
  const placement = { nodeSelector: { "gocd-on-kubernetes/nodes": "agents" } };
  return poolStatefulSet({ ...SPEC, pod, placement, dind: { ...SPEC.dind, wall } }).spec.template;
}

const podOf = (runtime: Runtime, more: Partial<Wall> = {}) => templateOf({ runtime, onGke: false, ...more }).spec;
const daemonOf = (runtime: Runtime) => podOf(runtime).initContainers.find(({ name }) => name === "dind");

const configOf = (runtime: Runtime) => {
  const settings = { mtu: 1460, mirrors: [], addressPools: ["172.30.0.0/16"] };
  return JSON.parse(daemonConfig(settings, "100Gi", undefined, runtime)) as object;
};

describe("a pod in gVisor", () => {
  test("has no privileged container, and asks for the class", () => {
    const { runtimeClassName, initContainers } = podOf("gvisor");
    expect(runtimeClassName).toBe("gvisor");
    expect(initContainers.map(({ securityContext }) => "privileged" in securityContext)).toEqual([false, false, false]);
  });

  test("differs in nothing else from one that is privileged", () => {
    const without = (runtime: Runtime) =>
      JSON.stringify(podOf(runtime), (key, value: unknown) =>
        ["runtimeClassName", "securityContext"].includes(key) ? undefined : value,
      );
    expect(without("gvisor")).toBe(without("privileged"));
    expect(podOf("privileged")).not.toHaveProperty("runtimeClassName");
  });

  test("has a daemon that leaves alone what gVisor has not", () => {
    expect(configOf("gvisor")).toMatchObject({
      iptables: false,
      ip6tables: false,
      features: { "containerd-snapshotter": false },
      "storage-driver": "vfs",
    });
    for (const key of ["iptables", "ip6tables", "features", "storage-driver"])
      expect(configOf("privileged")).not.toHaveProperty(key);
  });
});

describe("a pod with users of its own", () => {
  test("has a daemon that is root among them, with every capability there and none of the node's", () => {
    expect(podOf("userns")).toMatchObject({ hostUsers: false });
    expect(daemonOf("userns")?.securityContext).toEqual({
      capabilities: { add: ["ALL"] },
      runAsUser: 0,
      runAsGroup: 0,
      procMount: "Unmasked",
      seccompProfile: { type: "Unconfined" },
      appArmorProfile: { type: "Unconfined" },
    });
  });

  test("is of the class that somebody names, and else of the nodes' own runtime", () => {
    expect(podOf("userns", { runtimeClass: "writable" }).runtimeClassName).toBe("writable");
    expect(podOf("userns")).not.toHaveProperty("runtimeClassName");
  });

  test("differs in nothing else from one that is privileged, off GKE", () => {
    const without = (runtime: Runtime) =>
      JSON.stringify(templateOf({ runtime, onGke: false }), (key, value: unknown) =>
        ["hostUsers", "securityContext"].includes(key) ? undefined : value,
      );
    expect(without("userns")).toBe(without("privileged"));
    expect(configOf("userns")).toEqual(configOf("privileged"));
  });

  describe("on GKE", () => {
    const { metadata, spec } = templateOf({ runtime: "userns", onGke: true });

    test("goes to nodes that let its daemon write the cgroup, and says so", () => {
      expect(spec.nodeSelector).toEqual({
        "gocd-on-kubernetes/nodes": "agents",
        "node.gke.io/enable-writable-cgroups": "true",
      });
      expect(metadata.annotations).toMatchObject({ "node.gke.io/enable-writable-cgroups.dind": "true" });
    });

    test("is of the class Guaranteed: no container may use more than it asks for", () => {
      const containers = [...spec.initContainers, ...spec.containers];
      expect(containers.map(({ name }) => name)).toEqual(["certificates", "dind", "database", "agent"]);
      for (const { resources } of containers) expect(resources.requests).toMatchObject(resources.limits);
      for (const { resources } of containers) expect(Object.keys(resources.limits).sort()).toEqual(["cpu", "memory"]);
    });

    test("has a limit of memory as large as one that is privileged", () => {
      const memory = (pod: ReturnType<typeof podOf>) =>
        [...pod.initContainers, ...pod.containers].map(({ resources }) => resources.limits.memory);
      expect(memory(spec)).toEqual(memory(podOf("privileged")));
    });
  });

  test("is nothing that GKE has a word in where it is privileged", () => {
    const { metadata, spec } = templateOf({ runtime: "privileged", onGke: true });
    expect(JSON.stringify([metadata, spec])).not.toMatch(/writable-cgroups|hostUsers/);
    expect(spec.containers[0]?.resources.limits).not.toHaveProperty("cpu");
  });
});
