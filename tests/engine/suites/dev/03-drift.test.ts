import { AGENTS_NAMESPACE, SERVER_NAMESPACE } from "../../../cluster/gocd/deploy";
import { kubectl } from "../../../cluster/kubernetes/kubectl";
import { documented } from "../../harness/docs";
import { restarted, settledPods } from "../../harness/installation";
import type { Project } from "../../harness/project";
import { expectUnchanged, projectWithStackUp, QUICK } from "../../harness/stack";

const PAGE = "docs/operations/troubleshoot.md";
const UP = documented("docs/operations/install.md", /^pulumi up --stack dev --policy-pack policy\b/);

interface Changed {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: { readonly ports: readonly { readonly port: number }[] };
}

let project: Project;
let pods: Awaited<ReturnType<typeof settledPods>>;
let policies: string;
const allPolicies = () => kubectl(["get", "networkpolicies", "-n", AGENTS_NAMESPACE, "-o", "name"]);
const service = async () =>
  JSON.parse(await kubectl(["get", "service", "gocd-server", "-n", SERVER_NAMESPACE, "-o", "json"])) as Changed;

beforeAll(async () => {
  project = await projectWithStackUp("warm");
  pods = await settledPods();
  policies = await allPolicies();
  await kubectl(["delete", "networkpolicies", "-n", AGENTS_NAMESPACE, "--all"]);
  // As `kubectl edit` does; what the program wrote there is somebody else's then.
  const change = JSON.stringify({
    metadata: { labels: { "app.kubernetes.io/part-of": "somebody" } },
    spec: { ports: [{ name: "http", port: 8154, protocol: "TCP", targetPort: "http" }] },
  });
  await kubectl(["patch", "service", "gocd-server", "-n", SERVER_NAMESPACE, "--type=merge", "--patch", change]);
});

describe("what somebody deleted and changed in the cluster", () => {
  test("is shown as troubleshoot.md says, before the plan ends at what kubectl owns now", async () => {
    const shown = await project.run(documented(PAGE, /^pulumi preview --refresh --diff --stack dev$/));
    expect(shown.text).toContain("field conflict detected");
    expect(shown.text).toMatch(/NetworkPolicy/);
    expect(shown.text).toMatch(/8154/);
    expect((await service()).spec.ports.map(({ port }) => port)).toEqual([8154]);
  });

  test("is undone as troubleshoot.md says, and no pod restarts", async () => {
    await project.must(documented(PAGE, /^pulumi up --refresh --skip-preview --stack dev$/));
    const { metadata, spec } = await service();
    expect(spec.ports.map(({ port }) => port)).toEqual([8153]);
    expect(metadata.labels["app.kubernetes.io/part-of"]).toBe("gocd");
    expect(await allPolicies()).toBe(policies);
    expect(restarted(pods, await settledPods())).toEqual([]);
  });

  test("leaves nothing to do", async () => {
    expectUnchanged(await project.must(UP, QUICK));
  });
});
