import { type BadSetting, create, pool, testBad } from "./stack";

/** See {@link BadSetting}. */
const BAD: readonly BadSetting[] = [
  [
    "a machine type that is none",
    create({ agentNodes: { machineType: "big" } }),
    "gocd:cluster.create.agentNodes.machineType",
    /"big"/,
    /e2-standard-4/,
  ],
  [
    "a GPU on the agents' nodes",
    create({ agentNodes: { machineType: "g2-standard-8" } }),
    "gocd:cluster.create.agentNodes.machineType",
    /"g2-standard-8"/,
    /without accelerators/,
  ],
  [
    "agents that fit no node",
    create({ agentNodes: { machineType: "e2-standard-2" } }),
    "gocd:agents.docker",
    /2.5 CPU and 5120Mi/,
    /a node of e2-standard-2/,
  ],
  [
    "more agents than all nodes take",
    { ...create({ agentNodes: { max: 1 } }) },
    "gocd:agents.docker.replicas",
    /2/,
    /at most 1/,
  ],
  [
    "pools that together need more nodes",
    { ...create({ agentNodes: { max: 2 } }), "gocd:agents": { a: { replicas: 2 }, b: { replicas: 2 } } },
    "gocd:cluster.create.agentNodes.max",
    /2/,
    /at least 3 nodes/,
  ],
  [
    "a boot disk below GKE's least",
    create({ agentNodes: { disk: "5Gi" } }),
    "gocd:cluster.create.agentNodes.disk",
    /"5Gi"/,
    /10Gi to 65536Gi, the bounds of a boot disk/,
  ],
  [
    "a server's node of that kind",
    create({ serverNodes: { machineType: "c4a-standard-4" } }),
    "gocd:cluster.create.serverNodes.machineType",
    /c4a-standard-4/,
    /amd64/,
  ],
  ["no nodes for agents", create({ agentNodes: { max: 0 } }), "gocd:cluster.create.agentNodes.max", /0/, /from 1/],
  [
    "text for true or false",
    create({ agentNodes: { spot: "yes" } }),
    "gocd:cluster.create.agentNodes.spot",
    /"yes"/,
    /true or false/,
  ],
  [
    "a grace period that spot nodes of a pool's own do not give",
    pool({ gracePeriod: "2m", nodes: { spot: true } }),
    "gocd:agents.docker.gracePeriod",
    /"2m"/,
    /5s to 45s on spot nodes/,
  ],
  [
    "a grace period that the pools' common spot nodes do not give",
    { ...create({ agentNodes: { spot: true } }), ...pool({ gracePeriod: "46s" }) },
    "gocd:agents.docker.gracePeriod",
    /"46s"/,
    /5s to 45s on spot nodes/,
  ],
  [
    "more ephemeral storage than a boot disk has free",
    pool({ agent: { ephemeralStorage: "30Gi" } }),
    "gocd:agents.docker.agent.ephemeralStorage",
    /"30Gi"/,
    /no more than 21Gi/,
  ],
  [
    "agents whose ephemeral storage fits no number of nodes",
    { ...create({ agentNodes: { max: 2 } }), ...pool({ replicas: 3, agent: { ephemeralStorage: "15Gi" } }) },
    "gocd:agents.docker.replicas",
    /3/,
    /at most 2/,
  ],
  [
    "a boot disk that its machine does not take",
    create({ serverNodes: { machineType: "e2-standard-2", diskType: "hyperdisk-balanced" } }),
    "gocd:cluster.create.serverNodes.diskType",
    /hyperdisk-balanced/,
    /attaches to e2-standard-2/,
  ],
  [
    "nodes of its own for a pool called like the server's",
    { "gocd:agents": { server: { nodes: {} } } },
    "gocd:agents.server",
    /"server"/,
    /none of server, agents/,
  ],
  [
    "nodes of its own for a pool whose name leaves a node pool's no room",
    { "gocd:agents": { ["a".repeat(24)]: { nodes: {} } } },
    `gocd:agents.${"a".repeat(24)}`,
    /aaaa/,
    /at most 23 characters/,
  ],
  [
    "agents that do not fit the nodes of their own",
    pool({ nodes: { machineType: "e2-standard-2" } }),
    "gocd:agents.docker",
    /2.5 CPU/,
    /e2-standard-2/,
  ],
];

describe("settings of nodes", () => {
  testBad(BAD);
});
