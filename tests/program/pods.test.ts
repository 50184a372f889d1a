import {
  type Container,
  containersOf,
  type KubernetesManifest,
  type Labels,
  objectsOf,
  selects,
  type Workload,
  workloadsOf,
} from "../support/pods";
import type { Run } from "../../preview/run/run";
import { runs, type StackSource, succeeded, task } from "../support/program";
import { variants } from "../support/stacks";

const MEMORY = /^[1-9]\d*(Mi|Gi)$/;
const isPool = ({ namespace }: Workload) => namespace.endsWith("-agents");

let runsByVariant: ReadonlyMap<string, Run>;

beforeAll(async () => {
  const all = await runs(Object.values(variants).map((source) => task(source, {}, false)));
  runsByVariant = new Map(Object.keys(variants).map((name, index) => [name, all[index] as Run]));
});

function objectsWith(variant: string): KubernetesManifest[] {
  const run = runsByVariant.get(variant);
  if (run === undefined) throw new Error(`there is no stack with ${variant}`);
  return objectsOf(succeeded(run));
}

describe.each(Object.keys(variants))("the pods of a stack with %s", (variant) => {
  let objects: readonly KubernetesManifest[];
  let workloads: readonly Workload[];
  let all: readonly { readonly title: string; readonly container: Container; readonly workload: Workload }[];

  beforeAll(() => {
    objects = objectsWith(variant);
    workloads = workloadsOf(objects);
    all = workloads.flatMap((workload) =>
      containersOf(workload.spec).map((container) => ({
        title: `${workload.title} ${container.name}`,
        container,
        workload,
      })),
    );
  });

  const matching = (kind: string) => objects.filter((object) => object.kind === kind);
  /** Names that the stack file gives: objects of somebody else's, which are there before the pool is. */
  const { config = {} }: StackSource = variants[variant as keyof typeof variants];
  const ofOthers = new Set(
    [...JSON.stringify(config).matchAll(/"(?:configMap|secret)":"([^"]+)"/g)].map(([, name]) => name),
  );
  const exists = (kind: string, namespace: string, name: string) =>
    ofOthers.has(name) ||
    matching(kind).some(({ metadata }) => metadata.namespace === namespace && metadata.name === name);

  test("are those of server, housekeeping and pools", () => {
    const titles = workloads.map(({ title }) => title.replace(/gocd-(dev|pools)/, "gocd"));
    const several = { "several pools": ["deploy", "large"], "pools of two processors": ["arm"] }[variant] ?? [];
    const pools = ["docker", ...several].map((pool) => `StatefulSet gocd-agents/${pool}`);
    const others = ["Deployment gocd/gocd-housekeeping", "StatefulSet gocd/gocd-server"];
    expect(titles.sort()).toEqual([...others, ...pools].sort());
  });

  test("mount only volumes that they have, and have none that nothing mounts", () => {
    for (const { title, volumeNames, spec } of workloads) {
      const mounted = containersOf(spec).flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name));
      expect({
        title,
        missing: mounted.filter((name) => !volumeNames.includes(name)),
        idle: volumeNames.filter((name) => !mounted.includes(name)),
      }).toEqual({
        title,
        missing: [],
        idle: [],
      });
    }
  });

  test("mount nothing twice at one place", () => {
    for (const { title, container } of all) {
      const paths = (container.volumeMounts ?? []).map(({ mountPath }) => mountPath);
      expect({ title, paths }).toEqual({ title, paths: [...new Set(paths)] });
    }
  });

  test("refer to Secrets, ConfigMaps, claims and accounts that are there", () => {
    for (const { title, namespace, spec } of workloads) {
      const missing = [
        ...(spec.volumes ?? []).flatMap(({ secret, configMap, persistentVolumeClaim: claim }) => [
          ...(secret && !exists("Secret", namespace, secret.secretName) ? [secret.secretName] : []),
          ...(configMap && !exists("ConfigMap", namespace, configMap.name) ? [configMap.name] : []),
          ...(claim && !exists("PersistentVolumeClaim", namespace, claim.claimName) ? [claim.claimName] : []),
        ]),
        ...(spec.serviceAccountName !== undefined && !exists("ServiceAccount", namespace, spec.serviceAccountName)
          ? [spec.serviceAccountName]
          : []),
      ];
      expect({ title, missing }).toEqual({ title, missing: [] });
    }
  });

  test("are found by the selectors of their own workload", () => {
    for (const { title, manifest, labels } of workloads) {
      const selector = manifest.spec?.selector as { readonly matchLabels: Labels };
      expect(Object.keys(selector.matchLabels).length).toBeGreaterThan(0);
      expect({ title, selected: selects(selector.matchLabels, labels) }).toEqual({ title, selected: true });
    }
  });

  test("are found by each Service, which leads to one workload and to ports that it opens", () => {
    for (const { metadata, spec } of matching("Service")) {
      const chosen = workloads.filter(
        ({ namespace, labels }) => namespace === metadata.namespace && selects(spec?.selector as Labels, labels),
      );
      expect(chosen).toHaveLength(1);
      const open = containersOf(chosen[0]?.spec ?? { containers: [] }).flatMap(({ ports = [] }) =>
        ports.flatMap(({ name, containerPort }) => [name, containerPort]),
      );
      for (const { port, targetPort = port } of spec?.ports ?? []) expect(open).toContain(targetPort);
    }
  });

  test("are found by every network policy and disruption budget that is about some of them", () => {
    for (const { kind, metadata, spec } of [...matching("NetworkPolicy"), ...matching("PodDisruptionBudget")]) {
      const selector =
        kind === "NetworkPolicy"
          ? spec?.podSelector?.matchLabels
          : (spec?.selector as { readonly matchLabels: Labels }).matchLabels;
      // Somebody else's pods: those with which cert-manager proves that the host is ours.
      if (selector && "acme.cert-manager.io/http01-solver" in selector) continue;
      const chosen = workloads.filter(
        ({ namespace, labels }) => namespace === metadata.namespace && selects(selector, labels),
      );
      expect({ kind, name: metadata.name, chosen: chosen.length > 0 }).toEqual({
        kind,
        name: metadata.name,
        chosen: true,
      });
    }
  });

  test("name a Service of their own where they are a StatefulSet", () => {
    for (const { namespace, manifest } of workloads.filter(({ manifest: { kind } }) => kind === "StatefulSet")) {
      expect(exists("Service", namespace, manifest.spec?.serviceName ?? "")).toBe(true);
    }
  });

  test("get volumes that wait for exactly their claims", () => {
    for (const { metadata, spec } of matching("PersistentVolume")) {
      const { name = "", namespace = "" } = spec?.claimRef ?? {};
      expect(
        matching("PersistentVolumeClaim").filter(
          (claim) => claim.metadata.name === name && claim.metadata.namespace === namespace,
        ),
      ).toMatchObject([{ spec: { volumeName: metadata.name } }]);
    }
  });

  test("ask for what every container needs, and are held to a limit of memory", () => {
    for (const { title, container } of all) {
      const { requests = {}, limits = {} } = container.resources ?? {};
      expect({ title, cpu: requests["cpu"], memory: requests["memory"], limit: limits["memory"] }).toEqual({
        title,
        cpu: expect.stringMatching(/^(\d*\.)?\d+m?$/) as string,
        memory: expect.stringMatching(MEMORY) as string,
        limit: expect.stringMatching(MEMORY) as string,
      });
    }
  });

  test("give privileges to dind alone", () => {
    const privileged = all.filter(({ container }) => /"privileged":true|"add":\["ALL"/.test(JSON.stringify(container)));
    expect(new Set(privileged.map(({ container }) => container.name))).toEqual(new Set(["dind"]));
    expect(privileged.every(({ workload }) => isPool(workload))).toBe(true);
  });

  test("reach nothing of their node", () => {
    for (const { spec } of workloads) {
      expect((spec.volumes ?? []).filter((volume) => "hostPath" in volume)).toEqual([]);
      expect([spec["hostNetwork"], spec["hostPID"], spec["hostIPC"]].filter((value) => value === true)).toEqual([]);
    }
    const volumes = matching("PersistentVolume").map(({ spec = {} }) => spec);
    expect(volumes.filter((volume) => "hostPath" in volume || "local" in volume)).toEqual([]);
    expect(all.flatMap(({ container }) => container.ports ?? []).filter((port) => "hostPort" in port)).toEqual([]);
  });
});

