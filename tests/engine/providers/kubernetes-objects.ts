import { isObject, type WireObject, type WireValue } from "../../../preview/run/wire";
import { environment } from "./environment";
import { Cloud, projectFile } from "./google/cloud";
import { isOfLoadBalancer, putObject, removeObject } from "./google/load-balancers";
import { operation } from "./google/operations";
import { refuse } from "./google/rules";
import { TYPE } from "./google/types";
import { makesAnew } from "./kubernetes-fields";
import type { ProviderModel, ResourceModel } from "./model";

const model = (type: string): ResourceModel => ({
  replaces: (path) => makesAnew(type, path),
  deleteBeforeReplace: true,
  computed: [],
  create: ({ inputs, urn }) =>
    operation("create", urn, () => {
      const cloud = new Cloud(projectFile());
      refuse("create", type, inputs, cloud, "");
      const id = idOf(inputs);
      // GKE's own controller makes things of Google's of these objects.
      if (isOfLoadBalancer(type)) putObject(cloud, { type, id, inputs });
      return { id, outputs: {} };
    }),
  update: (_id, { urn }) => operation("update", urn, () => ({})),
  read: (_id, properties) => {
    const cloud = new Cloud(projectFile());
    if (forgetsUnreachable() && cloud.all(TYPE.cluster).length === 0) return undefined;
    refuse("read", type, {}, cloud, "");
    return properties;
  },
  delete: (id, urn) =>
    operation("delete", urn, () => {
      const cloud = new Cloud(projectFile());
      if (!forgetsUnreachable()) refuse("delete", type, {}, cloud, "");
      removeObject(cloud, type, id);
    }),
});

const forgetsUnreachable = () => environment()["PULUMI_K8S_DELETE_UNREACHABLE"] === "true";

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
