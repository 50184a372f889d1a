import * as fc from "fast-check";
import { type BadSetting, create, parse, pool, PREBUILT, problemsOf, STACK, testBad } from "./stack";

/** See {@link BadSetting}. */
const BAD: readonly BadSetting[] = [
  ["a key that does not exist", { "gocd:sever": {} }, "gocd:sever", /does not exist/, /server/],
  [
    "a key inside that does not exist",
    { "gocd:server": { dsik: "30Gi" } },
    "gocd:server.dsik",
    /does not exist/,
    /disk, artifacts/,
  ],
  [
    "a key two levels inside that does not exist",
    create({ agentNodes: { maximum: 3 } }),
    "gocd:cluster.create.agentNodes.maximum",
    /does not exist/,
    /max/,
  ],
  [
    "a pool's key that does not exist",
    pool({ replica: 1 }),
    "gocd:agents.docker.replica",
    /does not exist/,
    /replicas/,
  ],
  [
    "a key of a pool's daemon that does not exist",
    pool({ dind: { ram: "1Gi" } }),
    "gocd:agents.docker.dind.ram",
    /does not exist/,
    /memory/,
  ],
  ["text for a map", { "gocd:server": "big" }, "gocd:server", /"big"/, /map/],
  ["a list for a map", { "gocd:agents": [] }, "gocd:agents", /\[\]/, /map of pools/],
  ["pools left empty", { "gocd:agents": "" }, "gocd:agents", /^nothing$/, /at least one, such as docker/],
  ["a cluster left empty", { "gocd:cluster": "" }, "gocd:cluster", /^nothing$/, /create or existing/],
  [
    "one pool left empty",
    { "gocd:agents": { docker: null } },
    "gocd:agents.docker",
    /^nothing$/,
    /\{\} for the defaults/,
  ],
  ["a namespace that does not exist", { "gcod:server": {} }, "gcod:server", /nothing reads/, /gocd:/],
  ["an access that does not exist yet", { "gocd:access": "public" }, "gocd:access", /"public"/, /port-forward/],
  [
    "credentials in plain text",
    { "gocd:configRepositoryCredentials": "x" },
    "gocd:configRepositoryCredentials",
    /^plain text$/,
    /--secret/,
  ],
  ["a secret in plain text", { "gocd:adminPassword": "hunter2" }, "gocd:adminPassword", /^plain text$/, /--secret/],
];

