import { dryRun, remove, apply } from "../../harness/kubectl";
import { resolvedManifests, type KubernetesObject, type StackSource } from "../../../support/program";
import { committedStacks, variants } from "../../../support/stacks";

const stacks: readonly (readonly [string, StackSource])[] = [
  ...committedStacks.map((stack) => [`stack ${stack}`, { stack }] as const),
  ...Object.entries(variants).map(([name, source]) => [name, source] as const),
];

const namespacesOf = (objects: readonly KubernetesObject[]) => objects.filter(({ kind }) => kind === "Namespace");

const made: KubernetesObject[] = [];

afterAll(() => remove(made), 120_000);

describe.each(stacks)("%s", (_name, source) => {
  let objects: readonly KubernetesObject[] = [];

  beforeAll(async () => {
    objects = await resolvedManifests(source);
    // A dry run finds no namespace that was only dry-run.
    await apply(namespacesOf(objects));
    made.push(...namespacesOf(objects));
  });

  test("every object is accepted by the API server, with no field that it does not know", async () => {
    const { code, stdout, stderr } = await dryRun(objects);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.trim().split("\n")).toHaveLength(objects.length);
  });
});

test("an unknown field would not be accepted", async () => {
  const { code, stderr } = await dryRun([
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "strict", namespace: "default" }, unknownField: 1 },
  ]);
  expect(code).not.toBe(0);
  expect(stderr).toContain("unknownField");
});
