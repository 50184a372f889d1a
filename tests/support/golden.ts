import { toYaml } from "../../preview/manifests";
import type { Registration } from "../../preview/run/registration";
import { readableMap, type WireObject } from "../../preview/run/wire";

const KEYS = ["urn", "parent", "provider", "dependencies", "protect"];

/** Every resource as a YAML document of its own, sorted by URN; unknown and secret values as placeholders. */
export function golden(registrations: readonly Registration[]): string {
  return registrations.map((resource) => toYaml(document(resource), KEYS)).join("---\n");
}

/** What a reviewer wants to see; what is empty or the usual is left out. */
function document(resource: Registration): WireObject {
  const { urn, parent, dependencies, protect, provider, retainOnDelete } = resource;
  const { deletedWith, ignoreChanges, customTimeouts, deleteBeforeReplace } = resource;
  const all: WireObject = {
    urn,
    parent,
    dependencies,
    protect,
    provider: provider.split("::").slice(0, -1).join("::"),
    retainOnDelete,
    deletedWith,
    ignoreChanges,
    customTimeouts,
    deleteBeforeReplace,
    inputs: readableMap(resource.inputs),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => !isUsual(value)));
}

function isUsual(value: WireObject[string]): boolean {
  return (
    value === "" || value === false || (typeof value === "object" && value !== null && Object.keys(value).length === 0)
  );
}
