import { DOCKER_HOST, daemonConfig } from "../../../components/agents/daemon";
import { poolStatefulSet, rolloutSeconds, type PoolSpec } from "../../../components/agents/agent";
import { SPEC } from "../../support/pool-spec";

const podOf = (change: Partial<PoolSpec> = {}) => poolStatefulSet({ ...SPEC, ...change }).spec.template.spec;
const templateOf = (change: Partial<PoolSpec> = {}) => poolStatefulSet({ ...SPEC, ...change }).spec.template;

describe("an agent's pod", () => {
  const pod = podOf();
  const [certificates, dind] = pod.initContainers;
  const [agent] = pod.containers;

  test("has exactly one privileged container, the daemon", () => {
    const privileged = [...pod.initContainers, ...pod.containers].filter(
      ({ securityContext }) => "privileged" in securityContext,
    );
    expect(privileged.map(({ name }) => name)).toEqual(["dind"]);
  });

  test("says how far its jobs are isolated only where that is not the default", () => {
    const isolation = (change: Partial<PoolSpec>) =>
      podOf(change).containers[0]?.env.filter(({ name }) => name === "ISOLATION");
    expect(isolation({})).toEqual([]);
    expect(isolation({ isolation: "shared" })).toEqual([{ name: "ISOLATION", value: "shared" }]);
    expect(isolation({ isolation: "fresh" })).toEqual([{ name: "ISOLATION", value: "fresh" }]);
  });

  test("behind a company's proxy has what programs and JVMs read, and restarts with other certificates", () => {
    const company = {
      proxy: { url: "http://proxy:3128", direct: [] },
      certificates: "PEM",
      insecureRegistries: [],
      pullSecrets: ["pull"],
    };
    const made = podOf({ company, caConfigMap: "docker-ca" });
    const names = made.containers[0]?.env.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["HTTPS_PROXY", "no_proxy", "SSL_CERT_FILE", "GOCD_AGENT_JVM_OPTS"]));
    expect(made).toMatchObject({ imagePullSecrets: [{ name: "pull" }] });
    expect(made.volumes).toContainEqual({ name: "ca", configMap: { name: "docker-ca" } });
    const revision = (certificates: string) =>
      templateOf({ company: { ...company, certificates } }).metadata.annotations["gocd-on-kubernetes/daemon-config"];
    expect(revision("PEM")).not.toBe(revision("another"));
    // The daemon keeps the shape that the policies know it by.
    expect(made.initContainers).toEqual(podOf().initContainers);
  });

  test("gives the daemon one's own authorities for each registry that has a name", () => {
    const made = podOf({ dind: { ...SPEC.dind, registries: ["mirror.example.com", "registry.example.com:5000"] } });
    const paths = made.volumes.find(({ name }) => name === "daemon");
    expect(paths).toMatchObject({
      configMap: {
        name: "docker-daemon",
        items: [
          { key: "daemon.json", path: "daemon.json" },
          { key: "ca.crt", path: "ca.crt" },
          { key: "ca.crt", path: "certs.d/mirror.example.com/ca.crt" },
          { key: "ca.crt", path: "certs.d/registry.example.com:5000/ca.crt" },
        ],
      },
    });
    expect(pod.volumes).toContainEqual({ name: "daemon", configMap: { name: "docker-daemon" } });
  });

  test("starts the daemon before the agent and stops it after", () => {
    expect(dind).toMatchObject({ name: "dind", restartPolicy: "Always" });
    expect(pod.initContainers.map(({ name }) => name)).toEqual(["certificates", "dind"]);
    expect(pod.containers.map(({ name }) => name)).toEqual(["agent"]);
  });

  test("mounts no volume that it does not name", () => {
    const names = new Set([
      ...pod.volumes.map(({ name }) => name),
      ...poolStatefulSet(SPEC).spec.volumeClaimTemplates.map(({ metadata }) => metadata.name),
    ]);
    const mounts = [...pod.initContainers, ...pod.containers].flatMap(({ volumeMounts }) =>
      volumeMounts.map(({ name }) => name),
    );
    expect(mounts.filter((name) => !names.has(name))).toEqual([]);
    expect([...names].filter((name) => !mounts.includes(name))).toEqual([]);
  });

  test("shows the workspace to agent and daemon at one path, and to the daemon at GoCD's other path too", () => {
    const at = (
      container:
        { readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[] } | undefined,
    ) => container?.volumeMounts.filter(({ name }) => name === "workspace").map(({ mountPath }) => mountPath);
    expect(at(agent)).toEqual(["/godata/pipelines"]);
    expect(at(dind)).toEqual(["/godata/pipelines", "/go-working-dir/pipelines"]);
  });

  test("shows nothing of the agent but its workspace to the daemon, where jobs can mount it", () => {
    const shared = dind?.volumeMounts
      .map(({ name }) => name)
      .filter((name) => agent?.volumeMounts.some((mount) => mount.name === name));
    expect([...new Set(shared)]).toEqual(["workspace"]);
  });

  test("points the client where the daemon listens, with the certificate that the daemon expects", () => {
    const env = Object.fromEntries(
      agent?.env.map((variable) => [variable.name, "value" in variable ? variable.value : undefined]) ?? [],
    );
    const daemon = JSON.parse(daemonConfig({ mtu: 1460, mirrors: [], addressPools: ["172.30.0.0/16"] }, "100Gi")) as {
      readonly hosts: string[];
      readonly tlscacert: string;
    };
    expect(daemon.hosts).toContain(env["DOCKER_HOST"]);
    expect(env["DOCKER_HOST"]).toBe(DOCKER_HOST);
    const copied = certificates?.volumeMounts.map(({ mountPath }) => mountPath);
    expect(copied).toEqual(expect.arrayContaining([env["DOCKER_CERT_PATH"], daemon.tlscacert.replace("/ca.pem", "")]));
  });

  test("asks for what the agent writes outside its volumes, so that a node is not filled with agents", () => {
    expect(agent?.resources.requests).toMatchObject({ "ephemeral-storage": "2Gi" });
  });

  test("gives each container requests and a limit of memory", () => {
    for (const { resources } of [...pod.initContainers, ...pod.containers]) {
      expect(resources).toMatchObject({
        requests: { cpu: expect.any(String) as string, memory: expect.any(String) as string },
        limits: { memory: expect.any(String) as string },
      });
    }
  });

  test("leaves the agent more time to finish its job than the job is promised", () => {
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(30 * 60);
  });
});