describe("the nodes of pods", () => {
  /** Labels that pods ask for, by whose they are. */
  const asked = (variant: string) => {
    const nodes = (whose: boolean) =>
      workloadsOf(objectsWith(variant))
        .filter((workload) => isPool(workload) === whose)
        .map(({ spec }) => spec["nodeSelector"] as Labels | undefined);
    return { agents: nodes(true), others: nodes(false) };
  };

  test.each(["a cluster of its own", "several pools", "an existing GKE cluster"])(
    "cannot be both an agent's and the server's on %s",
    (variant) => {
      const { agents, others } = asked(variant);
      const [server = {}] = others;
      expect(others).toEqual([server, server]);
      for (const agent of agents) {
        const apart = Object.entries(agent ?? {}).filter(([key, value]) => key in server && server[key] !== value);
        expect({ agent, apart }).not.toMatchObject({ apart: [] });
      }
    },
  );

  test("are a node pool, spot if people like, that a stack on an existing GKE cluster names", () => {
    const pool = workloadsOf(objectsWith("an existing GKE cluster")).find(isPool);
    expect(pool?.spec).toMatchObject({
      nodeSelector: { "cloud.google.com/gke-nodepool": "gocd-agents", "cloud.google.com/gke-spot": "true" },
      tolerations: [{ key: "cloud.google.com/gke-spot", value: "true", effect: "NoSchedule" }],
    });
  });

  test("are the scheduler's choice where a stack on an existing cluster names none", () => {
    const { agents, others } = asked("another Kubernetes");
    expect([...agents, ...others]).toEqual([undefined, undefined, undefined]);
  });
});

