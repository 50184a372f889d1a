import { spawnSync } from "node:child_process";
import { serverStatefulSet, type ServerSpec } from "../../../components/server/server";

const SPEC: ServerSpec = {
  instance: "gocd-dev",
  namespace: "gocd-dev",
  labels: {},
  images: { server: "server@sha256:a", housekeeping: "housekeeping@sha256:a" },
  heap: "1Gi",
  headroom: "2Gi",
  cpu: "500m",
  jvmOptions: [],
  behindProxy: false,
  plugins: {},
  claims: { data: "gocd-dev-data", artifacts: "gocd-dev-artifacts" },
  secret: "gocd-server",
  placement: {},
  company: { insecureRegistries: [], pullSecrets: [] },
  keepDays: 30,
};

const podOf = (change: Partial<ServerSpec> = {}) => serverStatefulSet({ ...SPEC, ...change }).spec.template.spec;
const envOf = (change: Partial<ServerSpec> = {}) =>
  Object.fromEntries(
    podOf(change)
      .containers.flatMap((one) => ("env" in one ? one.env : []))
      .map((one) => [one.name, one.value]),
  );

test("the server's memory is its heap and its headroom, requested and as the limit", () => {
  const [server] = podOf({ heap: "1Gi", headroom: "1536Mi" }).containers;
  expect(server?.resources).toMatchObject({ requests: { memory: "2560Mi" }, limits: { memory: "2560Mi" } });
});

test("the autoscaler does not move the only server to save a node", () => {
  expect(serverStatefulSet(SPEC).spec.template.metadata.annotations).toEqual({
    "cluster-autoscaler.kubernetes.io/safe-to-evict": "false",
  });
});

describe("a restore", () => {
  const BACKUP = {
    bucket: "backups",
    folder: "gocd-dev/",
    restore: "backup_20260101-020000",
  };
  const restoring = (change: object = {}) => podOf({ backup: { ...BACKUP, ...change } }).initContainers[0];

  test("accepts another server's backup only when it is told to, and sees the stack's own keys", () => {
    const name = "OTHER_SERVER";
    expect(restoring()).toMatchObject({
      env: expect.not.arrayContaining([expect.objectContaining({ name })]) as unknown,
    });
    expect(restoring({ otherServer: "replace-keys" })).toMatchObject({
      env: expect.arrayContaining([{ name, value: "replace-keys" }]) as unknown,
      volumeMounts: expect.arrayContaining([
        { name: "secret", mountPath: "/etc/gocd-server", readOnly: true },
      ]) as unknown,
    });
  });
});

test("what stores and restores backups leaves the network as the server does", () => {
  const company = { ...SPEC.company, proxy: { url: "http://proxy.example:3128", direct: [] }, certificates: "PEM" };
  const backup = { bucket: "backups", folder: "gocd-dev/", restore: "backup_20260101-020000" };
  const { containers, initContainers } = podOf({ company, backup, caConfigMap: "gocd-server-ca" });
  for (const container of [...initContainers, ...containers]) {
    if (!("env" in container)) throw new Error(`${container.name} has no variables`);
    expect(container.env).toContainEqual({ name: "HTTPS_PROXY", value: "http://proxy.example:3128" });
    expect(container.env).toContainEqual({ name: "NODE_EXTRA_CA_CERTS", value: "/etc/gocd-ca/ca.crt" });
    expect(container.volumeMounts).toContainEqual({ name: "ca", mountPath: "/etc/gocd-ca", readOnly: true });
  }
});

test("other certificates restart the server, which reads them when it starts", () => {
  const annotations = (certificates?: string) =>
    serverStatefulSet({ ...SPEC, company: { ...SPEC.company, certificates } }).spec.template.metadata.annotations;
  expect(annotations("one")).not.toEqual(annotations("other"));
});

