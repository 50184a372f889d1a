import { createHash } from "node:crypto";
import { isKubernetesObject, type Registration } from "./registration";
import { isObject, secret, UNKNOWN, type WireObject, type WireValue } from "./wire";

/** What providers answer, here without any cloud behind them. */
export interface Providers {
  /** Fills in what the provider decides before it creates anything. */
  check(type: string, name: string, urn: string, custom: boolean, inputs: WireObject): WireObject;
  /** Creates the resource, or plans to: its id (none while unknown) and its properties. */
  create(resource: Registration): Promise<Created> | Created;
  /** Answers a function call such as `gcp:organizations/getClientConfig:getClientConfig`. */
  invoke(token: string, args: WireObject): WireObject;
}

/** A resource after its provider has seen it. */
export interface Created {
  /** Empty while unknown. */
  readonly id: string;
  readonly outputs: WireObject;
}

/** Functions that ask the cloud who is asking. Everything in the answer is known only with credentials. */
const CLOUD_FUNCTIONS: Readonly<Record<string, readonly string[]>> = {
  "gcp:organizations/getClientConfig:getClientConfig": ["accessToken", "id", "project", "region", "zone"],
  "gcp:organizations/getProject:getProject": ["id", "number", "projectId"],
};

/**
 * What a provider adds inside a map that the program gives. Outside of such maps whatever is not given is unknown anyway; here
 * the program would see that there is none.
 */
const ADDED: Readonly<Record<string, readonly string[]>> = {
  "gcp:container/cluster:Cluster": ["controlPlaneEndpointsConfig", "dnsEndpointConfig", "endpoint"],
};

/** Providers as they answer a preview of a stack that does not exist yet: what was asked for, everything else unknown. */
export const plannedProviders: Providers = {
  check: checked,
  create: (resource) => ({
    id: "",
    outputs: withSecrets(resource, {
      ...unknownSecrets(resource),
      ...withUnknown(resource.inputs, ADDED[resource.type] ?? []),
    }),
  }),
  invoke(token) {
    const keys = CLOUD_FUNCTIONS[token];
    if (keys === undefined) {
      throw new Error(`The program asks the cloud (${token}), which a preview without a cloud cannot answer.`);
    }
    return Object.fromEntries(keys.map((key) => [key, UNKNOWN]));
  },
};

/** The engine's part of the answer: properties that the package declares secret are secret. */
export function withSecrets(resource: Registration, outputs: WireObject): WireObject {
  const secrets = new Set(resource.additionalSecretOutputs);
  return Object.fromEntries(
    Object.entries(outputs).map(([key, value]) => [key, secrets.has(key) ? secret(value) : value]),
  );
}

/** The same with an unknown value at a path, where the maps on the way to it are given. */
function withUnknown(values: WireObject, [key, ...rest]: readonly string[]): WireObject {
  if (key === undefined) return values;
  if (rest.length === 0) return { ...values, [key]: UNKNOWN };
  const inner = values[key];
  return isObject(inner) ? { ...values, [key]: withUnknown(inner, rest) } : values;
}

function unknownSecrets({ additionalSecretOutputs }: Registration): WireObject {
  return Object.fromEntries(additionalSecretOutputs.map((key) => [key, UNKNOWN]));
}

/**
 * The Kubernetes provider names objects that have no name: the logical name and eight random characters. Here they
 * come from the URN, so that two runs agree.
 */
export function checked(type: string, name: string, urn: string, custom: boolean, inputs: WireObject): WireObject {
  if (!isKubernetesObject({ custom, type, inputs })) return inputs;
  const metadata: WireValue = inputs["metadata"] ?? {};
  if (!isObject(metadata) || "name" in metadata || "generateName" in metadata) return inputs;
  const suffix = createHash("sha256").update(urn).digest("hex").slice(0, 8);
  return { ...inputs, metadata: { ...metadata, name: `${name}-${suffix}` } };
}
