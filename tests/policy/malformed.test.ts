import { RULES } from "../../policy/all-rules";
import { MAX_VALUES } from "../../policy/reading/text/budget";
import { viewOf } from "../../policy/reading/view";
import { analyzer, refusals, type Report } from "./analyzer";
import { agentsPod, container, type Manifest } from "./cases/case";

const POD = "kubernetes:core/v1:Pod";
const { analyze } = analyzer();
const policyNames = (found: readonly Report[]) => found.map(({ policy }) => policy);

/** Judges by the rules alone. */
function judge(type: string, props: object): readonly string[] {
  const resource = viewOf({ urn: "urn:x", type, name: "x", props });
  return RULES.flatMap((rule) =>
    "check" in rule && rule.level !== "disabled" ? rule.check(resource, {}).refused.map(() => rule.name) : [],
  );
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
    const found = refusals(await analyze({ type: POD, props }));
    expect(policyNames(found)).toContain("well-formed-pods");
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
    expect(judge(`kubernetes:apps/v1:${String(props["kind"])}`, props)).toContain("well-formed-pods");
  });

  test("is refused when there is nothing to read and its kind is not known", () => {
    const kind = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    expect(judge("kubernetes:apps/v1:Deployment", { apiVersion: "apps/v1", kind, spec: {} })).toContain(
      "well-formed-pods",
    );
  });

  test("is told by the way to what there is not", async () => {
    const props = { metadata: { name: "x" }, spec: {} };
    const found = refusals(await analyze({ type: "kubernetes:apps/v1:Deployment", props }));
    expect(found.map(({ message }) => message)).toEqual([
      "Deployment x: there is no template to read (spec.template.spec). Write it as Kubernetes' API describes it.",
    ]);
  });

  test.each<[string, string, Manifest]>([
    ["of a container", POD, spec({ containers: [container({ ports: [{ hostPort: { toString: 1, valueOf: 1 } }] })] })],
    [
      "of an EndpointSlice",
      "kubernetes:discovery.k8s.io/v1:EndpointSlice",
      { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", ports: [{ port: { toString: 1 } }] },
    ],
    [
      "of a Service",
      "kubernetes:core/v1:Service",
      { apiVersion: "v1", kind: "Service", spec: { externalName: "gke-node", ports: [{ port: { toString: 1 } }] } },
    ],
  ])("is no reason to throw in a port %s", (_what, type, props) => {
    expect(judge(type, props)).toEqual([]);
  });

  const unknownObject = "dd056dcd-154b-4c76-9bd3-c8f88648b5ff";
  test.each<[string, string, Manifest]>([
    ["a specification that is not known", "kubernetes:apps/v1:Deployment", { spec: unknownObject }],
    ["a template that is not known", "kubernetes:apps/v1:Deployment", { spec: { template: unknownObject } }],
    ["a list that is undefined", POD, spec({ volumes: undefined })],
    ["a reference to a Deployment", POD, spec({ reference: { kind: "Deployment", name: "x" } })],
    ["a Job of another API", "kubernetes:batch.volcano.sh/v1alpha1:Job", { spec: { tasks: [] } }],
  ])("is not %s", (_what, type, props) => {
    expect(judge(type, props)).toEqual([]);
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

  test.each<[string, string, Manifest]>([
    ["a patch", "kubernetes:apps/v1:DeploymentPatch", { spec: { template: { spec: { volumes: {} } } } }],
    ["a PersistentVolume", "kubernetes:core/v1:PersistentVolume", { spec: { capacity: {}, hostPath: 7 } }],
  ])("is refused in %s too", (_what, type, props) => {
    expect(judge(type, props)).toContain("well-formed-pods");
  });

  test.each(["labels", "annotations", "matchLabels", "nodeSelector", "limits", "requests", "data", "volumeAttributes"])(
    "is no property of anybody's own in %s",
    (key) => {
      expect(judge(POD, spec({ [key]: { args: "x", template: "y" } }))).toEqual([]);
    },
  );

  test("is nothing in a custom resource that does not look like a pod", async () => {
    const props = { apiVersion: "example.com/v1", kind: "Thing", metadata: { name: "t" }, spec: { volumes: { a: 1 } } };
    expect(await analyze({ type: "kubernetes:example.com/v1:Thing", props })).toEqual([]);
  });

  test.each<[string, string, Manifest]>([
    ["a custom resource", "kubernetes:example.com/v1:Thing", { containers: [container()] }],
    ["a custom resource with nothing but init containers", "kubernetes:example.com/v1:Thing", { initContainers: [] }],
    ["a kind that Kubernetes' own groups do not have", "kubernetes:apps/v1:Thing", { containers: [container()] }],
    ["a resource of another provider", "example:index:Job", { containers: [container()] }],
    ["a resource of a provider that is called alike", "my-kubernetes:core/v1:Pod", { containers: [container()] }],
  ])("is only noted in what looks like a pod and is %s", async (_what, type, podSpec) => {
    const props = { metadata: { name: "t" }, spec: { ...podSpec, volumes: { data: {} } } };
    const found = await analyze({ type, props });
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

  test("is refused as a whole when it is too large, in words that say how large it may be", async () => {
    const volumes = [{ name: "x", hostPath: { path: "/run" } }];
    const found = await analyze({ type: POD, props: spec({ volumes, more: Array(MAX_VALUES + 1).fill(1) }) });
    expect(refusals(found).map(({ policy, message }) => `${policy}: ${message}`)).toEqual([
      "well-formed-pods: Pod gocd-dev-agents/case: it holds more than 50000 values, which is too large to judge. Split it; no object of Kubernetes is as large.",
    ]);
  });
});
