// What the rules about order ask of a stack: which resources there are of a kind, and what stands in their inputs.
import type { Registration } from "../../preview/run/registration";
import { isObject, isSecret, type WireValue } from "../../preview/run/wire";

/** One edge that must be there, directly or through others: the first is made after the second, and goes before it. */
export type Edge = readonly [waits: Registration, awaited: Registration];

export const ADDRESS = /^gcp:compute\/(globalAddress:GlobalAddress|address:Address)$/;
export const ARMOR = "gcp:compute/securityPolicy:SecurityPolicy";
export const AUTHORIZATION = "gcp:certificatemanager/dnsAuthorization:DnsAuthorization";
export const CERTIFICATE = "gcp:certificatemanager/certificate:Certificate";
export const MAP_ENTRY = "gcp:certificatemanager/certificateMapEntry:CertificateMapEntry";
export const BUCKET = "gcp:storage/bucket:Bucket";
export const REPOSITORY = "gcp:artifactregistry/repository:Repository";
export const PROJECT_MEMBER = "gcp:projects/iAMMember:IAMMember";
export const CLUSTER = "gcp:container/cluster:Cluster";
export const NODE_POOL = "gcp:container/nodePool:NodePool";
export const NETWORK = "gcp:compute/network:Network";
export const SUBNETWORK = "gcp:compute/subnetwork:Subnetwork";
export const ROUTER = "gcp:compute/router:Router";
export const NAT = "gcp:compute/routerNat:RouterNat";
export const DISK = /^gcp:compute\/(disk:Disk|regionDisk:RegionDisk)$/;
export const SCHEDULE = "gcp:compute/resourcePolicy:ResourcePolicy";
export const ATTACHMENT = /^gcp:compute\/(d|regionD)iskResourcePolicyAttachment:/;
export const IMAGE = "docker:index/image:Image";

type Stack = readonly Registration[];

export function pairs<A extends Registration, B extends Registration>(
  waiting: readonly A[],
  awaited: readonly B[],
  belong: (waits: A, one: B) => boolean = () => true,
): Edge[] {
  return waiting.flatMap((waits) => awaited.filter((one) => belong(waits, one)).map((one): Edge => [waits, one]));
}

export const typed = (stack: Stack, kind: string | RegExp) =>
  stack.filter(({ type }) => (typeof kind === "string" ? type.endsWith(kind) : kind.test(type)));
export const grants = (stack: Stack) =>
  stack.filter(({ type }) => /^gcp:.*(IAM|Iam)(Member|Binding|Policy)$/.test(type));
export const objects = (stack: Stack) => stack.filter(({ type }) => type.startsWith("kubernetes:"));
export const workloads = (stack: Stack) =>
  stack.filter(({ type }) => /:(StatefulSet|Deployment|DaemonSet|Job|CronJob)$/.test(type));

/** An account with the address that Google makes of its id. */
export function accounts(stack: Stack) {
  return typed(stack, "gcp:serviceaccount/account:Account").map((account) => ({
    ...account,
    email: `${at(account, "accountId")}@resolved-project.iam.gserviceaccount.com`,
  }));
}

/** A text in a resource's inputs; empty if there is none. */
export function at({ inputs }: Registration, ...path: readonly string[]): string {
  const found = path.reduce<WireValue | undefined>(
    (value, key) => (isObject(value) ? opened(value[key]) : undefined),
    inputs,
  );
  return typeof found === "string" ? found : "";
}

const opened = (value: WireValue | undefined): WireValue | undefined =>
  isSecret(value) ? opened(value["value"]) : value;
export const sameNamespace = (one: Registration, other: Registration) =>
  at(one, "metadata", "namespace") === at(other, "metadata", "namespace");
export const nameOf = (object: Registration) => at(object, "metadata", "name");
export const placeOf = (object: Registration) => `${at(object, "metadata", "namespace")}/${nameOf(object)}`;