describe("bad settings", () => {
  testBad(BAD);

  test("are reported all at once, across parts and kinds", () => {
    const problems = problemsOf(() =>
      parse({
        ...STACK,
        "gcp:zone": "europe-west1-b",
        "gocd:backup": { schedule: "never" },
        "gocd:server": { disk: "5Gi" },
        "gocd:agents": { docker: { replicas: 0 }, Bad: {} },
        "gocd:typo": 1,
      }),
    );
    expect(problems.map(({ key }) => key).sort()).toEqual([
      "gcp:zone",
      "gocd:agents.Bad",
      "gocd:agents.docker.replicas",
      "gocd:backup.schedule",
      "gocd:server.disk",
      "gocd:typo",
    ]);
  });

  test("are reported beside others of the same part, at every level and whichever check finds them", () => {
    const problems = problemsOf(() =>
      parse({
        ...STACK,
        "gcp:project": "My Project",
        "gcp:zone": "europe-west1-b",
        "gocd:cluster": {
          create: { releaseChannel: "FAST", agentNodes: { disk: "1Gi" }, ranges: { pods: "10.0.0.1/8" } },
        },
        "gocd:server": { disk: "5Gi", siteUrl: "ftp://x", egress: ["x", "y"], use: "monday" },
        "gocd:agents": {
          Bad: { replicas: 0, dind: { ram: 1 } },
          docker: { dind: { cpu: -1 }, gracePeriod: "3h", resources: ["a", "A"] },
          large: { dind: { cpu: 30 } },
        },
        "gocd:images": { prebuilt: { server: "x:1", agent: PREBUILT["agent"] } },
      }),
    );
    expect(problems.map(({ key }) => key).sort()).toEqual([
      "gcp:project",
      "gcp:zone",
      "gocd:agents.Bad",
      "gocd:agents.Bad.dind.ram",
      "gocd:agents.Bad.replicas",
      "gocd:agents.docker.dind.cpu",
      "gocd:agents.docker.gracePeriod",
      "gocd:agents.docker.resources",
      "gocd:agents.large",
      "gocd:cluster.create.agentNodes.disk",
      "gocd:cluster.create.ranges.pods",
      "gocd:cluster.create.releaseChannel",
      "gocd:images.prebuilt.dind",
      "gocd:images.prebuilt.housekeeping",
      "gocd:images.prebuilt.server",
      "gocd:server.disk",
      "gocd:server.egress[0]",
      "gocd:server.egress[1]",
      "gocd:server.siteUrl",
      "gocd:server.use",
    ]);
  });

  test("are not held against each other: what depends on a wrong value is not judged by its default", () => {
    const problems = problemsOf(() =>
      parse({
        ...STACK,
        "gcp:region": "central",
        "gocd:cluster": {
          create: { agentNodes: { machineType: "big one", max: 20 }, serverNodes: { machineType: 7 } },
        },
        "gocd:server": { cpu: "30", heap: "60Gi" },
        "gocd:agents": { docker: { replicas: 9, dind: { cpu: 30, memory: "100Gi" } } },
      }),
    );
    expect(problems.map(({ key }) => key).sort()).toEqual([
      "gcp:region",
      "gocd:cluster.create.agentNodes.machineType",
      "gocd:cluster.create.serverNodes.machineType",
    ]);
  });

  test("are problems, never crashes, whatever stands in the file", () => {
    const words = fc.constantFrom(
      "create",
      "existing",
      "docker",
      "dind",
      "nodes",
      "restored",
      "prebuilt",
      "x",
      "__proto__",
    );
    const { value } = fc.letrec<{ readonly value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        fc.jsonValue({ maxDepth: 0 }),
        fc.dictionary(words, tie("value"), { maxKeys: 4 }),
        fc.array(tie("value"), { maxLength: 2 }),
      ),
    }));
    const keys = Object.keys(STACK).concat("gocd:server", "gocd:images", "gocd:backup");
    const stacks = fc.dictionary(fc.constantFrom(...keys), value);
    fc.assert(
      fc.property(stacks, (changes) => {
        const places = problemsOf(() => parse({ ...STACK, ...changes })).map(({ key, wanted }) => `${key} ${wanted}`);
        expect(places).toEqual([...new Set(places)]);
      }),
      { numRuns: 500 },
    );
  });

  test("of a cluster that exists are not taken for those of one that is made here", () => {
    const problems = problemsOf(() =>
      parse({
        "gocd:cluster": { existing: { storageClass: "standard" } },
        "gocd:agents": { docker: { placement: { nodeSelector: { a: "b" } }, dind: { cpu: 64 } } },
        "gocd:images": { prebuilt: PREBUILT },
      }),
    );
    expect(problems.map(({ key }) => key)).toEqual(["gocd:cluster.existing.context"]);
  });

  test("quote no secret, neither one under its own key nor one under a plain key", () => {
    const config = { ...STACK, "gocd:server": { siteUrl: "canary-7f3a" }, "gocd:adminPassword": "canary-9b2c" };
    const problems = problemsOf(() => parse(config, "dev", ["gocd:server", "gocd:adminPassword"]));
    expect(problems.map(({ key, found }) => [key, found])).toEqual([["gocd:server", "a secret"]]);
    expect(JSON.stringify(problems)).not.toContain("canary");
  });

  test("cannot reach the terminal with control characters", () => {
    const problems = problemsOf(() =>
      parse({ ...STACK, "gocd:server": { "\u001b[2J": 1, disk: "\u001b[31m\u009b5" } }),
    );
    expect(problems).toHaveLength(2);
    // eslint-disable-next-line no-control-regex -- control characters are what this looks for
    expect(JSON.stringify(problems).match(/[\u0000-\u001f\u007f-\u009f]/)).toBeNull();
  });

  test.each(["Dev", "dev_1", "1dev", "a".repeat(19), "", "dev-agents", "dev-data", "dev-data-x", "dev-artifacts"])(
    "refuse the stack name %j, which becomes part of others",
    (name) => {
      expect(problemsOf(() => parse(STACK, name)).map(({ key }) => key)).toEqual(["stack"]);
    },
  );
});

describe("good settings", () => {
  test("need no more than a place, a cluster and a pool", () => {
    expect(parse(STACK)).toMatchObject({
      name: "gocd-dev",
      cluster: { mode: "create", google: { zone: "us-central1-a" } },
      storage: { mode: "disks", google: { zone: "us-central1-a" } },
      images: { mode: "google", project: "my-project", registry: "gcr.io", repository: "create" },
      agents: [{ name: "docker", replicas: 2, rotation: 1 }],
    });
  });

  test("may have nothing behind the colon of a part whose every key has a default", () => {
    const empty = { "gocd:server": "", "gocd:images": "", "gocd:access": "", "gocd:backup": "" };
    expect(parse({ ...STACK, ...empty })).toEqual(parse(STACK));
  });

  test("need nothing of Google's where claims come from a storage class", () => {
    const settings = parse({
      "gocd:cluster": { existing: { context: "kind-gocd", storageClass: "standard" } },
      "gocd:agents": { docker: {} },
      "gocd:images": { prebuilt: PREBUILT },
    });
    expect(settings).toMatchObject({
      storage: { mode: "class", storageClass: "standard" },
      images: { mode: "prebuilt" },
    });
    expect(JSON.stringify(settings)).not.toContain("google");
  });

  test("take the default of Pulumi.yaml, an empty text, as no password", () => {
    expect(problemsOf(() => parse({ ...STACK, "gocd:adminPassword": "" }))).toEqual([]);
  });
});
