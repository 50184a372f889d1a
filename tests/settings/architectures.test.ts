import { type BadSetting, create, existing, parse, pool, PREBUILT, STACK, type Stack, testBad } from "./stack";

const ARCH = "kubernetes.io/arch";
const CLASS = { ...existing({ storageClass: "standard" }), "gocd:images": { prebuilt: PREBUILT } };
const pools = (of: object) => ({ "gocd:agents": of });

/** See {@link BadSetting}. */
const BAD: readonly BadSetting[] = [
  [
    "a processor of another kind",
    pool({ architecture: "riscv64" }),
    "gocd:agents.docker.architecture",
    /riscv64/,
    /arm64/,
  ],
  [
    "amd64 on Arm machines of the pool",
    pool({ architecture: "amd64", nodes: { machineType: "t2a-standard-8" } }),
    "gocd:agents.docker.architecture",
    /amd64/,
    /arm64, which t2a-standard-8 has/,
  ],
  [
    "Arm on the machines that pools share",
    pool({ architecture: "arm64" }),
    "gocd:agents.docker.architecture",
    /arm64/,
    /amd64, which e2-standard-4 has/,
  ],
  [
    "a label that says something else",
    { ...CLASS, ...pool({ architecture: "amd64", placement: { nodeSelector: { [ARCH]: "arm64" } } }) },
    `gocd:agents.docker.placement.nodeSelector.${ARCH}`,
    /arm64/,
    /amd64, for which/,
  ],
  [
    "nodes for which there are no images",
    { ...CLASS, ...pool({ placement: { nodeSelector: { [ARCH]: "s390x" } } }) },
    `gocd:agents.docker.placement.nodeSelector.${ARCH}`,
    /s390x/,
    /amd64 or arm64, for which/,
  ],
  [
    "a server's node for which there are no images",
    { ...CLASS, ...existing({ storageClass: "standard", serverPlacement: { nodeSelector: { [ARCH]: "s390x" } } }) },
    `gocd:cluster.existing.serverPlacement.nodeSelector.${ARCH}`,
    /s390x/,
    /amd64 or arm64/,
  ],
  [
    "an Arm machine for the server",
    create({ serverNodes: { machineType: "t2a-standard-2" } }),
    "gocd:cluster.create.serverNodes.machineType",
    /t2a-standard-2/,
    /server and housekeeping are built for them; pools of agents may have Arm nodes/,
  ],
];

const parsed = (stack: Stack) => parse({ ...STACK, ...stack });

describe("processors of pools", () => {
  testBad(BAD);

  test("are those of the machines that are made here", () => {
    const { agents, cluster, images } = parsed(
      pools({
        amd: {},
        axion: { nodes: { machineType: "c4a-standard-8" } },
        tau: { nodes: { machineType: "t2a-standard-8" } },
      }),
    );
    expect(agents.map(({ name, architecture, hyperdisk }) => [name, architecture, hyperdisk])).toEqual([
      ["amd", "amd64", false],
      ["axion", "arm64", true],
      ["tau", "arm64", false],
    ]);
    expect(cluster).toMatchObject({ arm64: ["axion", "tau"], hyperdisk: true });
    expect(images.architectures).toEqual({ server: "amd64", agents: ["amd64", "arm64"] });
  });

  test("are a resource of every agent as soon as there is more than one kind, and are named once", () => {
    const both = pools({
      amd: { resources: ["docker"] },
      arm: { resources: ["ARM64"], nodes: { machineType: "t2a-standard-8" } },
    });
    expect(parsed(both).agents.map(({ resources }) => resources)).toEqual([["docker", "amd64"], ["ARM64"]]);
    expect(parsed(pool({ resources: ["docker"] })).agents.map(({ resources }) => resources)).toEqual([["docker"]]);
  });

  test("are selected by Kubernetes' label on a cluster that exists, past GKE's taint, as soon as one pool has Arm", () => {
    const { cluster } = parsed({
      ...CLASS,
      ...pools({ amd: {}, arm: { architecture: "arm64", placement: { nodeSelector: { team: "ci" } } } }),
    });
    const amd64 = { nodeSelector: { [ARCH]: "amd64" }, tolerations: [] };
    expect(cluster).toMatchObject({
      serverPlacement: amd64,
      poolPlacements: {
        amd: amd64,
        arm: {
          nodeSelector: { team: "ci", [ARCH]: "arm64" },
          tolerations: [{ key: ARCH, operator: "Equal", value: "arm64", effect: "NoSchedule" }],
        },
      },
    });
  });

  test("leave the placement alone where nobody speaks of them", () => {
    expect(parsed(CLASS).cluster).toMatchObject({ serverPlacement: undefined, poolPlacements: {} });
  });

  test("are all Arm where the server is asked to be, too", () => {
    const { images } = parsed({
      ...CLASS,
      ...existing({ storageClass: "standard", serverPlacement: { nodeSelector: { [ARCH]: "arm64" } } }),
      ...pool({ placement: { nodeSelector: { [ARCH]: "arm64" } } }),
    });
    expect(images.architectures).toEqual({ server: "arm64", agents: ["arm64"] });
  });
});
