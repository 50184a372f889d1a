import { rules, subjectOf } from "../../policy/policies";
import { analyzer, refusals, type Report } from "./analyzer";
import { agentsPod, container, type Manifest } from "./cases/case";

const pod = "kubernetes:core/v1:Pod";
const { analyze } = analyzer();
const policyNames = (found: readonly Report[]) => found.map(({ policy }) => policy);

/** Judges by the rules alone. */
function judge(type: string, props: object): readonly string[] {
  const subject = subjectOf({ urn: "urn:x", type, name: "x", props });
  return rules.flatMap((rule) => ("check" in rule ? rule.check(subject, {}).refused.map(() => rule.name) : []));
}

describe("malformed input", () => {
  const spec = (changes: Manifest): Manifest => ({ ...agentsPod(), spec: { containers: [container()], ...changes } });

  test.each<[string, Manifest]>([
    ["no specification", { ...agentsPod(), spec: null }],
    ["a specification that is text", { ...agentsPod(), spec: "x" }],
    ["a specification that is a list", { ...agentsPod(), spec: [] }],
    ["volumes that are an object", spec({ volumes: { a: 1 } })],
    ["volumes that are text", spec({ volumes: "/var/run/docker.sock" })],
    ["volumes that are a number", spec({ volumes: 7 })],
    ["volumes that are numbers", spec({ volumes: [1, 2] })],
    ["volumes in lists in lists", spec({ volumes: [[[]]] })],
    ["containers that are an object", spec({ containers: { name: "x" } })],
    ["containers that are true", spec({ containers: true })],
    ["a container that is null", spec({ containers: [null] })],
    ["a security context that is a list", spec({ containers: [container({ securityContext: ["privileged"] })] })],
    ["privileged as a number", spec({ containers: [container({ securityContext: { privileged: 7 } })] })],
    ["a host path that is a number", spec({ volumes: [{ name: "x", hostPath: 7 }] })],
    ["an environment that is a map", spec({ containers: [container({ env: { A: "b" } })] })],
    ["an image that is a number", spec({ containers: [container({ image: 7 })] })],
    ["hostNetwork that is text", spec({ hostNetwork: "perhaps" })],
  ])("is refused instead of passing in silence: %s", async (_what, props) => {
    const found = refusals(await analyze({ type: pod, props }));
    expect(policyNames(found)).toContain("readable");
    expect(found.map(({ message }) => message)).toMatchSnapshot();
  });

  test.each<[string, Manifest]>([
    ["a Deployment without template", { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "x" }, spec: {} }],
    [
      "a CronJob whose template is null",
      {
        apiVersion: "batch/v1",
        kind: "CronJob",
        metadata: { name: "x" },
        spec: { jobTemplate: { spec: { template: null } } },
      },
    ],
  ])("is refused when there is nothing to read: %s", (_what, props) => {
    expect(judge(`kubernetes:apps/v1:${String(props["kind"])}`, props)).toContain("readable");
  });

  test("is refused when there is nothing to read and its kind is not known", () => {
    const kind = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    expect(judge("kubernetes:apps/v1:Deployment", { apiVersion: "apps/v1", kind, spec: {} })).toContain("readable");
  });

  test("is not asked of a patch, which leaves out what it keeps", () => {
    expect(
      judge("kubernetes:apps/v1:DeploymentPatch", {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "x" },
        spec: { replicas: 2 },
      }),
    ).toEqual([]);
  });

  test("is only noted in a custom resource that looks like a pod", async () => {
    const props = {
      apiVersion: "example.com/v1",
      kind: "Thing",
      metadata: { name: "t" },
      spec: { containers: [container()], volumes: { data: {} } },
    };
    const found = await analyze({ type: "kubernetes:example.com/v1:Thing", props });
    expect(refusals(found)).toEqual([]);
    expect(found.map(({ message }) => message).join()).toContain("volumes should be a list and is an object");
  });

  test("is noted when it is text that means something and cannot be parsed", async () => {
    const template = "{{- range .pods }}\nkind: Pod\nspec:\n  hostPath: {{ .path }}\n{{ end }}";
    const found = await analyze({
      type: "kubernetes:core/v1:ConfigMap",
      props: { kind: "ConfigMap", apiVersion: "v1", data: { template } },
    });
    expect(refusals(found)).toEqual([]);
    expect(found.map(({ message }) => message).join()).toContain("template holds text that is not valid YAML");
  });
});
