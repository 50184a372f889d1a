import type { Registration } from "../../../preview/run/registration";
import { ORDER_RULES } from "../../program/order-rules";
import type { Event } from "../providers/google/cloud";
import type { Project } from "./project";

/** Two resources by URN: the first is made after the second, and goes before it. */
export type UrnEdge = readonly [waits: string, awaited: string];

/** What the rules about order ask for between what the model has, Google's and the cluster's, in a stack that is up. */
export async function orderEdges(project: Project, stack: string): Promise<readonly UrnEdge[]> {
  const resources = (await project.state(stack)).map(({ urn, type, inputs = {} }) => ({ urn, type, inputs }));
  // The rules read types and inputs, which the state has as the program gave them.
  const registrations = resources as unknown as readonly Registration[];
  return ORDER_RULES.flatMap(({ edges }) => edges(registrations))
    .filter((pair) => pair.every(({ type }) => /^(gcp|kubernetes):/.test(type)))
    .map(([waits, awaited]): UrnEdge => [waits.urn, awaited.urn]);
}

/** Whether the one was made after the other was there, and went before it, as far as either happened. */
export function isOrdered(events: readonly Event[], waits: string, awaited: string): boolean {
  const at = (what: Event["what"], stage: Event["stage"], urn: string) =>
    events.findLastIndex((event) => event.what === what && event.stage === stage && event.urn === urn);
  const before = (first: number, second: number) => first < 0 || second < 0 || first < second;
  return (
    before(at("create", "ended", awaited), at("create", "began", waits)) &&
    before(at("delete", "ended", waits), at("delete", "began", awaited))
  );
}
