import { agentsPod, allowed, type Case, container, type Manifest, named, otherPod, refused, spelled } from "./case";

const digest = `@sha256:${"a".repeat(64)}`;
const runs = (image: string) => otherPod({ containers: [container({ image })] });
const service = (spec: Manifest, annotations: Manifest = {}) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "s", namespace: "gocd-dev", annotations },
  spec,
});
const resource = (
  type: string,
  expect: Case["expect"],
  rule: string,
  cases: Readonly<Record<string, Manifest>>,
  protect = false,
): readonly Case[] =>
  Object.entries(cases).map(([name, object]) => ({
    name,
    object,
    type,
    tags: "review",
    expect,
    protect,
    ...(expect === "refused" && { rule }),
  }));

const movingImages = [
  "nginx",
  "nginx:latest",
  "nginx:1",
  "nginx:1.29",
  "nginx:stable",
  "registry:5000/nginx",
  "nginx:v1",
  "nginx:",
  "nginx@sha256:abc",
  `nginx@md5:${"a".repeat(32)}`,
  "nginx:1.29.3@sha256:cut",
];
const pinnedImages = [
  `nginx${digest}`,
  `nginx:1.29.3${digest}`,
  "nginx:1.29.3",
  "docker:29.7.2-dind",
  "gocd/gocd-server:v26.1.0",
  "registry:5000/a/b:2.0.1",
  `x@sha512:${"b".repeat(128)}`,
];

const PUBLIC_ADDRESS = { masterAuthorizedNetworksConfig: { cidrBlocks: [{ cidrBlock: "0.0.0.0/0" }] } };
const ingress = (className?: string, annotations: Manifest = {}) => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  metadata: { name: "i", annotations },
  spec: { ...(className !== undefined && { ingressClassName: className }) },
});
const gateway = (gatewayClassName: string, apiVersion = "gateway.networking.k8s.io/v1") => ({
  apiVersion,
  kind: "Gateway",
  metadata: { name: "g" },
  spec: { gatewayClassName },
});

const ASKED = { "gocd-on-kubernetes/public-host": "ci.example.com" };
const TLS = [{ hosts: ["ci.example.com"], secretName: "ci-tls" }];
const askedIngress = (spec: Manifest) => {
  const { metadata, spec: bare, ...rest } = ingress("nginx", ASKED);
  return { ...rest, metadata, spec: { ...bare, rules: [{ host: "ci.example.com" }], tls: TLS, ...spec } };
};
const askedGateway = (...listeners: readonly Manifest[]) => ({
  ...gateway("gke-l7-global-external-managed"),
  metadata: { name: "g", annotations: ASKED },
  spec: { gatewayClassName: "gke-l7-global-external-managed", listeners },
});

