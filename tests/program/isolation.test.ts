import { join } from "node:path";
import { isKubernetesObject, type Registration } from "../../preview/run/registration";
import { isObject, unwrappedMap, type WireObject } from "../../preview/run/wire";
import { ROOT, runs, type StackSource, succeeded, task } from "../support/program";
import { variants } from "../support/stacks";

/** Properties under which Google Cloud knows a resource within a project. */
const NAMES = ["name", "accountId", "repositoryId", "secretId", "bucket"];

/** Where a resource lives outside Pulumi: two resources in one place are the same thing, or one fails to be made. */
function places(resource: Registration): string[] {
  const inputs = unwrappedMap(resource.inputs);
  if (isKubernetesObject(resource)) return [kubernetesPlace(inputs)];
  if (resource.type.startsWith("docker:")) return [`image ${JSON.stringify(inputs["imageName"])}`];
  if (!resource.type.startsWith("gcp:")) return [];
  const names = NAMES.flatMap((key) => (typeof inputs[key] === "string" ? [`${resource.type} ${inputs[key]}`] : []));
  // Attachments and grants have no names of their own: what they say is what they are.
  return [...names, `${resource.type} ${JSON.stringify(inputs)}`];
}

function kubernetesPlace(inputs: WireObject): string {
  const metadata = isObject(inputs["metadata"]) ? inputs["metadata"] : {};
  return `object ${JSON.stringify([inputs["kind"], metadata["namespace"], metadata["name"]])}`;
}

/** A second stack beside dev that shares its project's one repository, which exists once. */
function beside(source: StackSource): StackSource {
  const shared = { "gocd:images": { repository: "existing" }, ...source.config };
  return { ...source, stack: "second", file: join(ROOT, `Pulumi.${source.stack ?? "dev"}.yaml`), config: shared };
}

/** The registrations of a stack and of one beside it, by variant; one child process runs them all. */
let runsByVariant: ReadonlyMap<string, readonly (readonly Registration[])[]>;

beforeAll(async () => {
  const sources: readonly StackSource[] = Object.values(variants);
  const all = await runs(sources.flatMap((source) => [task(source, {}, true), task(beside(source), {}, true)]));
  const pairs = Object.keys(variants).map(
    (name, index) => [name, all.slice(2 * index, 2 * index + 2).map(succeeded)] as const,
  );
  runsByVariant = new Map(pairs);
});

describe.each(Object.entries(variants))("two stacks with %s", (variant, source: StackSource) => {
  const own = source.stack ?? "dev";
  let first: readonly Registration[];
  let second: readonly Registration[];

  beforeAll(() => {
    [first, second] = runsByVariant.get(variant) as [readonly Registration[], readonly Registration[]];
  });

  test("share no name that is physical, cluster-scoped or project-wide", () => {
    const taken = new Set(first.flatMap(places));
    expect(taken.size).toBeGreaterThan(20);
    expect(second.flatMap(places).filter((place) => taken.has(place))).toEqual([]);
  });

  test("carry their names in every namespace and in everything outside namespaces", () => {
    for (const [stack, registrations] of [
      [own, first],
      ["second", second],
    ] as const) {
      const objects = registrations.filter(isKubernetesObject).map(({ inputs }) => inputs["metadata"]);
      const scopes = objects.map((metadata) => (isObject(metadata) ? (metadata["namespace"] ?? metadata["name"]) : ""));
      expect(scopes.filter((scope) => typeof scope !== "string" || !scope.includes(`gocd-${stack}`))).toEqual([]);
    }
  });
});
