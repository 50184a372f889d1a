import type { Registration } from "../../preview/run/registration";

/** A registration as a test needs it: everything that it does not say is empty. */
export function resource(given: Partial<Registration> = {}): Registration {
  return {
    urn: "urn:pulumi:dev::shop::t::x",
    type: "t",
    name: "x",
    parent: "",
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
