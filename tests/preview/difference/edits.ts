import { difference } from "../../../preview/difference/difference";
import type { Registration } from "../../../preview/run/registration";
import type { WireObject } from "../../../preview/run/wire";
import { factsOf } from "./facts";
import { resource, side } from "./registrations";

export const STATEFUL_SET = "kubernetes:apps/v1:StatefulSet";
export const METADATA = { name: "docker", namespace: "agents" };
export const template = (image: string) => ({ spec: { containers: [{ name: "agent", image }] } });
export const spec = { replicas: 3, serviceName: "docker", podManagementPolicy: "Parallel", template: template("a@1") };
export const provider = (options: WireObject) => resource("pulumi:providers:kubernetes", "k8s", { inputs: options });
export const MUTABLE = { clusterIdentifier: "c", enableSecretMutable: "true", enableConfigMapMutable: "true" };
export const ref = `${provider({}).urn}::id`;
export const IN_CLUSTER = { provider: ref };

/** An edit of one resource: its inputs and options before and after, and what comes of it. */
export type Edit = readonly [
  edit: string,
  type: string,
  before: WireObject,
  after: WireObject,
  factsOf: readonly string[],
  options?: readonly [before: Partial<Registration>, after: Partial<Registration>],
];

/** What comes of an edit in fact. */
export function factsOfEdit([, type, before, after, , [old, current] = [{}, {}]]: Edit): string[] {
  const cluster = type.startsWith("kubernetes:") ? IN_CLUSTER : {};
  const base = side(provider(MUTABLE), resource(type, "x", { ...cluster, inputs: before, ...old }));
  const next = side(provider(MUTABLE), resource(type, "x", { ...cluster, inputs: after, ...current }));
  return factsOf(difference(base, next));
}