describe("the server's environment", () => {
  test("is the JVM's options and the days of backups unless the settings say more", () => {
    expect(envOf()).toEqual({
      GOCD_SERVER_JVM_OPTS: "-Xms1024m -Xmx1024m -Dgo.auto.register.local.agent.enabled=false",
      BACKUP_KEEP_DAYS: "30",
    });
  });

  test("leaves backups to the sidecar where there is a bucket", () => {
    expect(envOf({ backup: { bucket: "backups", folder: "gocd-dev/" } })).not.toHaveProperty("BACKUP_KEEP_DAYS");
  });

  test("brings every option through the shell of the image's entry point as it was written", () => {
    const jvmOptions = ["-Dhttp.nonProxyHosts=*.svc|localhost", "-XX:+UseZGC", "-Da=~;b&c>d(e)"];
    const { GOCD_SERVER_JVM_OPTS } = envOf({ jvmOptions });
    const taken = spawnSync("sh", ["-c", `set -f; eval set -- "$GOCD_SERVER_JVM_OPTS"; printf '%s\\n' "$@"`], {
      env: { GOCD_SERVER_JVM_OPTS: GOCD_SERVER_JVM_OPTS as string },
      encoding: "utf8",
    });
    expect(taken.stdout.trim().split("\n").slice(3)).toEqual(jvmOptions);
  });

  test("lists plugins in one order, however the settings do, so that the server restarts only for a change", () => {
    const [a, b] = [
      { url: "https://example.org/a.jar", sha256: "a" },
      { url: "https://example.org/b.jar", sha256: "b" },
    ];
    const lines = "a a https://example.org/a.jar\nb b https://example.org/b.jar\n";
    expect(envOf({ plugins: { a, b } })["PLUGINS"]).toBe(lines);
    expect(envOf({ plugins: { b, a } })["PLUGINS"]).toBe(lines);
  });

  test("names the configuration repository, and its branch where there is one", () => {
    const url = "https://example.org/config.git";
    expect(envOf({ configRepository: { url } })).toMatchObject({ CONFIG_REPOSITORY: url });
    expect(envOf({ configRepository: { url } })).not.toHaveProperty("CONFIG_REPOSITORY_BRANCH");
    expect(envOf({ configRepository: { url, branch: "live" } })).toMatchObject({ CONFIG_REPOSITORY_BRANCH: "live" });
  });

  test("goes to what clones the configuration repository too, before it is checked and the server starts", () => {
    const { initContainers, containers } = podOf({ configRepository: { url: "https://example.org/config.git" } });
    const [clone, check] = initContainers;
    expect(initContainers.map(({ name }) => name)).toEqual(["clone", "check-configuration"]);
    expect(clone).toMatchObject({ command: ["/docker-entrypoint.d/10-first-boot", "clone"], image: "server@sha256:a" });
    const { env, volumeMounts } = containers[0] as { readonly env: unknown; readonly volumeMounts: unknown };
    expect(clone).toMatchObject({ env, volumeMounts });
    expect(check).toMatchObject({ args: ["check-configuration"], image: "housekeeping@sha256:a" });
    expect(podOf().initContainers).toEqual([]);
  });

  test("never uses the image's own ways, which replace a configuration and download at every start", () => {
    const names = Object.keys(
      envOf({
        configRepository: { url: "https://example.org/config.git" },
        plugins: { a: { url: "https://example.org/a.jar", sha256: "a" } },
      }),
    );
    expect(names.filter((name) => /^(CONFIG_GIT|GOCD_PLUGIN_INSTALL)/.test(name))).toEqual([]);
  });
});

describe("the sidecar that stores backups", () => {
  const pod = podOf({ backup: { bucket: "b", folder: "gocd-dev/" } });
  const backup = pod.containers.find(({ name }) => name === "backup");

  test("shows a failure as an event once a minute, and is restarted for it once a day", () => {
    const probe = backup && "livenessProbe" in backup ? backup.livenessProbe : undefined;
    expect(probe?.httpGet).toEqual({ path: "/healthz", port: "backup-metrics" });
    expect([probe?.periodSeconds, (probe?.periodSeconds ?? 0) * (probe?.failureThreshold ?? 0)]).toEqual([60, 86_400]);
  });

  test("never decides whether the server is in its Service", () => {
    expect(backup).not.toHaveProperty("readinessProbe");
  });
});
