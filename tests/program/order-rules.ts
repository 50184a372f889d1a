import type { Registration } from "../../preview/run/registration";
import { referencesOf } from "../support/references";
import {
  accounts,
  ADDRESS,
  ARMOR,
  at,
  ATTACHMENT,
  AUTHORIZATION,
  BUCKET,
  CERTIFICATE,
  CLUSTER,
  DISK,
  type Edge,
  grants,
  IMAGE,
  MAP_ENTRY,
  nameOf,
  NAT,
  NETWORK,
  NODE_POOL,
  objects,
  pairs,
  placeOf,
  PROJECT_MEMBER,
  REPOSITORY,
  ROUTER,
  sameNamespace,
  SCHEDULE,
  SUBNETWORK,
  typed,
  workloads,
} from "./ordered-resources";

/** A rule of Google Cloud or Kubernetes about what must be there first, and where it is written. */
export interface OrderRule {
  readonly rule: string;
  readonly source: string;
  /** The edges that the rule asks for in a stack whose values are all known. */
  readonly edges: (stack: readonly Registration[]) => Edge[];
}

const DOCS = "https://docs.cloud.google.com";
const KUBERNETES = "https://kubernetes.io/docs/concepts";
const PROVIDER = "https://github.com/hashicorp/terraform-provider-google/blob/main/google";

