// What settings of access refuse: stacks with one mistake each.

export interface Stack {
  readonly [key: string]: unknown;
}

export const GKE: Stack = {
  "gcp:project": "my-project",
  "gcp:region": "us-central1",
  "gcp:zone": "us-central1-a",
  "gocd:cluster": { create: {} },
  "gocd:agents": { docker: {} },
};
export const EXISTING_GKE: Stack = { ...GKE, "gocd:cluster": { existing: { context: "gke" } } };
const KIND: Stack = {
  "gocd:cluster": { existing: { context: "kind", storageClass: "standard" } },
  "gocd:agents": { docker: {} },
  "gocd:images": {
    prebuilt: Object.fromEntries(
      ["server", "agent", "dind", "housekeeping"].map((name) => [
        name,
        `registry.example/${name}@sha256:${"a".repeat(64)}`,
      ]),
    ),
  },
};

export const HOST = "ci.example.com";
export const google = (of: object) => ({ "gocd:access": { host: HOST, google: of } });
const INGRESS = { class: "nginx", secret: "ci-tls", from: { namespace: "ingress-nginx" } };
export const ingress = (of: object) => ({ ...KIND, "gocd:access": { host: HOST, ingress: { ...INGRESS, ...of } } });
const IAP = { clientId: "12-ab.apps.googleusercontent.com", members: ["group:developers@example.com"] };
const SECRET = { "gocd:iapClientSecret": "hidden" };
export const OPEN = { allow: ["0.0.0.0/0"] };
export const SUBNETWORK = "projects/p/regions/us-central1/subnetworks/s";

