import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { dryRun, remove, apply } from "../../../kubernetes/kubectl";
import { ROOT } from "../../../kubernetes/paths";
import { installGatewayApi } from "../../gateway-api";
import { kubernetesObjects, runs, task, type KubernetesObject, type StackSource } from "../../../../support/program";
import { committedStacks, variants } from "../../../../support/stacks";

const stacks: readonly (readonly [string, StackSource])[] = [
  ...committedStacks.map((stack) => [`stack ${stack}`, { stack }] as const),
  ...Object.entries(variants).map(([name, source]) => [name, source] as const),
];

/** Kinds that only GKE has. */
const OF_GKE = /^networking\.gke\.io\//;

const namespacesOf = (objects: readonly KubernetesObject[]) => objects.filter(({ kind }) => kind === "Namespace");

let registered: readonly (readonly KubernetesObject[])[];

beforeAll(async () => {
  const all = await runs(stacks.map(([, source]) => task(source, {}, true)));
  registered = all.map((run) => kubernetesObjects(run).filter(({ apiVersion }) => !OF_GKE.test(apiVersion)));
  await installGatewayApi();
  // A dry run finds no namespace that was only dry-run.
  await apply(registered.flatMap(namespacesOf));
}, 120_000);

afterAll(() => remove(registered.flatMap(namespacesOf)), 120_000);

test.each(stacks.map(([name], index) => [name, index] as const))(
  "every object of %s but GKE's own kinds is accepted by the API server, with no field that it does not know",
  async (_name, index) => {
    const objects = registered[index] ?? [];
    const { code, stdout, stderr } = await dryRun(objects);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(objects).not.toEqual([]);
    expect(stdout.trim().split("\n")).toHaveLength(objects.length);
  },
);

test("the pod of move-in.md, which reads an old server's claim, is accepted", async () => {
  const pod = parse(readFileSync(path.join(ROOT, "docs/operations/move-in-pod.yaml"), "utf8")) as KubernetesObject;
  const here = { ...pod, metadata: { ...pod.metadata, namespace: "default" } };
  expect(await dryRun([here])).toMatchObject({ code: 0, stderr: "" });
});

test("an unknown field would not be accepted", async () => {
  const { code, stderr } = await dryRun([
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "strict", namespace: "default" }, unknownField: 1 },
  ]);
  expect(code).not.toBe(0);
  expect(stderr).toContain("unknownField");
});
