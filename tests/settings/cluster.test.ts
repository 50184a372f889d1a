import { type BadSetting, create, existing, testBad } from "./stack";

/** See {@link BadSetting}. */
const BAD: readonly BadSetting[] = [
  ["a zone outside the region", { "gcp:zone": "europe-west1-b" }, "gcp:zone", /europe-west1-b/, /us-central1/],
  ["a region for a zone", { "gcp:zone": "us-central1" }, "gcp:zone", /"us-central1"/, /us-central1-a/],
  ["no zone", { "gcp:zone": undefined }, "gcp:zone", /nothing/, /zone/],
  [
    "no project",
    { "gcp:project": undefined },
    "gcp:project",
    /nothing/,
    /project id; or gocd:cluster\.existing\.storageClass, off GKE$/,
  ],
  ["a project id with capitals", { "gcp:project": "My Project" }, "gcp:project", /My Project/, /project id/],
  ["a word like none", create({ releaseChannel: "FAST" }), "gocd:cluster.create.releaseChannel", /FAST/, /EXTENDED$/],
  ["no cluster", { "gocd:cluster": undefined }, "gocd:cluster", /nothing/, /create or existing/],
  [
    "two clusters",
    { "gocd:cluster": { create: {}, existing: { context: "kind" } } },
    "gocd:cluster",
    /create/,
    /exactly one/,
  ],
  ["neither cluster", { "gocd:cluster": {} }, "gocd:cluster", /\{\}/, /exactly one/],
  [
    "an existing cluster without a context",
    { "gocd:cluster": { existing: {} } },
    "gocd:cluster.existing.context",
    /nothing/,
    /kubeconfig context/,
  ],
  [
    "the name of a DNS server for its address",
    existing({ dnsServers: ["kube-dns.kube-system"] }),
    "gocd:cluster.existing.dnsServers[0]",
    /"kube-dns.kube-system"/,
    /IPv4 address/,
  ],
  [
    "a range of DNS servers",
    existing({ dnsServers: ["10.96.0.0/16"] }),
    "gocd:cluster.existing.dnsServers[0]",
    /"10.96.0.0\/16"/,
    /IPv4 address/,
  ],
  [
    "a release channel that is none",
    create({ releaseChannel: "FAST" }),
    "gocd:cluster.create.releaseChannel",
    /"FAST"/,
    /RAPID, REGULAR/,
  ],
];

describe("settings of the cluster", () => {
  testBad(BAD);
});
