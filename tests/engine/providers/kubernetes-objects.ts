import { isObject, type WireObject, type WireValue } from "../../../preview/run/wire";
import { environment } from "./environment";
import { gatewayProblem } from "./google/access-rules";
import { Cloud, projectFile } from "./google/cloud";
import { TYPE } from "./google/types";
import { isGateway, isOfLoadBalancer, putObject, removeObject } from "./google/load-balancers";
import { makesAnew } from "./kubernetes-fields";
import type { ProviderModel, ResourceModel } from "./model";

const model = (type: string): ResourceModel => ({
  replaces: (path) => makesAnew(type, path),
  deleteBeforeReplace: true,
  computed: [],
  create: ({ inputs }) => {
    const id = idOf(inputs);
    if (isOfLoadBalancer(type)) balance(type, id, inputs);
    return { id, outputs: {} };
  },
  read: (_id, properties) => {
    if (new Cloud(projectFile()).all(TYPE.cluster).length > 0) return properties;
    if (environment()["PULUMI_K8S_DELETE_UNREACHABLE"] === "true") return undefined;
    throw new Error("configured Kubernetes cluster is unreachable: the project has no cluster");
  },
  delete: (id) => {
    removeObject(new Cloud(projectFile()), type, id);
  },
});

/** GKE's own controller makes things of Google's of these objects. */
function balance(type: string, id: string, inputs: WireObject): void {
  const cloud = new Cloud(projectFile());
  const problem = isGateway(type) ? gatewayProblem(inputs, cloud) : undefined;
  if (problem !== undefined) throw new Error(problem);
  putObject(cloud, { type, id, inputs });
}

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
