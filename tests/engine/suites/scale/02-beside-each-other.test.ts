import { AGENTS_NAMESPACE } from "../../../cluster/gocd/deploy";
import { getPods } from "../../../cluster/kubernetes/api";
import { kubectl } from "../../../cluster/kubernetes/kubectl";
import { documented, STACK } from "../../harness/docs";
import { settledPods } from "../../harness/installation";
import type { Project } from "../../harness/project";
import { addStack, changes, expectUnchanged, PLANTED, projectWithStackUp, QUICK } from "../../harness/stack";

const DESTROY = "docs/operations/destroy.md";
const INSTALL = "docs/operations/install.md";
const SECOND = "second";
const UP = documented("README.md", /^pulumi up --stack dev /);
/** The same of another stack. */
const of = (stack: string, command: string) => command.replace(STACK, stack);

let project: Project;

beforeAll(async () => {
  project = await projectWithStackUp("warm");
});

describe("a second stack on the same cluster", () => {
  test("comes up beside the first, which does not notice", async () => {
    const before = await settledPods();
    await addStack(project, SECOND);
    const up = await project.must(of(SECOND, UP), QUICK);
    expect(changes(up)["create"]).toBeGreaterThan(50);
    expect(await getPods(`gocd-${SECOND}-agents`)).toHaveLength(2);
    expect(await settledPods()).toEqual(before);
    expectUnchanged(await project.must(UP, QUICK));
  });

  test("goes for good as destroy.md says of stacks without Google disks, and leaves the first alone", async () => {
    const before = await settledPods();
    await project.must(`${documented(DESTROY, /^pulumi state unprotect --all$/)} --stack ${SECOND}`);
    await project.must(of(SECOND, documented(DESTROY, /^pulumi destroy --stack dev$/)), QUICK);
    expect(await project.state(SECOND)).toEqual([]);
    expect(await kubectl(["get", "namespaces", "-o", "name"])).not.toContain(`gocd-${SECOND}`);
    expect(await settledPods()).toEqual(before);
    expect(await kubectl(["get", "pvc", "-n", AGENTS_NAMESPACE, "-o", "name"])).not.toBe("");
  });
});

describe("the committed stack existing, where its context is not in the kubeconfig", () => {
  test("fails the preview, which names the context", async () => {
    await project.must(of("existing", documented(INSTALL, /^pulumi stack init dev$/)));
    const preview = await project.run("pulumi preview --stack existing");
    expect(preview.code).not.toBe(0);
    expect(preview.text).toContain('context "kind-gocd" does not exist');
  });

  test("takes a registry's password as install.md says", async () => {
    const set = documented(INSTALL, /^pulumi config set --secret gocd:registryPassword --stack existing$/);
    expect((await project.must(set, { input: PLANTED.password })).text).not.toContain(PLANTED.password);
  });
});
