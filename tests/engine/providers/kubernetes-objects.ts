import { isObject } from "../../../preview/run/wire";
import type { WireObject, WireValue } from "../../../preview/run/wire";
import { makesAnew } from "./kubernetes-fields";
import type { ProviderModel, ResourceModel } from "./model";

const model = (type: string): ResourceModel => ({
  replaces: (path) => makesAnew(type, path),
  deleteBeforeReplace: true,
  computed: [],
  create: ({ inputs }) => ({ id: idOf(inputs), outputs: {} }),
});

/** `kubernetes` for clusters of the model of Google Cloud: takes every object, of whatever kind, and keeps what it is told. */
export const kubernetesObjects: ProviderModel = {
  resources: new Proxy({}, { get: (_, type) => model(String(type)) }),
  // Another cluster, by the name that the program gives it; the way there may change.
  replacesProvider: (argument) => argument === "clusterIdentifier",
};

/** `namespace/name`, or the name alone, as the provider calls an object. */
function idOf({ metadata }: WireObject): string {
  const { namespace, name } = isObject(metadata) ? metadata : {};
  return [text(namespace), text(name)].filter((part) => part !== "").join("/");
}

const text = (value: WireValue | undefined): string => (typeof value === "string" ? value : "");
