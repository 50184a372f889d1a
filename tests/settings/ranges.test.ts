import { type BadSetting, create, pool, testBad } from "./stack";

/** See {@link BadSetting}. */
const BAD: readonly BadSetting[] = [
  [
    "a range that is none",
    create({ ranges: { pods: "10.20.0.0" } }),
    "gocd:cluster.create.ranges.pods",
    /10.20.0.0/,
    /10.10.0.0\/20/,
  ],
  [
    "a range with host bits",
    create({ ranges: { pods: "10.20.0.1/16" } }),
    "gocd:cluster.create.ranges.pods",
    /10.20.0.1/,
    /host bits/,
  ],
  [
    "a range too small for pods",
    create({ ranges: { pods: "10.20.0.0/24" } }),
    "gocd:cluster.create.ranges.pods",
    /\/24/,
    /at least a \/21.*there may be 8/,
  ],
  [
    "a range too small for all nodes of all pools",
    {
      ...create({ agentNodes: { max: 100 }, ranges: { pods: "10.20.0.0/18" } }),
      ...pool({ nodes: { max: 50 } }),
    },
    "gocd:cluster.create.ranges.pods",
    /\/18/,
    /at least a \/16.*there may be 155/,
  ],
  [
    "a subnetwork too small for its nodes",
    create({ agentNodes: { max: 30 }, ranges: { nodes: "10.10.0.0/28" } }),
    "gocd:cluster.create.ranges.nodes",
    /\/28/,
    /at least a \/26, since there may be 34 nodes/,
  ],
  [
    "the metadata server among the ranges that jobs may reach",
    pool({ egress: ["0.0.0.0/0"] }),
    "gocd:agents.docker.egress[0]",
    /0.0.0.0/,
    /outside 169.254.0.0\/16.*workloadIdentity/,
  ],
  [
    "the cluster's own pods among the ranges that jobs may reach",
    pool({ egress: ["10.20.4.0/24"] }),
    "gocd:agents.docker.egress[0]",
    /10.20.4.0/,
    /does not overlap gocd:cluster.create.ranges.pods/,
  ],
  [
    "a company's proxy where the metadata server is",
    { "gocd:company": JSON.stringify({ proxy: { url: "http://169.254.169.254:3128" } }) },
    "gocd:company.proxy.url",
    /http:\/\/169.254.169.254:3128/,
    /outside 169.254.0.0\/16/,
  ],
  [
    "a proxy of one pool among the cluster's own nodes",
    pool({ company: { proxy: { url: "http://10.10.0.9:3128" } } }),
    "gocd:agents.docker.company.proxy.url",
    /http:\/\/10.10.0.9:3128/,
    /does not overlap gocd:cluster.create.ranges.nodes/,
  ],
  [
    "ranges that overlap",
    create({ ranges: { services: "10.20.128.0/20" } }),
    "gocd:cluster.create.ranges.services",
    /10.20.128.0/,
    /does not overlap gocd:cluster.create.ranges.pods/,
  ],
  [
    "Docker's networks inside the cluster's",
    pool({ dind: { addressPools: ["10.20.0.0/16"] } }),
    "gocd:agents.docker.dind.addressPools[0]",
    /10.20/,
    /does not overlap/,
  ],
];

describe("address ranges", () => {
  testBad(BAD);
});
