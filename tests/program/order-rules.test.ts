import type { Registration } from "../../preview/run/registration";
import { waitsFor } from "../support/graph";
import { runs, succeeded, task } from "../support/program";
import { committedStacks, variants } from "../support/stacks";
import { ORDER_RULES, type OrderRule } from "./order-rules";

/** Every committed stack, and those ways to set one up that none of them takes. */
const sources = {
  ...Object.fromEntries(committedStacks.map((stack) => [stack, { stack }])),
  "an existing GKE cluster": variants["an existing GKE cluster"],
  "another Kubernetes and registry": variants["another Kubernetes and registry"],
  "people behind IAP": variants["people behind IAP"],
  "inside the network": variants["inside the network"],
  "behind a Gateway": variants["behind a Gateway"],
};
const STACKS = new Map<string, readonly Registration[]>();

beforeAll(async () => {
  const all = await runs(Object.values(sources).map((source) => task(source, {}, true)));
  Object.keys(sources).forEach((name, index) => STACKS.set(name, succeeded(all[index] as (typeof all)[number])));
});

/** Edges that a rule asks for and a stack has not, in the words of whoever must add them. */
function missing({ edges }: OrderRule, stack: readonly Registration[]): string[] {
  return edges(stack)
    .filter(([waits, awaited]) => !waitsFor(waits, stack).has(awaited.urn))
    .map(sentence);
}

const sentence = ([waits, awaited]: readonly [Registration, Registration]) =>
  `${title(waits)} does not wait for ${title(awaited)}`;

const title = ({ type, name }: Registration) => `${type.split(":").at(-1) ?? ""} ${name}`;

/** A stack in which nothing waits for one resource any more. */
function without(urn: string, stack: readonly Registration[]): Registration[] {
  const others = (urns: readonly string[]) => urns.filter((one) => one !== urn);
  return stack.map((resource) => ({
    ...resource,
    dependencies: others(resource.dependencies),
    propertyDependencies: {},
    provider: resource.provider.startsWith(`${urn}::`) ? "" : resource.provider,
  }));
}

describe.each(ORDER_RULES.map((rule) => [rule.rule, rule] as const))("%s", (_, rule) => {
  test.each(Object.keys(sources))("in the stack %s", (name) => {
    expect({ missing: missing(rule, STACKS.get(name) ?? []), source: rule.source }).toEqual({
      missing: [],
      source: rule.source,
    });
  });

  test("which is about something, and missed once nothing waits for it", () => {
    const stacks = [...STACKS.values()];
    expect(stacks.flatMap((stack) => rule.edges(stack))).not.toEqual([]);
    for (const stack of stacks) {
      const edges = rule.edges(stack);
      for (const urn of new Set(edges.map(([, awaited]) => awaited.urn))) {
        const cut = edges.filter(([, awaited]) => awaited.urn === urn);
        expect(missing(rule, without(urn, stack))).toEqual(expect.arrayContaining(cut.map(sentence)));
      }
    }
  });
});