describe("an agent and its daemon", () => {
  let agent: Container;
  let dind: Container;
  let pod: Workload;
  let daemon: Readonly<Record<string, unknown>>;

  beforeAll(() => {
    const objects = objectsWith("a cluster of its own");
    const pool = workloadsOf(objects).find(isPool);
    if (pool === undefined) throw new Error("there is no pool of agents");
    pod = pool;
    const named = (name: string) => containersOf(pool.spec).find((container) => container.name === name) ?? { name };
    [agent, dind] = [named("agent"), named("dind")];
    const config = pool.spec.volumes?.find(({ configMap }) => configMap !== undefined)?.configMap?.name;
    const map = objects.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === config);
    daemon = JSON.parse(map?.data?.["daemon.json"] ?? "{}") as Readonly<Record<string, unknown>>;
  });

  const environment = ({ env = [] }: Container) => Object.fromEntries(env.map(({ name, value }) => [name, value]));
  const mountAt = ({ volumeMounts = [] }: Container, path: string) =>
    volumeMounts.find(({ mountPath }) => mountPath === path);

  test("meet where the daemon listens", () => {
    const client = environment(agent);
    expect(daemon["hosts"]).toContain(client["DOCKER_HOST"]);
    expect(client["DOCKER_HOST"]).toBe("tcp://127.0.0.1:2376");
    expect(daemon["hosts"]).toEqual(["unix:///var/run/docker.sock", client["DOCKER_HOST"]]);
  });

  test("verify each other", () => {
    const client = environment(agent);
    expect(client["DOCKER_TLS_VERIFY"]).toBe("1");
    expect(daemon["tlsverify"]).toBe(true);
    const certificates = mountAt(agent, client["DOCKER_CERT_PATH"] ?? "");
    const daemonDirectory = (daemon["tlscert"] as string).replace(/\/[^/]+$/, "");
    expect(certificates?.name).toBe("client-certs");
    expect(mountAt(dind, daemonDirectory)?.name).toBe("daemon-certs");
  });

  test("hold no key of each other", () => {
    expect((agent.volumeMounts ?? []).map(({ name }) => name)).not.toContain("daemon-certs");
    expect((agent.volumeMounts ?? []).map(({ name }) => name)).not.toContain("daemon-tls");
    expect((dind.volumeMounts ?? []).map(({ name }) => name)).not.toContain("identity");
    expect((dind.volumeMounts ?? []).map(({ name }) => name)).not.toContain("client-certs");
  });

  test("see the workspace at the same path, and share nothing else", () => {
    const [agents, daemons] = [agent, dind].map(({ volumeMounts = [] }) => volumeMounts);
    const shared = (agents ?? []).filter(({ name }) => daemons?.some((mount) => mount.name === name));
    expect(shared.map(({ name }) => name)).toEqual(["workspace"]);
    for (const { name, mountPath, subPath } of shared)
      expect(daemons).toContainEqual(expect.objectContaining({ name, mountPath, subPath }));
    const paths = (daemons ?? []).filter(({ name }) => name === "workspace").map(({ mountPath }) => mountPath);
    expect(paths.sort()).toEqual(["/go-working-dir/pipelines", "/godata/pipelines"]);
  });

  test("start in this order: certificates, daemon, agent", () => {
    expect(pod.spec.initContainers?.map(({ name, restartPolicy }) => [name, restartPolicy])).toEqual([
      ["certificates", undefined],
      ["dind", "Always"],
    ]);
    expect(pod.spec.containers.map(({ name }) => name)).toEqual(["agent"]);
  });

  test("take every file that is a pod's own by that pod's name", () => {
    const own = containersOf(pod.spec).flatMap(({ volumeMounts = [] }) =>
      volumeMounts.filter(({ name }) => /-tls$|^identity$/.test(name)),
    );
    expect(own).toHaveLength(8);
    expect(own.filter(({ subPathExpr }) => subPathExpr?.startsWith("$(POD_NAME).") !== true)).toEqual([]);
  });
});
