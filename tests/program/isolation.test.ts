import { isKubernetesObject } from "../../preview/registration";
import type { Registration } from "../../preview/registration";
import { isObject, unwrappedMap } from "../../preview/wire";
import type { WireObject } from "../../preview/wire";
import { runs, succeeded, task } from "../support/program";
import type { StackSource } from "../support/program";
import { variants } from "../support/stacks";

jest.setTimeout(120_000);

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
  return { ...source, stack: "second", file: "Pulumi.dev.yaml", config: shared };
}

describe.each(Object.entries(variants))("two stacks with %s", (_, source: StackSource) => {
  let first: readonly Registration[];
  let second: readonly Registration[];

  beforeAll(async () => {
    [first, second] = (await runs([task(source, {}, true), task(beside(source), {}, true)])).map(succeeded) as [
      Registration[],
      Registration[],
    ];
  });

  it("share no name that is physical, cluster-scoped or project-wide", () => {
    const taken = new Set(first.flatMap(places));
    expect(taken.size).toBeGreaterThan(20);
    expect(second.flatMap(places).filter((place) => taken.has(place))).toEqual([]);
  });

  it("carry their names in every namespace and in everything outside namespaces", () => {
    for (const [stack, registrations] of [
      ["dev", first],
      ["second", second],
    ] as const) {
      const objects = registrations.filter(isKubernetesObject).map(({ inputs }) => inputs["metadata"]);
      const scopes = objects.map((metadata) => (isObject(metadata) ? (metadata["namespace"] ?? metadata["name"]) : ""));
      expect(scopes.filter((scope) => typeof scope !== "string" || !scope.includes(`gocd-${stack}`))).toEqual([]);
    }
  });
});
