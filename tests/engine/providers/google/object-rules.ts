import { at } from "./cloud";
import { PROXIES } from "./access-rules";
import { balancerOf } from "./load-balancers";
import { DOCS, find, missing, type Rule } from "./rule";
import { TYPE } from "./types";

const EVERY = /^kubernetes:/;
const WORKLOAD = /^kubernetes:(apps|batch)\/v1:(StatefulSet|Deployment|DaemonSet|Job)$/;
const GATEWAY = /^kubernetes:gateway\.networking\.k8s\.io\/.*:Gateway$/;

const unreachable = {
  types: EVERY,
  source:
    "https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/provider.go (clusterUnreachable)",
  refuses: (_, cloud) =>
    cloud.all(TYPE.cluster).length > 0
      ? undefined
      : "configured Kubernetes cluster is unreachable: the project has no cluster",
} satisfies Omit<Rule, "on">;

const balancer = (gateway: Parameters<Rule["refuses"]>[0]) => balancerOf({ id: "", type: "", inputs: gateway }, []);

/** What objects in a cluster need: refusals of the API server, and what Pulumi or GKE's controller would wait for. Read on 2026-11-29. */
export const OBJECT_RULES: readonly Rule[] = [
  { ...unreachable, on: "create" },
  { ...unreachable, on: "read" },
  { ...unreachable, on: "delete" },
  {
    on: "create",
    types: WORKLOAD,
    source:
      "https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/provider.go (Create: waits for pods, and gives up)",
    refuses: (resource, cloud) =>
      cloud.all(TYPE.nodePool).length > 0
        ? undefined
        : `resource "${at(resource, "metadata", "namespace")}/${at(resource, "metadata", "name")}" was successfully created, but the Kubernetes API server reported that it failed to fully initialize or become live: timed out waiting to be Ready (no nodes available to schedule pods)`,
  },
  {
    on: "create",
    types: GATEWAY,
    source: `${DOCS}/kubernetes-engine/docs/how-to/deploying-gateways (Enable Gateway API: its kinds come with that)`,
    refuses: (_, cloud) =>
      cloud.all(TYPE.cluster).some(({ inputs }) => at(inputs, "gatewayApiConfig", "channel") !== "")
        ? undefined
        : 'no matches for kind "Gateway" in version "gateway.networking.k8s.io/v1"',
  },
  {
    on: "create",
    types: GATEWAY,
    source: `${DOCS}/kubernetes-engine/docs/how-to/deploying-gateways (Deploy: a named address, certificates)`,
    refuses: (gateway, cloud) => {
      const { address, certificates, isInternal } = balancer(gateway);
      const isThere = (types: readonly string[], name: string) =>
        types.some((type) => find(cloud, type, name) !== undefined);
      if (!isThere([isInternal ? TYPE.address : TYPE.globalAddress], address)) return missing(address);
      const certificate = certificates.find((name) => !isThere([TYPE.certificate, TYPE.certificateMap], name));
      return certificate && missing(certificate);
    },
  },
  {
    on: "create",
    types: GATEWAY,
    source: `${DOCS}/kubernetes-engine/docs/how-to/deploying-gateways (Configure a proxy-only subnet, for gke-l7-rilb)`,
    refuses: (gateway, cloud) =>
      balancer(gateway).isInternal &&
      !cloud.all(TYPE.subnetwork).some(({ inputs }) => at(inputs, "purpose") === PROXIES)
        ? "An active proxy-only subnetwork is required in the same region and VPC as the forwarding rule."
        : undefined,
  },
];
