import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { poolStatefulSet } from "../../components/agents/agent";
import { serverStatefulSet } from "../../components/server/server";
import { SPEC } from "../support/pool-spec";

interface Mount {
  readonly type: string;
  readonly source: string;
  readonly target: string;
  readonly read_only?: boolean;
  readonly volume?: { readonly subpath: string };
}
interface Service {
  readonly image: string;
  readonly build?: string | { readonly context: string; readonly additional_contexts: Record<string, string> };
  readonly command?: readonly string[];
  readonly privileged?: boolean;
  readonly user?: string;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly ports?: readonly string[];
  readonly network_mode?: string;
  readonly networks?: object;
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly volumes?: readonly (string | Mount)[];
  readonly tmpfs?: readonly string[];
  readonly scale?: string;
}
interface Project {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, null>>;
  readonly networks: Readonly<Record<string, null>>;
}

const ROOT = join(__dirname, "../..");
const text = readFileSync(join(ROOT, "compose.yaml"), "utf8");
const { services, volumes, networks } = parse(text, { merge: true }) as Project;
const all = Object.entries(services);
const service = (name: string): Service => {
  const found = services[name];
  if (!found) throw new Error(`compose.yaml has no service ${name}`);
  return found;
};
const mounts = ({ volumes: list = [] }: Service): Mount[] =>
  list.map((mount) => {
    if (typeof mount !== "string") return mount;
    const [source = "", target = "", mode] = mount.split(":");
    return { type: "volume", source, target, read_only: mode === "ro" };
  });
const targets = (name: string) => mounts(service(name)).map(({ target }) => target);

/** A container of the cluster's, as far as it is compared. */
interface Container {
  readonly name: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}
function container(name: string, containers: readonly unknown[]): Required<Container> {
  const found = (containers as readonly Container[]).find((each) => each.name === name);
  if (!found) throw new Error(`the pod has no container ${name}`);
  return { args: [], env: [], ...found };
}

const pod = poolStatefulSet(SPEC).spec.template.spec;
const server = serverStatefulSet({
  instance: "i",
  namespace: "n",
  labels: {},
  images: { server: "server", housekeeping: "housekeeping" },
  heap: "1Gi",
  headroom: "1Gi",
  cpu: "1",
  jvmOptions: [],
  behindProxy: false,
  plugins: {},
  claims: { data: "d", artifacts: "a" },
  secret: "s",
  placement: {},
  company: { insecureRegistries: [], pullSecrets: [] },
  keepDays: 30,
}).spec.template.spec;
const onCluster = {
  agent: container("agent", pod.containers),
  dind: container("dind", pod.initContainers),
  server: container("server", server.containers),
};

