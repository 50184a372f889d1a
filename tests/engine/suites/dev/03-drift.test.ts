import { readFileSync } from "node:fs";
import path from "node:path";
import { AGENTS_NAMESPACE, SERVER_NAMESPACE } from "../../../cluster/gocd/deploy";
import { kubectl } from "../../../cluster/kubernetes/kubectl";
import { documented, STACK } from "../../harness/docs";
import { restarted, settledPods } from "../../harness/installation";
import type { Project } from "../../harness/project";
import { expectUnchanged, projectWithStackUp, QUICK } from "../../harness/stack";
import { step } from "../../harness/workflows";

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
  project = await projectWithStackUp("cold");
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
  test("stops a preview that does not take it back from whoever wrote it", async () => {
    const preview = await project.run(`pulumi preview --refresh --stack ${STACK}`);
    expect(preview.code).not.toBe(0);
    expect(preview.text).toContain("field conflict detected");
  });

  test("is a result of the workflow drift, not a failure", async () => {
    await project.must("mkdir -p out/found");
    const outputs = path.join(project.directory, "out/found/outputs");
    const line = step("drift", /pulumi-main\.ts drift/).replace("out/drift/", "out/found/");
    await project.must(line, { env: { PULUMI_STACK: STACK, GITHUB_OUTPUT: outputs } });
    expect(readFileSync(outputs, "utf8")).toBe("result=drift\n");
  });

  test("is shown as troubleshoot.md says, and nothing is done about it", async () => {
    const shown = await project.must(documented(PAGE, /^PULUMI_\w+=true pulumi preview --refresh --diff --stack dev$/));
    expect(shown.text).toMatch(/NetworkPolicy/);
    expect(shown.text).toMatch(/8154/);
    expect((await service()).spec.ports.map(({ port }) => port)).toEqual([8154]);
  });

  test("is undone as troubleshoot.md says, and no pod restarts", async () => {
    await project.must(documented(PAGE, /^PULUMI_\w+=true pulumi up --refresh --stack dev$/));
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