/** Read on 2026-11-28. */
export const ORDER_RULES: readonly OrderRule[] = [
  {
    rule: "an IAM member waits for the service account that it names",
    source: `${PROVIDER}/transport/error_retry_predicates.go (IamServiceAccountNotFound: 400, Service account … does not exist)`,
    edges: (stack) =>
      pairs(grants(stack), accounts(stack), (grant, { email }) => at(grant, "member").endsWith(`:${email}`)),
  },
  {
    rule: "an IAM member waits for the cluster that makes the project's Workload Identity pool",
    source:
      "https://github.com/terraform-google-modules/terraform-google-kubernetes-engine/issues/916 (400: Identity Pool does not exist; not retried)",
    edges: (stack) =>
      pairs(grants(stack), typed(stack, CLUSTER), (grant, cluster) =>
        at(grant, "member").includes(
          `/workloadIdentityPools/${at(cluster, "workloadIdentityConfig", "workloadPool")}/`,
        ),
      ),
  },
  {
    rule: "an IAM member waits for the bucket or repository that it is about",
    source: `${PROVIDER}/tpgiamresource/iam.go (the policy is read first: 404)`,
    edges: (stack) => [
      ...pairs(grants(stack), typed(stack, BUCKET), (grant, bucket) => at(grant, "bucket") === at(bucket, "name")),
      ...pairs(
        grants(stack),
        typed(stack, REPOSITORY),
        (grant, repository) => at(grant, "repository") === at(repository, "repositoryId"),
      ),
    ],
  },
  {
    rule: "nodes wait for the roles of their service account, without which they register nothing and pull nothing",
    source: `${DOCS}/kubernetes-engine/docs/how-to/service-accounts (roles/container.defaultNodeServiceAccount)`,
    edges: (stack) =>
      pairs(
        typed(stack, NODE_POOL),
        grants(stack),
        (pool, grant) => at(grant, "member") === `serviceAccount:${at(pool, "nodeConfig", "serviceAccount")}`,
      ),
  },
  {
    rule: "a cluster waits for the role of the account that its first nodes have",
    source: `${DOCS}/kubernetes-engine/docs/how-to/service-accounts (a pool exists before it is removed)`,
    edges: (stack) =>
      pairs(
        typed(stack, CLUSTER),
        typed(stack, PROJECT_MEMBER),
        (cluster, grant) => at(grant, "member") === `serviceAccount:${at(cluster, "nodeConfig", "serviceAccount")}`,
      ),
  },
  {
    rule: "a cluster of private nodes waits for the NAT gateway through which they pull",
    source: `${DOCS}/nat/docs/gke-example`,
    edges: (stack) => pairs(typed(stack, CLUSTER), typed(stack, NAT)),
  },
  {
    rule: "a NAT gateway waits for its router, of which it is a part",
    source: `${PROVIDER}/services/compute/resource_compute_router_nat.go (a PATCH of the router)`,
    edges: (stack) =>
      pairs(typed(stack, NAT), typed(stack, ROUTER), (nat, router) => at(nat, "router") === at(router, "name")),
  },
  {
    rule: "a network goes when subnetwork, router, gateway and cluster are gone",
    source: `${DOCS}/vpc/docs/create-modify-vpc-networks (Delete a network: resources that use it first)`,
    edges: (stack) =>
      pairs(
        [SUBNETWORK, ROUTER, NAT, CLUSTER].flatMap((type) => typed(stack, type)),
        typed(stack, NETWORK),
      ),
  },
  {
    rule: "a subnetwork goes when the cluster whose ranges it has is gone",
    source: `${DOCS}/vpc/docs/create-modify-vpc-networks (Delete a subnet: no resource may use it)`,
    edges: (stack) => pairs(typed(stack, CLUSTER), typed(stack, SUBNETWORK)),
  },
  {
    rule: "a node pool waits for its cluster",
    source: `${DOCS}/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters.nodePools/create`,
    edges: (stack) => pairs(typed(stack, NODE_POOL), typed(stack, CLUSTER)),
  },
  {
    rule: "a schedule is attached when it and its disk exist",
    source: `${DOCS}/compute/docs/reference/rest/v1/disks/addResourcePolicies`,
    edges: (stack) => [
      ...pairs(
        typed(stack, ATTACHMENT),
        typed(stack, DISK),
        (attached, disk) => at(attached, "disk") === at(disk, "name"),
      ),
      ...pairs(
        typed(stack, ATTACHMENT),
        typed(stack, SCHEDULE),
        (attached, policy) => at(attached, "name") === at(policy, "name"),
      ),
    ],
  },
  {
    rule: "a volume waits for its disk",
    source:
      "https://github.com/kubernetes-sigs/gcp-compute-persistent-disk-csi-driver/blob/master/docs/kubernetes/user-guides/pre-provisioned.md",
    edges: (stack) =>
      pairs(typed(stack, ":PersistentVolume"), typed(stack, DISK), (volume, disk) =>
        at(volume, "spec", "csi", "volumeHandle").endsWith(`/disks/${at(disk, "name")}`),
      ),
  },
  {
    rule: "a claim of a volume that is named waits for it",
    source: `${KUBERNETES}/storage/persistent-volumes/#reserving-a-persistentvolume`,
    edges: (stack) =>
      pairs(
        typed(stack, ":PersistentVolumeClaim"),
        typed(stack, ":PersistentVolume"),
        (claim, volume) => at(claim, "spec", "volumeName") === nameOf(volume),
      ),
  },
  {
    rule: "an image is pushed when its repository exists",
    source: `${DOCS}/artifact-registry/docs/transition/setup-gcr-repo (gcr.io is served by a repository of that name)`,
    edges: (stack) =>
      pairs(typed(stack, IMAGE), typed(stack, REPOSITORY), (image, repository) =>
        at(image, "imageName").startsWith(`${at(repository, "repositoryId")}/`),
      ),
  },
  {
    rule: "a workload waits for the images that it runs",
    source: `${KUBERNETES}/containers/images/#imagepullbackoff`,
    edges: (stack) =>
      workloads(stack).flatMap((workload) => {
        const text = JSON.stringify(workload.inputs);
        return pairs([workload], typed(stack, IMAGE), (_, image) =>
          text.includes(`"${at(image, "imageName").replace(/:[^:/]+$/, "")}@sha256:`),
        );
      }),
  },
  {
    rule: "an object waits for its namespace, which takes it along when it goes",
    source: `${KUBERNETES}/overview/working-with-objects/namespaces/`,
    edges: (stack) =>
      pairs(
        objects(stack),
        typed(stack, ":Namespace"),
        (object, namespace) => at(object, "metadata", "namespace") === nameOf(namespace),
      ),
  },
  {
    rule: "a workload waits for the Secrets, ConfigMaps, claims and accounts that it names",
    source: `${KUBERNETES}/configuration/secret/#restriction-names-data (a pod starts when all of them are there)`,
    edges: (stack) =>
      workloads(stack).flatMap((workload) => {
        const named = new Set(referencesOf(workload.inputs, at(workload, "metadata", "namespace")));
        return pairs([workload], objects(stack), (_, object) =>
          named.has(`${object.type.split(":").at(-1) ?? ""} ${placeOf(object)}`),
        );
      }),
  },
  {
    rule: "a workload waits for the roles of its identity: a restore reads the bucket at the first start",
    source: `${DOCS}/kubernetes-engine/docs/how-to/workload-identity`,
    edges: (stack) =>
      pairs(workloads(stack), grants(stack), (workload, grant) =>
        at(grant, "member").endsWith(
          `/ns/${at(workload, "metadata", "namespace")}/sa/${at(workload, "spec", "template", "spec", "serviceAccountName")}`,
        ),
      ),
  },
  {
    rule: "objects go while there are nodes: a pod that nobody can end holds its namespace",
    source: `${KUBERNETES}/workloads/pods/pod-lifecycle/#pod-termination (the kubelet ends it)`,
    edges: (stack) => pairs(objects(stack), typed(stack, NODE_POOL)),
  },
  {
    rule: "claims go while there is a cluster: a disk that the CSI driver made outlives the driver, whatever its class says",
    source: `${KUBERNETES}/storage/persistent-volumes/#delete (the volume's plugin deletes it)`,
    edges: (stack) => pairs(typed(stack, ":Namespace"), typed(stack, CLUSTER)),
  },
  {
    rule: "a workload waits for the network policies of its namespace, so that nothing starts before the deny or outlives it",
    source: `${KUBERNETES}/services-networking/network-policies/#pod-lifecycle (a pod without a policy is open)`,
    edges: (stack) => pairs(workloads(stack), typed(stack, ":NetworkPolicy"), sameNamespace),
  },
  {
    rule: "a workload waits for the bindings of the admission policies, which judge only what comes later",
    source: "https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/",
    edges: (stack) => pairs(workloads(stack), typed(stack, ":ValidatingAdmissionPolicyBinding")),
  },
  {
    rule: "a Gateway waits for the address that it names and for what it serves, and goes before they do: in use they cannot be deleted",
    source: `${DOCS}/kubernetes-engine/docs/how-to/deploying-gateways (named address), ${DOCS}/certificate-manager/docs/maps (a map in use)`,
    edges: (stack) => [
      ...pairs(
        typed(stack, ":Gateway"),
        stack.filter(({ type }) => ADDRESS.test(type)),
      ),
      ...pairs(typed(stack, ":Gateway"), typed(stack, CERTIFICATE)),
      ...pairs(typed(stack, ":Gateway"), typed(stack, MAP_ENTRY)),
    ],
  },
  {
    rule: "a certificate waits for the authorization of its domain",
    source: `${DOCS}/certificate-manager/docs/dns-authorizations (it is named when the certificate is made)`,
    edges: (stack) => pairs(typed(stack, CERTIFICATE), typed(stack, AUTHORIZATION)),
  },
  {
    rule: "a Gateway goes before the security policies of its backends, which cannot be deleted while one has them",
    source: `${DOCS}/armor/docs/configure-security-policies (Delete a security policy: detached first)`,
    edges: (stack) => pairs(typed(stack, ":Gateway"), typed(stack, ARMOR)),
  },
  {
    rule: "a route waits for its Gateway, and for the policies of its backends: without them it is open to everybody for a moment",
    source: `${DOCS}/kubernetes-engine/docs/how-to/configure-gateway-resources (a policy is about a Service, whatever routes there are)`,
    edges: (stack) => [
      ...pairs(typed(stack, ":HTTPRoute"), typed(stack, ":Gateway"), sameNamespace),
      ...pairs(
        typed(stack, ":HTTPRoute"),
        [...typed(stack, ":GCPBackendPolicy"), ...typed(stack, ":HealthCheckPolicy")],
        (route, policy) => JSON.stringify(route.inputs).includes(`"name":"${at(policy, "spec", "targetRef", "name")}"`),
      ),
    ],
  },
  {
    rule: "a policy of a backend waits for the Service that it is about, and for the Secret that it names",
    source: `${DOCS}/kubernetes-engine/docs/how-to/configure-gateway-resources`,
    edges: (stack) => [
      ...pairs(
        [...typed(stack, ":GCPBackendPolicy"), ...typed(stack, ":HealthCheckPolicy")],
        typed(stack, ":Service"),
        (policy, service) => at(policy, "spec", "targetRef", "name") === nameOf(service),
      ),
      ...pairs(
        typed(stack, ":GCPBackendPolicy"),
        typed(stack, ":Secret"),
        (policy, secret) => at(policy, "spec", "default", "iap", "oauth2ClientSecret", "name") === nameOf(secret),
      ),
    ],
  },
  {
    rule: "a cluster whose load balancer is internal waits for the subnetwork of its proxies, which goes after it",
    source: `${DOCS}/load-balancing/docs/proxy-only-subnets (needed before the load balancer; not deleted while in use)`,
    edges: (stack) => pairs(typed(stack, CLUSTER), typed(stack, SUBNETWORK), (_, one) => at(one, "purpose") !== ""),
  },
  {
    rule: "a binding of an admission policy waits for the policy",
    source: "https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/",
    edges: (stack) =>
      pairs(
        typed(stack, ":ValidatingAdmissionPolicyBinding"),
        typed(stack, ":ValidatingAdmissionPolicy"),
        (binding, policy) => at(binding, "spec", "policyName") === nameOf(policy),
      ),
  },
];
