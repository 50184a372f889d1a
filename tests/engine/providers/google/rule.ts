import type { WireObject } from "../../../../preview/run/wire";
import { at, type Cloud, type Thing } from "./cloud";

/** One rule of Google's: of which operation, on what, what it says when it is broken, and where that is written. */
export interface Rule {
  readonly on: "create" | "read" | "delete";
  readonly types: readonly string[] | RegExp;
  readonly source: string;
  /** What Google answers where the rule is broken. */
  readonly refuses: (resource: WireObject, cloud: Cloud, project: string, type: string) => string | undefined;
}

export const DOCS = "https://docs.cloud.google.com";
export const PROVIDER = "https://github.com/hashicorp/terraform-provider-google/blob/main/google";

export const missing = (path: string) => `googleapi: Error 404: The resource '${path}' was not found, notFound`;
export const inUse = (what: string, by: string) =>
  `googleapi: Error 400: The resource '${what}' is already being used by '${by}', resourceInUseByAnotherResource`;

/** A reference by name or by path finds what it means. */
export const named = (reference: string) => reference.slice(reference.lastIndexOf("/") + 1);
export const find = (cloud: Cloud, type: string, reference: string, key = "name"): Thing | undefined =>
  cloud.all(type).find(({ inputs }) => at(inputs, key) === named(reference));

export const needs =
  (type: string, key: string, plural: string) =>
  (resource: WireObject, cloud: Cloud, project: string): string | undefined =>
    find(cloud, type, at(resource, key)) === undefined
      ? missing(`projects/${project}/${plural}/${named(at(resource, key))}`)
      : undefined;

/** What uses a network, a subnetwork and so on, by its own reference to it. */
export const usedBy =
  (types: readonly string[], key: string) =>
  (resource: WireObject, cloud: Cloud): string | undefined => {
    const name = at(resource, "name");
    const user = types.flatMap((type) => cloud.all(type)).find(({ inputs }) => named(at(inputs, key)) === name);
    return user && inUse(name, user.id);
  };