describe("compose.yaml", () => {
  test("publishes one port, on this machine's loopback", () => {
    expect(all.flatMap(([, { ports = [] }]) => ports)).toEqual(["127.0.0.1:8153:8153"]);
  });

  test("gives rights to the daemons alone", () => {
    const privileged = all.filter(([, { privileged }]) => privileged).map(([name]) => name);
    expect(privileged).toEqual(["docker-0-dind", "docker-1-dind"]);
    for (const [name, { user, cap_drop, security_opt }] of all.filter(([each]) => !privileged.includes(each)))
      expect({ name, user, cap_drop, security_opt }).toEqual({
        name,
        user: "1000:0",
        cap_drop: ["ALL"],
        security_opt: ["no-new-privileges:true"],
      });
  });

  test("mounts named volumes and nothing of this machine", () => {
    const used = all.flatMap(([, each]) => mounts(each));
    expect(used.filter(({ type }) => type !== "volume")).toEqual([]);
    expect([...new Set(used.map(({ source }) => source))].sort()).toEqual(Object.keys(volumes).sort());
    expect(text).not.toMatch(/docker\.sock|network_mode: host|pid: host|ipc: host/);
  });

  test("builds each image once, from the cluster's own folders", () => {
    const built = all.flatMap(([name, { image, build }]) => (build === undefined ? [] : [{ name, image, build }]));
    const folders = built.map(({ build }) => (typeof build === "string" ? build : build.context));
    expect(folders.sort()).toEqual(["images/agent", "images/dind", "images/housekeeping", "images/server", "laptop"]);
    for (const folder of folders) expect(existsSync(join(ROOT, folder, "Dockerfile"))).toBe(true);
    expect(service("setup").build).toEqual({
      context: "laptop",
      additional_contexts: { components: "components", kubernetes: "kubernetes" },
    });
    const images = built.map(({ image }) => image);
    expect(new Set(images).size).toBe(built.length);
    expect(all.filter(([, { image }]) => !images.includes(image))).toEqual([]);
    for (const { image, build } of built.filter(({ name }) => name !== "setup"))
      expect(build).toBe(image.replace("gocd-laptop/", "images/"));
  });

  test("mounts in agent and daemon what the pod does, and the workspace at the same paths", () => {
    expect(targets("docker-0-dind").sort()).toEqual(
      onCluster.dind.volumeMounts.map(({ mountPath }) => mountPath).sort(),
    );
    const agent = onCluster.agent.volumeMounts.map(({ mountPath }) =>
      mountPath.startsWith("/etc/gocd-agent/") ? "/etc/gocd-agent" : mountPath,
    );
    expect(targets("docker-0-agent").sort()).toEqual([...new Set(agent)].sort());
    const workspace = (name: string) =>
      mounts(service(name))
        .filter(({ source }) => source === "docker-0-workspace")
        .map(({ target }) => target);
    expect(workspace("docker-0-dind")).toEqual(["/godata/pipelines", "/go-working-dir/pipelines"]);
    expect(workspace("docker-0-agent")).toEqual(["/godata/pipelines"]);
    const secret = onCluster.server.volumeMounts.find(({ name }) => name === "secret")?.mountPath;
    expect(targets("server")).toContain(secret);
  });

  test("starts agent and daemon as the pod does", () => {
    expect(service("docker-0-dind").command).toEqual(onCluster.dind.args);
    const { environment = {} } = service("docker-0-agent");
    // Besides, a shorter time-out for a drain: on a laptop everything restarts at once.
    const named = [...onCluster.agent.env.map(({ name }) => name), "DRAIN_UNREACHABLE_TIMEOUT_SECONDS"];
    expect(Object.keys(environment).sort()).toEqual(named.sort());
    const clientOnCluster = onCluster.agent.env.filter(({ name }) => name.startsWith("DOCKER_"));
    expect(clientOnCluster.map(({ name }) => ({ name, value: String(environment[name]) }))).toEqual(clientOnCluster);
  });

  test("lets nobody register for asking from the server's own address", () => {
    const name = "GOCD_SERVER_JVM_OPTS";
    const onClusterValue = onCluster.server.env.find((each) => each.name === name)?.value ?? "";
    const properties = onClusterValue.split(" ").filter((option) => option.startsWith("-D"));
    expect(properties).toContain("-Dgo.auto.register.local.agent.enabled=false");
    expect(String(service("server").environment?.[name]).split(" ")).toEqual(expect.arrayContaining(properties));
  });

  test("tells the server what it is told on a cluster", () => {
    expect(Object.keys(service("server").environment ?? {}).sort()).toEqual(
      onCluster.server.env.map(({ name }) => name).sort(),
    );
  });

  test("leaves no volume without a name behind: what the images declare is mounted", () => {
    const held = (name: string) => [...targets(name), ...(service(name).tmpfs ?? []).map((each) => each.split(":")[0])];
    expect(held("server")).toEqual(expect.arrayContaining(["/godata", "/go-working-dir"]));
    expect(held("docker-0-agent")).toEqual(expect.arrayContaining(["/godata", "/go-working-dir"]));
    expect(held("docker-0-dind")).toContain("/var/lib/docker");
  });

  test("shows each reader its own secrets, and none twice", () => {
    const readers = all.filter(([name]) => name !== "setup");
    const secrets = readers.flatMap(([name, each]) =>
      mounts(each)
        .filter(({ source }) => source === "secrets")
        .map((mount) => ({ name, ...mount })),
    );
    for (const { name, read_only, volume } of secrets) {
      expect({ name, read_only, subpath: volume?.subpath }).toMatchObject({ read_only: true, subpath: /./ });
      expect(volume?.subpath.split("/")[0]).toBe(name.replace(/-(dind|agent)$/, ""));
    }
    const subpaths = secrets.map(({ volume }) => volume?.subpath);
    expect(new Set(subpaths).size).toBe(subpaths.length);
  });

  test("names no secret in an environment, and asks for one variable", () => {
    const names = all.flatMap(([, { environment = {} }]) => Object.keys(environment));
    expect(names.filter((name) => /PASS|SECRET|TOKEN|KEY/.test(name))).toEqual([]);
    expect(new Set(text.match(/\$\{\w+/g))).toEqual(new Set(["${SECOND_AGENT"]));
  });

  test("gives the second pair what the first has, all of it its own", () => {
    const first = Object.fromEntries(all.filter(([name]) => name.startsWith("docker-0")));
    const second = JSON.parse(JSON.stringify(first).replaceAll("docker-0", "docker-1")) as Project["services"];
    for (const [name, expected] of Object.entries(second))
      expect({ ...service(name), build: expected.build }).toEqual({ ...expected, scale: "${SECOND_AGENT:-0}" });
    const pair = (index: number) => all.filter(([name]) => name.startsWith(`docker-${index}`)).map(([, each]) => each);
    const sources = (index: number) =>
      pair(index)
        .flatMap(mounts)
        .filter(({ source }) => source !== "secrets")
        .map(({ source }) => source);
    expect(sources(0).filter((source) => sources(1).includes(source))).toEqual([]);
    expect(Object.keys(networks)).toEqual(["docker-0", "docker-1"]);
  });
});
