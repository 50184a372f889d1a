import { type Registration, urnOf } from "../../../preview/run/registration";
import { resource as plain } from "../../support/resource";

/** A resource with the usual options; its URN follows from type, name and parent. */
export function resource(type: string, name: string, given: Partial<Registration> = {}): Registration {
  const parent = given.parent ?? "";
  return plain({ urn: urnOf("dev", "gocd", parent, type, name), type, name, parent, ...given });
}

/** A component. */
export function component(type: string, name: string, given: Partial<Registration> = {}): Registration {
  return resource(type, name, { custom: false, ...given });
}

/** What a version registers, without outputs. */
export function side(...registrations: readonly Registration[]) {
  return { registrations, outputs: {} };
}