/** Images, disks, and what the internet can reach. */
export const otherCases: readonly Case[] = [
  ...refused("review", "images-pinned", spelled("the image", movingImages, runs)),
  ...refused("review", "images-pinned", {
    "a moving image of an init container": agentsPod({ initContainers: [container({ name: "i", image: "busybox" })] }),
    "a moving image of an ephemeral container": otherPod({
      ephemeralContainers: [container({ name: "d", image: "busybox" })],
    }),
    "a moving image volume": otherPod({ volumes: [{ name: "v", image: { reference: "data:latest" } }] }),
  }),
  ...resource("docker:index/container:Container", "refused", "images-pinned", {
    "a docker.Container with a moving image": { image: "nginx" },
  }),
  ...allowed("review", spelled("the image", pinnedImages, runs)),
  ...allowed("review", {
    "an image volume by digest": otherPod({ volumes: [{ name: "v", image: { reference: `data${digest}` } }] }),
  }),

  ...resource("gcp:compute/disk:Disk", "refused", "disks-protected", { "an unprotected disk": { name: "d" } }),
  ...resource("gcp:compute/disk:Disk", "allowed", "", { "a protected disk": { name: "d" } }, true),
  ...resource("gcp:compute/regionDisk:RegionDisk", "refused", "disks-protected", {
    "an unprotected regional disk": {},
  }),
  ...resource("gcp:storage/bucket:Bucket", "refused", "disks-protected", {
    "an unprotected bucket for backups": { name: "gocd-dev-backup" },
  }),
  ...resource("gcp:storage/bucket:Bucket", "allowed", "", {
    "a bucket for something else": { name: "site" },
    "a bucket of which no name is said": {},
  }),
  ...resource("gcp:artifactregistry/repository:Repository", "refused", "disks-protected", {
    "an unprotected gcr.io repository": { repositoryId: "gcr.io" },
    "an unprotected eu.gcr.io repository": { repositoryId: "eu.gcr.io" },
  }),
  ...resource("gcp:artifactregistry/repository:Repository", "allowed", "", {
    "a repository of another name": { repositoryId: "notgcr.io" },
    "a repository whose name only starts like gcr.io": { repositoryId: "gcr.io.mirror" },
  }),

  ...refused("review", "nothing-public", {
    "a Service of type LoadBalancer": service({ type: "LoadBalancer" }),
    "a LoadBalancer that says External": service(
      { type: "LoadBalancer" },
      { "networking.gke.io/load-balancer-type": "External" },
    ),
    "a Service of type NodePort": service({ type: "NodePort" }),
    "a Service with externalIPs": service({ type: "ClusterIP", externalIPs: ["203.0.113.1"] }),
    "an Ingress of no class": ingress(),
    "an Ingress of class nginx": ingress("nginx"),
    "an Ingress of class gce by annotation": ingress(undefined, { "kubernetes.io/ingress.class": "gce" }),
    "an Ingress of class gce that was internal by annotation": ingress("gce", {
      "kubernetes.io/ingress.class": "gce-internal",
    }),
    "an external Gateway": gateway("gke-l7-global-external-managed"),
    "an external Gateway of the API's beta": gateway("gke-l7-gxlb", "gateway.networking.k8s.io/v1beta1"),
    "an external Gateway that says no version": { kind: "Gateway", spec: { gatewayClassName: "gke-l7-gxlb" } },
    "an Ingress that is asked for without a certificate": askedIngress({ tls: [] }),
    "an Ingress that is asked for with the default certificate of its controller": askedIngress({
      tls: [{ hosts: ["ci.example.com"] }],
    }),
    "an Ingress that is asked for and opens another host": askedIngress({
      rules: [{ host: "ci.example.com" }, { host: "all.example.com" }],
    }),
    "an Ingress that is asked for and opens every host": askedIngress({ rules: [{}] }),
    "an Ingress that is asked for and sends the rest somewhere": askedIngress({ defaultBackend: { service: {} } }),
    "an Ingress that is asked for and has no rule": askedIngress({ rules: [] }),
    "an Ingress that asks for no host": ingress("nginx", { "gocd-on-kubernetes/public-host": "" }),
    "a Gateway that is asked for and has no HTTPS": askedGateway({ protocol: "HTTP", port: 80 }),
    "a Gateway that is asked for and has HTTP on another port": askedGateway(
      { protocol: "HTTPS", port: 443 },
      { protocol: "HTTP", port: 8080 },
    ),
    "a Gateway that is asked for and listens for another host": askedGateway({
      protocol: "HTTPS",
      port: 443,
      hostname: "*.example.com",
    }),
    "a Gateway that is asked for and passes TCP on": askedGateway(
      { protocol: "HTTPS", port: 443 },
      { protocol: "TCP" },
    ),
    "a port of the node": agentsPod({ containers: [container({ ports: [{ containerPort: 2376, hostPort: 2376 }] })] }),
    "a port of the node as text": agentsPod({ containers: [container({ ports: [{ hostPort: "2376" }] })] }),
    "a Service in a List": { apiVersion: "v1", kind: "List", items: [service({ type: "NodePort" })] },
  }),
  ...allowed("review", {
    "a Service of type ClusterIP": service({ type: "ClusterIP", ports: [{ port: 8153 }] }),
    "a headless Service": service({ clusterIP: "None" }),
    "an internal LoadBalancer": service(
      { type: "LoadBalancer" },
      { "networking.gke.io/load-balancer-type": "Internal" },
    ),
    "an internal LoadBalancer of old": service(
      { type: "LoadBalancer" },
      { "cloud.google.com/load-balancer-type": "Internal" },
    ),
    "an internal LoadBalancer of Azure": service(
      { type: "LoadBalancer" },
      { "service.beta.kubernetes.io/azure-load-balancer-internal": "true" },
    ),
    "a Service without external addresses": service({ externalIPs: [] }),
    "an internal Ingress": ingress("gce-internal"),
    "an Ingress that is internal by annotation": ingress(undefined, { "kubernetes.io/ingress.class": "gce-internal" }),
    "a port of the container alone": agentsPod({
      containers: [container({ ports: [{ containerPort: 2376, hostPort: 0 }, { containerPort: 8153 }] })],
    }),
    "a property called hostPort elsewhere": { apiVersion: "example.com/v1", kind: "Thing", spec: { hostPort: 80 } },
    "an object whose kind only holds the word Patch": { apiVersion: "example.com/v1", kind: "PatchIngress", spec: {} },
    "a Service of another API": { apiVersion: "example.com/v1", kind: "Thing", spec: { type: "LoadBalancer" } },
    "an internal Gateway": gateway("gke-l7-rilb"),
    "an Ingress for exactly the host that is asked for": askedIngress({}),
    "a Gateway for what is asked for": askedGateway({ protocol: "HTTP", port: 80 }, { protocol: "HTTPS", port: 443 }),
    "a Gateway that listens for exactly the host that is asked for": askedGateway({
      protocol: "HTTPS",
      port: 443,
      hostname: "ci.example.com",
    }),
    "a Gateway of another API": {
      apiVersion: "networking.istio.io/v1",
      kind: "Gateway",
      metadata: { name: "g" },
      spec: { selector: {} },
    },
  }),
  ...resource("kubernetes:core/v1:ServicePatch", "refused", "nothing-public", {
    "a patch that opens a Service": { spec: { type: "LoadBalancer" } },
  }),
  ...resource("kubernetes:core/v1:Service", "allowed", "", { "a Service without a specification": {} }),
  ...resource(
    "gcp:container/cluster:Cluster",
    "refused",
    "nothing-public",
    named("a cluster", {
      "with a public control plane": {},
      "whose control plane everybody may reach": PUBLIC_ADDRESS,
      "whose control plane everybody may reach, among others": {
        masterAuthorizedNetworksConfig: { cidrBlocks: [{ cidrBlock: "198.51.100.0/24" }, { cidrBlock: "::/0" }] },
      },
      "whose control plane everybody may reach, in halves": {
        masterAuthorizedNetworksConfig: { cidrBlocks: [{ cidrBlock: "0.0.0.0/1" }, { cidrBlock: "128.0.0.0/1" }] },
      },
      "whose control plane everybody may reach by its endpoint's own list": {
        controlPlaneEndpointsConfig: {
          ipEndpointsConfig: { enabled: true, authorizedNetworksConfig: PUBLIC_ADDRESS.masterAuthorizedNetworksConfig },
        },
      },
      "whose control plane is only said to be public": {
        controlPlaneEndpointsConfig: { ipEndpointsConfig: { enabled: true, enablePublicEndpoint: true } },
        privateClusterConfig: { enablePrivateEndpoint: false },
      },
    }),
  ),
  ...resource(
    "gcp:container/cluster:Cluster",
    "allowed",
    "",
    named("a cluster", {
      "without addresses for its control plane": {
        controlPlaneEndpointsConfig: { ipEndpointsConfig: { enabled: false } },
      },
      "without a public address for its control plane": {
        controlPlaneEndpointsConfig: { ipEndpointsConfig: { enablePublicEndpoint: false } },
      },
      "with a private control plane": { privateClusterConfig: { enablePrivateEndpoint: true } },
      "whose control plane no range reaches": { masterAuthorizedNetworksConfig: {} },
      "whose control plane listed ranges reach by its endpoint's own list": {
        controlPlaneEndpointsConfig: {
          ipEndpointsConfig: { authorizedNetworksConfig: { cidrBlocks: [{ cidrBlock: "198.51.100.0/24" }] } },
        },
      },
      "whose control plane listed ranges reach": {
        masterAuthorizedNetworksConfig: { cidrBlocks: [{ cidrBlock: "198.51.100.0/24" }] },
      },
    }),
  ),
  ...resource("gcp:compute/firewall:Firewall", "refused", "nothing-public", {
    "a firewall open to everybody": { allows: [{ protocol: "tcp" }], sourceRanges: ["0.0.0.0/0"] },
    "a firewall open to everybody, in halves": {
      direction: "INGRESS",
      allows: [{ protocol: "tcp" }],
      sourceRanges: ["0.0.0.0/1", "128.0.0.0/1", "35.235.240.0/20"],
    },
  }),
  ...resource("gcp:compute/firewall:Firewall", "allowed", "", {
    "a firewall for egress": { direction: "EGRESS", allows: [{ protocol: "tcp" }], sourceRanges: ["0.0.0.0/0"] },
    "a firewall that is switched off": { disabled: true, allows: [{ protocol: "tcp" }], sourceRanges: ["0.0.0.0/0"] },
    "a firewall that only denies": { denies: [{ protocol: "tcp" }], sourceRanges: ["0.0.0.0/0"] },
    "a firewall for Identity-Aware Proxy": { allows: [{ protocol: "tcp" }], sourceRanges: ["35.235.240.0/20"] },
  }),
  ...resource("example:index/thing:Thing", "allowed", "", {
    "words of a firewall in something else": { allows: [{ protocol: "tcp" }], sourceRanges: ["0.0.0.0/0"] },
  }),
  ...resource("gcp:storage/bucketIAMMember:BucketIAMMember", "refused", "nothing-public", {
    "a bucket for all users": { member: "allUsers", role: "r" },
  }),
  ...resource("gcp:storage/bucketIAMBinding:BucketIAMBinding", "refused", "nothing-public", {
    "a bucket for all who have an account": { members: ["allAuthenticatedUsers"] },
  }),
  ...resource("gcp:storage/bucketIAMMember:BucketIAMMember", "allowed", "", {
    "a bucket for one account": { member: "serviceAccount:a@b", role: "r" },
  }),
  ...resource("gcp:storage/bucketIAMBinding:BucketIAMBinding", "allowed", "", {
    "a bucket for listed accounts": { members: ["serviceAccount:a@b", "user:c@d"] },
  }),
];
