import { poolStatefulSet, type PoolSpec } from "../../../components/agents/agent";
import { daemonConfig } from "../../../components/agents/daemon";
import type { Runtime } from "../../../components/agents/runtime";

const SPEC: Omit<PoolSpec, "dind"> = {
  instance: "gocd-dev",
  namespace: "gocd-dev-agents",
  labels: {},
  pool: "docker",
  replicas: 1,
  image: "agent@sha256:a",
  serverUrl: "http://server/go",
  housekeepingUrl: "http://housekeeping",
  agent: { cpu: "500m", memory: "1Gi", ephemeralStorage: "2Gi" },
  daemonConfig: "{}",
  isolation: "clean",
  logins: [],
  company: { insecureRegistries: [], pullSecrets: [] },
  pod: { env: {}, volumes: {}, hostAliases: {}, labels: {}, annotations: {}, sidecars: {} },
  rotation: 1,
  identitySecret: "docker-identity",
  gracePeriod: "30m",
  workspace: "50Gi",
  cache: "100Gi",
  storageClass: "standard",
  placement: {},
};

function podOf(runtime: Runtime) {
  const secrets = { daemon: "docker-daemon-tls", client: "docker-client-tls" };
  const dind = { pool: "docker", image: "dind@sha256:d", cpu: "2", memory: "4Gi", daemonConfigMap: "daemon", secrets };
  return poolStatefulSet({ ...SPEC, dind: { ...dind, runtime } }).spec.template.spec;
}

const configOf = (runtime: Runtime) => {
  const settings = { mtu: 1460, mirrors: [], addressPools: ["172.30.0.0/16"] };
  return JSON.parse(daemonConfig(settings, "100Gi", undefined, runtime)) as object;
};

describe("a pod in gVisor", () => {
  test("has no privileged container, and asks for the class", () => {
    const { runtimeClassName, initContainers } = podOf("gvisor");
    expect(runtimeClassName).toBe("gvisor");
    expect(initContainers.map(({ securityContext }) => "privileged" in securityContext)).toEqual([false, false]);
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
