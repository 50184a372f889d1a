import { urnOf } from "../../../preview/registration";
import type { Registration } from "../../../preview/registration";
import { runtime } from "@pulumi/pulumi";

/** A resource with the usual options; its URN follows from type, name and parent. */
export function resource(type: string, name: string, given: Partial<Registration> = {}): Registration {
  const parent = given.parent ?? "";
  return {
    urn: urnOf("dev", "gocd", parent, type, name),
    type,
    name,
    parent,
    custom: true,
    aliases: [],
    inputs: {},
    dependencies: [],
    propertyDependencies: {},
    provider: "",
    providers: {},
    protect: false,
    retainOnDelete: false,
    deletedWith: "",
    replaceWith: [],
    ignoreChanges: [],
    replaceOnChanges: [],
    additionalSecretOutputs: [],
    deleteBeforeReplace: false,
    customTimeouts: {},
    version: "",
    ...given,
  };
}

/** A component. */
export function component(type: string, name: string, given: Partial<Registration> = {}): Registration {
  return resource(type, name, { custom: false, ...given });
}

/** What a version registers, without outputs. */
export function side(...registrations: readonly Registration[]) {
  return { registrations, outputs: {} };
}

/** The value that only a provider knows. */
export const UNKNOWN = runtime.unknownValue;
