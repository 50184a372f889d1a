import { type BadSetting, create, parse, pool, type Stack, STACK, testBad } from "./stack";

/** See {@link BadSetting}. */
const BAD: readonly BadSetting[] = [
  ["text for a number", pool({ replicas: "two" }), "gocd:agents.docker.replicas", /"two"/, /whole number/],
  ["a fraction of an agent", pool({ replicas: 1.5 }), "gocd:agents.docker.replicas", /1.5/, /whole number/],
  ["no agents in a pool", pool({ replicas: 0 }), "gocd:agents.docker.replicas", /0/, /from 1 to 200/],
  ["fewer than none", pool({ replicas: -1 }), "gocd:agents.docker.replicas", /-1/, /from 1/],
  ["more than a Secret holds", pool({ replicas: 201 }), "gocd:agents.docker.replicas", /201/, /200/],
  ["no pool", { "gocd:agents": {} }, "gocd:agents", /\{\}/, /at least one, such as docker/],
  ["a pool name with capitals", { "gocd:agents": { Docker: {} } }, "gocd:agents.Docker", /"Docker"/, /DNS label/],
  [
    "a pool name that is too long",
    { "gocd:agents": { ["a".repeat(41)]: {} } },
    `gocd:agents.${"a".repeat(41)}`,
    /aaa/,
    /40/,
  ],
  ["a size of nothing", pool({ cache: "0Gi" }), "gocd:agents.docker.cache", /"0Gi"/, /30Gi/],
  ["a CPU of nothing", pool({ dind: { cpu: "0" } }), "gocd:agents.docker.dind.cpu", /0/, /above 0/],
  ["a CPU that is none", pool({ agent: { cpu: "fast" } }), "gocd:agents.docker.agent.cpu", /"fast"/, /500m/],
  [
    "a daemon without memory to work",
    pool({ dind: { memory: "64Mi" } }),
    "gocd:agents.docker.dind.memory",
    /"64Mi"/,
    /512Mi/,
  ],
  [
    "an agent without memory for its JVM",
    pool({ agent: { memory: "128Mi" } }),
    "gocd:agents.docker.agent.memory",
    /"128Mi"/,
    /512Mi/,
  ],
  ["a cache in the wrong unit", pool({ cache: "100Mi" }), "gocd:agents.docker.cache", /"100Mi"/, /1Gi to 65536Gi/],
  [
    "a claim larger than any disk",
    pool({ workspace: "99999999999999999999Ti" }),
    "gocd:agents.docker.workspace",
    /9999/,
    /1Gi to 65536Gi, the bounds of a claim/,
  ],
  ["an MTU that no network has", pool({ dind: { mtu: 65_536 } }), "gocd:agents.docker.dind.mtu", /65536/, /8896/],
  [
    "a mirror that is no URL",
    pool({ dind: { mirrors: ["mirror.gcr.io"] } }),
    "gocd:agents.docker.dind.mirrors[0]",
    /mirror.gcr.io/,
    /https:\/\//,
  ],
  [
    "a grace period that no node's upgrade waits for",
    pool({ gracePeriod: "2h" }),
    "gocd:agents.docker.gracePeriod",
    /"2h"/,
    /60s to 3540s/,
  ],
  ["a grace period of a whole hour", pool({ gracePeriod: "1h" }), "gocd:agents.docker.gracePeriod", /"1h"/, /3540s/],
  [
    "an API of Docker that no daemon speaks",
    pool({ dind: { minApiVersion: "1.23" } }),
    "gocd:agents.docker.dind.minApiVersion",
    /1\.23/,
    /from 1\.24/,
  ],
  [
    "an API of Docker that YAML reads as a number",
    pool({ dind: { minApiVersion: 1.3 } }),
    "gocd:agents.docker.dind.minApiVersion",
    /1\.3/,
    /such as 1\.32/,
  ],
  ["a duration without unit", pool({ gracePeriod: "30" }), "gocd:agents.docker.gracePeriod", /30/, /30m/],
  [
    "a resource that GoCD refuses",
    pool({ resources: ["a/b"] }),
    "gocd:agents.docker.resources[0]",
    /"a\/b"/,
    /GoCD name/,
  ],
  ["a resource twice", pool({ resources: ["docker", "docker"] }), "gocd:agents.docker.resources", /docker/, /once/],
  [
    "a resource twice but for capitals",
    pool({ resources: ["docker", "Docker"] }),
    "gocd:agents.docker.resources",
    /"Docker"/,
    /capitals make no difference/,
  ],
  [
    "a pool called like the account of every namespace",
    { "gocd:agents": { default: {} } },
    "gocd:agents.default",
    /"default"/,
    /another name/,
  ],
  [
    "a number both broken and too large",
    pool({ replicas: 1e99 }),
    "gocd:agents.docker.replicas",
    /1e\+99/,
    /from 1 to/,
  ],
  ["a rotation below one", pool({ rotation: 0 }), "gocd:agents.docker.rotation", /0/, /from 1/],
  [
    "a resource that housekeeping uses",
    pool({ resources: ["draining"] }),
    "gocd:agents.docker.resources",
    /draining/,
    /another name/,
  ],
  [
    "an environment that another pool spells otherwise",
    {
      ...create({ agentNodes: { max: 9 } }),
      "gocd:agents": { a: { environments: ["test"] }, b: { environments: ["x", "Test"] } },
    },
    "gocd:agents.b.environments[1]",
    /"Test"/,
    /"test", as in gocd:agents.a.environments\[0\]/,
  ],
];

describe("settings of agent pools", () => {
  testBad(BAD);

  test("give jobs half an hour by default, and on spot nodes what these give", () => {
    const pools = { shared: {}, own: { nodes: { spot: true } }, longer: { gracePeriod: "3540s" } };
    const periods = (stack: Stack) => parse(stack).agents.map(({ name, gracePeriod }) => [name, gracePeriod]);
    expect(periods({ ...STACK, "gocd:agents": pools })).toEqual([
      ["longer", "3540s"],
      ["own", "45s"],
      ["shared", "30m"],
    ]);
    expect(periods({ ...STACK, ...create({ agentNodes: { spot: true } }) })).toEqual([["docker", "45s"]]);
  });

  test("list pools in the order of their names, whatever the file's", () => {
    const settings = parse({ ...STACK, ...create({ agentNodes: { max: 9 } }), "gocd:agents": { zebra: {}, ant: {} } });
    expect(settings.agents.map(({ name }) => name)).toEqual(["ant", "zebra"]);
  });

  test("accept CPU as a number and as text", () => {
    const settings = parse({ ...STACK, ...pool({ agent: { cpu: 0.5 }, dind: { cpu: 1 } }) });
    expect(settings.agents[0]).toMatchObject({ agent: { cpu: "0.5" }, dind: { cpu: "1" } });
  });
});