describe("a pool's pod template", () => {
  test("does not change when an agent is added, so that none restarts", () => {
    expect(templateOf({ replicas: 3 })).toEqual(templateOf());
  });

  test.each<[string, Partial<PoolSpec>]>([
    ["the rotation of its certificates", { rotation: 2 }],
    ["the daemon's configuration", { daemonConfig: '{"mtu":1400}' }],
    ["the agent's image", { image: "agent@sha256:b" }],
  ])("changes with %s, so that the pool restarts", (_what, change) => {
    expect(templateOf(change)).not.toEqual(templateOf());
  });
});

test("a rollout may take as long as all of a pool's agents one after the other", () => {
  expect(rolloutSeconds({ replicas: 2, gracePeriod: "30m" })).toBeGreaterThanOrEqual(2 * 30 * 60);
});

describe("daemon.json", () => {
  const parse = (cache: string) =>
    JSON.parse(
      daemonConfig(
        { mtu: 1400, mirrors: ["https://mirror.gcr.io"], addressPools: ["172.30.0.0/16", "172.31.0.0/16"] },
        cache,
      ),
    ) as Record<string, unknown>;

  test("listens on the loopback with both sides' certificates checked, and on nothing else", () => {
    expect(parse("100Gi")).toMatchObject({
      hosts: ["unix:///var/run/docker.sock", "tcp://127.0.0.1:2376"],
      tlsverify: true,
    });
  });

  test("gives networks that jobs make the MTU of the default one", () => {
    expect(parse("100Gi")).toMatchObject({
      mtu: 1400,
      "default-network-opts": { bridge: { "com.docker.network.driver.mtu": "1400" } },
    });
  });

  test("keeps the build cache within the volume, however small", () => {
    expect(parse("100Gi")["builder"]).toEqual({
      gc: { enabled: true, defaultReservedSpace: "20GB", defaultMaxUsedSpace: "50GB", defaultMinFreeSpace: "20GB" },
    });
    expect(parse("2Gi")["builder"]).toEqual({
      gc: { enabled: true, defaultReservedSpace: "1GB", defaultMaxUsedSpace: "1GB", defaultMinFreeSpace: "1GB" },
    });
  });
});
