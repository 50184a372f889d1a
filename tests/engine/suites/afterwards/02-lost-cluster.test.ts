import { ready, SERVER_NAMESPACE } from "../../../cluster/gocd/deploy";
import { loseCluster, startEmptyCluster } from "../../../cluster/kubernetes/cluster";
import { documented, STACK } from "../../harness/docs";
import { keepFiles, remembered } from "../../harness/installation";
import type { Project } from "../../harness/project";
import { expectUnchanged, makeVolumes, projectWithStackUp, QUICK } from "../../harness/stack";

const PAGE = "docs/operations/lost-cluster.md";
const UP = documented(PAGE, /^pulumi up --stack dev --policy-pack policy\b/);

let project: Project;
let before: Awaited<ReturnType<typeof remembered>>;

beforeAll(async () => {
  project = await projectWithStackUp("warm");
  await keepFiles();
  before = await remembered();
  await loseCluster();
});

describe("a cluster lost behind Pulumi's back", () => {
  test("fails the preview before anything is done", async () => {
    const preview = await project.run(`pulumi preview --stack ${STACK}`);
    expect(preview.code).not.toBe(0);
    expect(preview.text).toMatch(/unreachable|connection refused/);
  });

  test("is forgotten with the variable of lost-cluster.md, and what is no part of it is kept", async () => {
    const refresh = documented(PAGE, /^PULUMI_K8S_DELETE_UNREACHABLE=true pulumi refresh/);
    await project.must(refresh, QUICK);
    const types = (await project.state(STACK)).map(({ type }) => type);
    expect(types.filter((type) => type.startsWith("kubernetes:"))).toEqual([]);
    expect(types.filter((type) => type.startsWith("random:")).length).toBeGreaterThan(5);
  });

  test("is made anew by up on the disks of the old one: the same agents, the same data", async () => {
    await startEmptyCluster();
    const namespaces = await project.must(documented(PAGE, /^kubectl get namespaces$/));
    expect(namespaces.text).not.toContain(SERVER_NAMESPACE);
    await makeVolumes(STACK);
    await project.must(UP, QUICK);
    await ready(2, 300);
    expect(await remembered()).toEqual(before);
    expectUnchanged(await project.must(UP, QUICK));
  });
});
