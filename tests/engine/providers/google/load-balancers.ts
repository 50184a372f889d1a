import { isObject, type WireObject, type WireValue } from "../../../../preview/run/wire";
import { at, type Cloud, type Thing } from "./cloud";
import { named } from "./rule";

/** What GKE makes of a Gateway, by the names of what it uses. */
export interface LoadBalancer {
  readonly id: string;
  readonly isInternal: boolean;
  readonly address: string;
  /** Certificates, or the map of them. */
  readonly certificates: readonly string[];
  readonly securityPolicies: readonly string[];
  /** The program calls network and namespace after its instance. */
  readonly network: string;
}

const GATEWAY = ":Gateway";
const BACKEND_POLICY = ":GCPBackendPolicy";

/** The objects of a cluster that load balancers are made of, kept beside the project. */
const objectsOf = (cloud: Cloud): Cloud => cloud.beside("gateways");

/** Whether an object of Kubernetes' is one that GKE makes a load balancer of, or a part of one. */
export const isOfLoadBalancer = (type: string): boolean => type.endsWith(GATEWAY) || type.endsWith(BACKEND_POLICY);

const isGateway = (type: string): boolean => type.endsWith(GATEWAY);

export const putObject = (cloud: Cloud, thing: Thing): void => {
  objectsOf(cloud).put(thing);
};

/**
 * Takes an object away. A Gateway is gone when its load balancer is (GKE's finalizer), and what its policies said with it. A policy by
 * itself is gone at once, and the controller takes what it said from the backend some time later.
 */
export function removeObject(cloud: Cloud, type: string, id: string): void {
  const objects = objectsOf(cloud);
  const found = objects.get(type, id);
  if (found === undefined) return;
  if (isGateway(type)) objects.remove(type, id);
  else objects.put({ ...found, isGone: true });
}

/** GKE's controller has come to what is gone: the load balancer no longer has it. */
export function letGo(cloud: Cloud): void {
  const objects = objectsOf(cloud);
  for (const { type, id } of objects.all().filter(({ isGone }) => isGone)) objects.remove(type, id);
}

export function loadBalancers(cloud: Cloud): readonly LoadBalancer[] {
  const objects = objectsOf(cloud).all();
  return objects.filter(({ type }) => isGateway(type)).map((gateway) => balancerOf(gateway, objects));
}

export function balancerOf({ id, inputs }: Thing, objects: readonly Thing[]): LoadBalancer {
  const namespace = at(inputs, "metadata", "namespace");
  const policies = objects
    .filter(({ type, inputs: policy }) => !isGateway(type) && at(policy, "metadata", "namespace") === namespace)
    .map(({ inputs: policy }) => at(policy, "spec", "default", "securityPolicy"));
  const certificates = [
    at(inputs, "metadata", "annotations", "networking.gke.io/certmap"),
    ...listOf(inputs, "listeners").map((listener) =>
      at(listener, "tls", "options", "networking.gke.io/cert-manager-certs"),
    ),
  ];
  return {
    id,
    isInternal: at(inputs, "spec", "gatewayClassName") === "gke-l7-rilb",
    address: named(at(listOf(inputs, "addresses")[0] ?? {}, "value")),
    certificates: certificates.filter((name) => name !== "").map(named),
    securityPolicies: policies.filter((name) => name !== "").map(named),
    network: namespace,
  };
}

function listOf({ spec }: WireObject, key: string): readonly WireObject[] {
  const list: WireValue | undefined = isObject(spec) ? spec[key] : undefined;
  return Array.isArray(list) ? list.filter(isObject) : [];
}
