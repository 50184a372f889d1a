import { type BadSetting, create, existing, parse, pool, PREBUILT, STACK, testBad } from "./stack";

const tolerations = (...of: object[]) => ({ ...existing(), ...pool({ placement: { tolerations: of } }) });

/** See {@link BadSetting}. */
const BAD: readonly BadSetting[] = [
  [
    "nodes to make in a cluster that exists",
    {
      "gocd:cluster": { existing: { context: "kind", storageClass: "standard" } },
      "gocd:images": { prebuilt: PREBUILT },
      ...pool({ nodes: {} }),
    },
    "gocd:agents.docker.nodes",
    /a map/,
    /not made here; placement names them/,
  ],
  [
    "a placement in a cluster that is made here",
    pool({ placement: { nodeSelector: { "cloud.google.com/gke-nodepool": "ci" } } }),
    "gocd:agents.docker.placement",
    /a map/,
    /makes the nodes.* nodes gives a pool its own/,
  ],
  [
    "a placement of the server in a cluster that is made here",
    create({ serverPlacement: { nodeSelector: { a: "b" } } }),
    "gocd:cluster.create.serverPlacement",
    /does not exist/,
    /serverNodes/,
  ],
  [
    "text for a placement",
    existing({ serverPlacement: "ci" }),
    "gocd:cluster.existing.serverPlacement",
    /"ci"/,
    /nodeSelector, tolerations/,
  ],
  [
    "a placement by something else",
    { ...existing(), ...pool({ placement: { affinity: {} } }) },
    "gocd:agents.docker.placement.affinity",
    /does not exist/,
    /nodeSelector, tolerations/,
  ],
  [
    "a label that is no text",
    existing({ serverPlacement: { nodeSelector: { "cloud.google.com/gke-spot": true } } }),
    "gocd:cluster.existing.serverPlacement.nodeSelector.cloud.google.com/gke-spot",
    /true/,
    /in quotes.*"true"/,
  ],
  [
    "a label's key that is none",
    { ...existing(), ...pool({ placement: { nodeSelector: { "a/b/c": "d" } } }) },
    "gocd:agents.docker.placement.nodeSelector.a/b/c",
    /"a\/b\/c"/,
    /gke-nodepool/,
  ],
  [
    "labels in a list",
    { ...existing(), ...pool({ placement: { nodeSelector: ["a"] } }) },
    "gocd:agents.docker.placement.nodeSelector",
    /a/,
    /a map of labels/,
  ],
  [
    "a single toleration for a list",
    { ...existing(), ...pool({ placement: { tolerations: { key: "ci" } } }) },
    "gocd:agents.docker.placement.tolerations",
    /key/,
    /a list of tolerations/,
  ],
  [
    "a toleration of every taint, the server's among them",
    tolerations({ operator: "Exists" }),
    "gocd:agents.docker.placement.tolerations[0].key",
    /nothing/,
    /a label's or taint's key/,
  ],
  [
    "an effect in GKE's words",
    tolerations({ key: "ci", effect: "NO_SCHEDULE" }),
    "gocd:agents.docker.placement.tolerations[0].effect",
    /NO_SCHEDULE/,
    /NoSchedule, PreferNoSchedule, NoExecute/,
  ],
  [
    "a value that the operator does not look at",
    tolerations({ key: "ci", operator: "Exists", value: "true" }),
    "gocd:agents.docker.placement.tolerations[0].value",
    /"true"/,
    /nothing where operator is Exists/,
  ],
  [
    "a toleration's key that does not exist",
    tolerations({ key: "ci", tolerationSeconds: 60 }),
    "gocd:agents.docker.placement.tolerations[0].tolerationSeconds",
    /does not exist/,
    /key, operator, value, effect/,
  ],
];

describe("placements", () => {
  testBad(BAD);

  test("name nodes of a cluster that exists, for the server and by pool", () => {
    const spot = { key: "cloud.google.com/gke-spot", operator: "Equal", value: "true", effect: "NoSchedule" };
    const placement = {
      nodeSelector: { "cloud.google.com/gke-nodepool": "ci-spot", "cloud.google.com/gke-spot": "true", empty: "" },
      tolerations: [spot, { key: "ci" }, { key: "example.com/any", operator: "Exists" }],
    };
    const settings = parse({
      ...STACK,
      ...existing({ serverPlacement: { nodeSelector: { "cloud.google.com/gke-nodepool": "ci" } } }),
      "gocd:agents": { anywhere: {}, spot: { placement } },
    });
    expect(settings.cluster).toMatchObject({
      serverPlacement: { nodeSelector: { "cloud.google.com/gke-nodepool": "ci" }, tolerations: [] },
    });
    expect(settings.agents.map((each) => each.placement)).toEqual([undefined, placement]);
  });
});
