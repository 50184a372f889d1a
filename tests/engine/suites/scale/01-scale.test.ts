import { AGENTS_NAMESPACE, ready, SERVER_NAMESPACE } from "../../../cluster/gocd/deploy";
import { get, type KubernetesObject } from "../../../cluster/kubernetes/api";
import { kubectl } from "../../../cluster/kubernetes/kubectl";
import { NODE } from "../../../cluster/kubernetes/sandbox";
import { documented, STACK } from "../../harness/docs";
import { settledPods, restarted } from "../../harness/installation";
import type { Ended, Project } from "../../harness/project";
import {
  changes,
  expectUnchanged,
  makeVolumes,
  POOL_SETTINGS,
  projectWithStackUp,
  QUICK,
  SERVER_SETTINGS,
} from "../../harness/stack";

const SCALE = "docs/operations/scale.md";
const UP = documented(SCALE, /^pulumi up --stack dev --policy-pack policy\b/);
const REFRESH = documented("docs/operations/destroy.md", /^pulumi refresh --stack dev$/);
const AGENTS = ["docker-0", "docker-1"];
const ONE_NODE = { nodeSelector: { "kubernetes.io/hostname": NODE } };

let project: Project;
/** The pool as it stands after the edits so far. */
let pool: object = POOL_SETTINGS;
let before: Awaited<ReturnType<typeof settledPods>>;

/** Brings the stack up with these settings, and tells what restarted. */
async function up(
  keys: Readonly<Record<string, unknown>>,
): Promise<{ readonly ended: Ended; readonly again: readonly string[] }> {
  before = await settledPods();
  project.configure(STACK, keys);
  const ended = await project.must(UP, QUICK);
  return { ended, again: restarted(before, await settledPods()) };
}

const upWithPool = (change: object, others: object = {}) => {
  pool = { ...pool, ...change };
  return up({ "gocd:agents": { docker: pool, ...others } });
};

interface PodSpec {
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly containers: readonly {
    readonly name: string;
    readonly resources?: { readonly limits?: Readonly<Record<string, string>> };
  }[];
}

/** To which nodes a pod goes, or those of a Deployment, and how much memory its containers get. */
async function specOf(object: string, namespace: string) {
  const { spec } = await get<
    KubernetesObject & { readonly spec: PodSpec | { readonly template: { readonly spec: PodSpec } } }
  >(object, namespace);
  const { nodeSelector, containers } = "template" in spec ? spec.template.spec : spec;
  const memory = Object.fromEntries(containers.map(({ name, resources }) => [name, resources?.limits?.["memory"]]));
  return { nodes: nodeSelector, memory };
}

beforeAll(async () => {
  project = await projectWithStackUp("warm");
});

describe("a change of scale.md", () => {
  test("more agents: a new pod beside the old ones, none restarts", async () => {
    const { ended, again } = await upWithPool({ replicas: 3 });
    expect(changes(ended)["delete"]).toBeUndefined();
    expect(again).toEqual([]);
    await ready(3, 300);
  });

  test("fewer agents: the last one goes, and its claims are deleted by hand", async () => {
    const { again } = await upWithPool({ replicas: 2 });
    expect(again).toEqual(["docker-2"]);
    await kubectl(["get", "pvc", "cache-docker-2", "-n", AGENTS_NAMESPACE]);
    await project.must(documented(SCALE, /delete pvc workspace-docker-2 cache-docker-2$/));
    await ready(2, 300);
  });

  test("another pool: the one that is there does not notice", async () => {
    await makeVolumes(STACK, ["extra", "other"], 1);
    const { again } = await upWithPool({}, { extra: { ...POOL_SETTINGS, replicas: 1, environments: ["extra"] } });
    expect(again).toEqual([]);
    expect(await settledPods()).toHaveProperty("extra-0");
  });

  test("another name for a pool: a new pool, the old one goes", async () => {
    const { again } = await upWithPool({}, { other: { ...POOL_SETTINGS, replicas: 1, environments: ["extra"] } });
    expect(again).toEqual(["extra-0"]);
    expect(await settledPods()).toHaveProperty("other-0");
  });

  test("larger agents, on other nodes: one after the other, and the server stays", async () => {
    const { again } = await upWithPool({ agent: { cpu: "10m", memory: "520Mi" }, placement: ONE_NODE });
    expect(again).toEqual([...AGENTS, "other-0"]);
    await ready(2, 300);
    for (const agent of AGENTS)
      expect(await specOf(`pod/${agent}`, AGENTS_NAMESPACE)).toMatchObject({
        nodes: ONE_NODE.nodeSelector,
        memory: { agent: "520Mi" },
      });
  });

  test("more memory for the server, on other nodes: server and housekeeping restart, agents stay", async () => {
    const { again } = await up({
      "gocd:server": { ...SERVER_SETTINGS, heap: "520Mi" },
      "gocd:cluster": { existing: { context: "tests", storageClass: "tests", serverPlacement: ONE_NODE } },
    });
    expect(again).toEqual(["gocd-housekeeping", "gocd-server-0"]);
    expect(await specOf("pod/gocd-server-0", SERVER_NAMESPACE)).toMatchObject({
      nodes: ONE_NODE.nodeSelector,
      memory: { server: "1288Mi" },
    });
    expect(await specOf("deployment/gocd-housekeeping", SERVER_NAMESPACE)).toMatchObject({
      nodes: ONE_NODE.nodeSelector,
    });
  });

  test("and none of them leaves anything to do", async () => {
    expectUnchanged(await project.must(UP, QUICK));
    expectUnchanged(await project.must(REFRESH, QUICK));
  });
});
