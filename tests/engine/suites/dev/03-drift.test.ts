import { readFileSync, writeFileSync } from "node:fs";
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

/** What the workflow drift runs, and where it keeps the result. */
const DRIFT = step("drift", /pulumi-main\.ts drift/);
const OUTPUT = "out/drift-outputs";

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
  await project.must("mkdir -p out/drift");
});

/** Looks at the cloud as the workflow does. */
async function look() {
  const output = path.join(project.directory, OUTPUT);
  writeFileSync(output, "");
  const { code, text } = await project.run(DRIFT, { env: { PULUMI_STACK: STACK, GITHUB_OUTPUT: output } });
  return { isDone: code === 0, result: readFileSync(output, "utf8"), text };
}

describe("the weekly look at the cloud", () => {
  test("finds what somebody deleted, which is a result", async () => {
    await kubectl(["delete", "networkpolicies", "-n", AGENTS_NAMESPACE, "--all"]);
    const { text, ...found } = await look();
    expect(found).toEqual({ isDone: true, result: "result=drift\n" });
    expect(text).toMatch(/NetworkPolicy/);
  });

  test("fails without a result at what somebody changed with kubectl, and shows it", async () => {
    // As `kubectl edit` does; what the program wrote there is somebody else's then.
    const change = JSON.stringify({
      metadata: { labels: { "app.kubernetes.io/part-of": "somebody" } },
      spec: { ports: [{ name: "http", port: 8154, protocol: "TCP", targetPort: "http" }] },
    });
    await kubectl(["patch", "service", "gocd-server", "-n", SERVER_NAMESPACE, "--type=merge", "--patch", change]);
    const { text, ...found } = await look();
    expect(found).toEqual({ isDone: false, result: "" });
    expect(text).toContain("field conflict detected");
  });
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