/** What is wrong, the key that is named, and what is said to be right. */
export const BAD: readonly [what: string, stack: Stack, key: string, wanted: RegExp][] = [
  ["no host", { ...GKE, "gocd:access": { google: OPEN } }, "gocd:access.host", /host name such as/],
  [
    "a host that is an address",
    { ...GKE, "gocd:access": { host: "10.0.0.1", google: OPEN } },
    "gocd:access.host",
    /host name/,
  ],
  [
    "a host in capitals",
    { ...GKE, "gocd:access": { host: "CI.example.com", google: OPEN } },
    "gocd:access.host",
    /small letters/,
  ],
  [
    "a host with a scheme",
    { ...GKE, "gocd:access": { host: "https://ci.example.com", google: OPEN } },
    "gocd:access.host",
    /host name/,
  ],
  [
    "no way to the host",
    { ...GKE, "gocd:access": { host: HOST } },
    "gocd:access",
    /exactly one of google, ingress, gateway/,
  ],
  [
    "two ways to the host",
    { ...GKE, "gocd:access": { host: HOST, google: OPEN, ingress: INGRESS } },
    "gocd:access",
    /exactly one/,
  ],
  [
    "a way that is misspelt",
    { ...GKE, "gocd:access": { host: HOST, gogle: OPEN } },
    "gocd:access.gogle",
    /did you mean google/,
  ],
  [
    "a key inside that is misspelt",
    { ...GKE, ...google({ alow: [] }) },
    "gocd:access.google.alow",
    /did you mean allow/,
  ],
  [
    "an external address for nobody in particular",
    { ...GKE, ...google({}) },
    "gocd:access.google.allow",
    /\[0\.0\.0\.0\/0\] for everybody, or iap/,
  ],
  [
    "a range with host bits",
    { ...GKE, ...google({ allow: ["203.0.113.7/24"] }) },
    "gocd:access.google.allow[0]",
    /host bits are zero/,
  ],
  [
    "a range of machines with host bits",
    { ...GKE, ...google({ ...OPEN, machines: { allow: ["203.0.113.7/24"] } }) },
    "gocd:access.google.machines.allow[0]",
    /host bits are zero/,
  ],
  [
    "a list for an address of the network",
    { ...GKE, ...google({ address: "internal", ...OPEN }) },
    "gocd:access.google.allow",
    /nothing with an internal address/,
  ],
  [
    "IAP for an address of the network",
    { ...GKE, ...SECRET, ...google({ address: "internal", iap: IAP }) },
    "gocd:access.google.iap",
    /nothing with an internal address/,
  ],
  [
    "everybody behind IAP",
    { ...GKE, ...SECRET, ...google({ iap: { ...IAP, members: ["allUsers"] } }) },
    "gocd:access.google.iap.members[0]",
    /never everybody/,
  ],
  [
    "everybody with an account behind IAP",
    { ...GKE, ...SECRET, ...google({ iap: { ...IAP, members: ["allAuthenticatedUsers"] } }) },
    "gocd:access.google.iap.members[0]",
    /never everybody/,
  ],
  [
    "nobody behind IAP",
    { ...GKE, ...SECRET, ...google({ iap: { ...IAP, members: [] } }) },
    "gocd:access.google.iap.members",
    /at least one/,
  ],
  [
    "IAP without the client's secret",
    { ...GKE, ...google({ iap: IAP }) },
    "gocd:iapClientSecret",
    /pulumi config set --secret/,
  ],
  ["a client's secret without IAP", { ...GKE, ...SECRET, ...google(OPEN) }, "gocd:iapClientSecret", /nothing without/],
  ["a client's secret without a host", { ...GKE, ...SECRET }, "gocd:iapClientSecret", /nothing without/],
  [
    "machines without anybody to tell them from",
    { ...GKE, ...google({ ...OPEN, machines: {} }) },
    "gocd:access.google.machines",
    /the same way/,
  ],
  [
    "a list of nobody for machines, which would be everybody",
    { ...GKE, ...google({ ...OPEN, machines: { allow: [] } }) },
    "gocd:access.google.machines.allow",
    /at least one range/,
  ],
  [
    "proxies of an external address",
    { ...GKE, ...google({ ...OPEN, proxies: "10.40.0.0/23" }) },
    "gocd:access.google.proxies",
    /nothing with an external address/,
  ],
  [
    "proxies among the pods",
    { ...GKE, ...google({ address: "internal", proxies: "10.20.2.0/23" }) },
    "gocd:access.google.proxies",
    /does not overlap gocd:cluster\.create\.ranges\.pods/,
  ],
  [
    "proxies in a range that is too small",
    { ...GKE, ...google({ address: "internal", proxies: "10.40.0.0/27" }) },
    "gocd:access.google.proxies",
    /at least a \/26/,
  ],
  [
    "a subnetwork where the stack makes one",
    { ...GKE, ...google({ address: "internal", subnetwork: SUBNETWORK }) },
    "gocd:access.google.subnetwork",
    /the stack makes the network/,
  ],
  [
    "no subnetwork where there is one",
    { ...EXISTING_GKE, ...google({ address: "internal", proxies: "10.40.0.0/23" }) },
    "gocd:access.google.subnetwork",
    /the cluster's subnetwork/,
  ],
  [
    "no proxies where there are some",
    { ...EXISTING_GKE, ...google({ address: "internal", subnetwork: SUBNETWORK }) },
    "gocd:access.google.proxies",
    /proxy-only/,
  ],
  ["Google's load balancer off Google", { ...KIND, ...google(OPEN) }, "gocd:access.google", /ingress or gateway/],
  [
    "an Ingress without a certificate",
    ingress({ secret: undefined }),
    "gocd:access.ingress",
    /exactly one of secret, clusterIssuer, issuer/,
  ],
  ["an Ingress with two certificates", ingress({ issuer: "ca" }), "gocd:access.ingress", /exactly one of secret/],
  ["an Ingress from nowhere", ingress({ from: {} }), "gocd:access.ingress.from", /either namespace/],
  [
    "an Ingress from two places",
    ingress({ from: { namespace: "n", ranges: ["10.0.0.0/8"] } }),
    "gocd:access.ingress.from",
    /either namespace/,
  ],
  [
    "an Ingress from a range that is none",
    ingress({ from: { ranges: ["10.0.0.1/8"] } }),
    "gocd:access.ingress.from.ranges[0]",
    /host bits/,
  ],
  ["no class", ingress({ class: undefined }), "gocd:access.ingress.class", /IngressClass/],
  [
    "another address of the site",
    { ...GKE, ...google(OPEN), "gocd:server": { siteUrl: "https://other.example.com" } },
    "gocd:server.siteUrl",
    /https:\/\/ci\.example\.com/,
  ],
  [
    "an address of the site without TLS",
    { ...GKE, ...google(OPEN), "gocd:server": { siteUrl: `http://${HOST}` } },
    "gocd:server.siteUrl",
    /https:/,
  ],
  [
    "cookies without TLS",
    { ...GKE, ...google(OPEN), "gocd:server": { jvmOptions: ["-Dgo.sessioncookie.secure=N"] } },
    "gocd:server.jvmOptions[0]",
    /Secure cookies/,
  ],
  [
    "connections that end too early",
    { ...GKE, ...google(OPEN), "gocd:server": { jvmOptions: ["-Didle.timeout=30000"] } },
    "gocd:server.jvmOptions[0]",
    /time-outs/,
  ],
  [
    "another configuration",
    { ...GKE, "gocd:server": { jvmOptions: ["-Dcruise.config.file=/tmp/open.xml"] } },
    "gocd:server.jvmOptions[0]",
    /asks for a log-in/,
  ],
];

/** Annotations that would let somebody in, or a password out. */
export const REFUSED_ANNOTATIONS = [
  "nginx.ingress.kubernetes.io/configuration-snippet",
  "nginx.ingress.kubernetes.io/server-snippet",
  "nginx.ingress.kubernetes.io/custom-headers",
  "nginx.ingress.kubernetes.io/ssl-redirect",
  "nginx.ingress.kubernetes.io/force-ssl-redirect",
  "nginx.ingress.kubernetes.io/ssl-passthrough",
  "nginx.ingress.kubernetes.io/server-alias",
  "nginx.ingress.kubernetes.io/rewrite-target",
  "nginx.ingress.kubernetes.io/upstream-vhost",
  "nginx.ingress.kubernetes.io/backend-protocol",
  "nginx.org/location-snippets",
  "nginx.org/proxy-set-headers",
  "haproxy.org/request-set-header",
  "haproxy.org/backend-config-snippet",
  "haproxy.org/ssl-redirect",
  "haproxy-ingress.github.io/config-backend",
  "haproxy-ingress.github.io/headers",
  "traefik.ingress.kubernetes.io/router.entrypoints",
  "traefik.ingress.kubernetes.io/router.middlewares",
  "cert-manager.io/cluster-issuer",
  "gocd-on-kubernetes/public-host",
  "kubernetes.io/ingress.class",
];
