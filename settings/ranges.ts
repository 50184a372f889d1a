import { count, overlap, range, type Range } from "./addresses";
import { proxyRange, type Company } from "./company";
import { problem, type HasProblem, type Problem } from "./problems";
import type { Create } from "./cluster";
import type { Settings } from "./types";

/** A range of the settings, by its key path. */
interface Named {
  readonly key: string;
  readonly cidr: string;
  readonly range: Range;
}

/** Where the metadata server is, which hands out tokens. */
const LINK_LOCAL = { cidr: "169.254.0.0/16", range: { first: 0xa9fe0000, last: 0xa9feffff } };

/** IPv4 ranges: each a range at all, large enough, with no address of those that it must not overlap. */
export function rangeProblems({ cluster, agents, server, access }: Settings, hasProblem: HasProblem): Problem[] {
  const problems: Problem[] = [];
  const parseOne = (key: string, cidr: string): Named[] => {
    const parsed = range(cidr);
    if (parsed !== undefined) return [{ key, cidr, range: parsed }];
    problems.push(problem(key, cidr, RANGE));
    return [];
  };
  const parse = (key: string, cidrs: readonly string[]): Named[] =>
    cidrs.flatMap((cidr, index) => parseOne(`${key}[${index}]`, cidr));

  const own =
    cluster.mode === "create"
      ? [...ownRanges(cluster, agents, problems, hasProblem), ...proxyRanges(access, parseOne, problems)]
      : [];
  const docker = agents
    .map((pool) => ({ key: `gocd:agents.${pool.name}.dind.addressPools`, cidrs: pool.dind.addressPools }))
    .flatMap(({ key, cidrs }) => (hasProblem(key) ? [] : parse(key, cidrs)));
  for (const { key, cidr } of docker.filter((one) => count(one.range) < 512)) {
    problems.push(problem(key, cidr, "at least a /23: Docker cuts a /24 for each network"));
  }
  // Docker's networks of different pools may share ranges: they never meet. The cluster's may not, among themselves or with Docker's.
  for (const [index, one] of [...own, ...docker].entries()) {
    const other = own.slice(0, index).find((earlier) => overlap(earlier.range, one.range));
    if (other) problems.push(problem(one.key, one.cidr, notOverlapping(other)));
  }

  const egress = [
    ...parse("gocd:server.egress", asked(server)),
    ...agents.flatMap((pool) => parse(`gocd:agents.${pool.name}.egress`, asked(pool))),
    ...proxies(server, agents),
  ];
  for (const { key, cidr, range: opened } of egress) {
    const other = own.find((one) => overlap(one.range, opened));
    if (overlap(LINK_LOCAL.range, opened)) {
      const wanted = `a range outside ${LINK_LOCAL.cidr}, where the metadata server is (a pool's workloadIdentity opens it)`;
      problems.push(problem(key, cidr, wanted));
    } else if (other) {
      problems.push(problem(key, cidr, `${notOverlapping(other)}: inside the cluster pods are opened by name`));
    }
  }
  return problems;
}

interface Opens {
  readonly egress: readonly string[];
  readonly company: Company;
}

/** The ranges that somebody asked for, without that of the company's proxy, which comes last. */
const asked = ({ egress, company }: Opens) => egress.slice(0, egress.length - proxyRange(company).length);

/** The company's proxies that have an address for a name; a pool's where it is another one. */
function proxies(server: Opens, agents: Settings["agents"]): Named[] {
  const url = server.company.proxy?.url;
  const others = agents
    .filter(({ company }) => company.proxy?.url !== url)
    .map(({ name, company }) => ({ key: `gocd:agents.${name}.company`, company }));
  return [{ key: "gocd:company", company: server.company }, ...others].flatMap(({ key, company }) =>
    proxyRange(company).flatMap((cidr) => {
      const parsed = range(cidr);
      return parsed === undefined ? [] : [{ key: `${key}.proxy.url`, cidr: company.proxy?.url ?? cidr, range: parsed }];
    }),
  );
}

/** Where the proxies of an internal load balancer are; Google takes no fewer than 64 addresses. */
function proxyRanges(
  access: Settings["access"],
  parse: (key: string, cidr: string) => Named[],
  problems: Problem[],
): Named[] {
  if (access.mode !== "google" || access.google.proxies === undefined) return [];
  const key = "gocd:access.google.proxies";
  const parsed = parse(key, access.google.proxies);
  for (const { cidr } of parsed.filter((one) => count(one.range) < 64)) {
    problems.push(problem(key, cidr, "at least a /26; Google recommends a /23"));
  }
  return parsed;
}

const RANGE = "an IPv4 range whose host bits are zero, such as 10.10.0.0/20";
const notOverlapping = ({ key, cidr }: Named) => `a range that does not overlap ${key}, which is ${cidr}`;

/** GKE gives every node a /24 of the pods' range at its default of 110 pods. */
const PODS_PER_NODE = 256;
/** Addresses that Google keeps in every subnetwork. */
const KEPT = 4;
/** The server's node and the one that takes its place (components/cluster). */
const SERVER_NODES = 2;

/** The cluster's own ranges, with room for every node that the autoscaler may start and one more of each pool for upgrades. */
function ownRanges(cluster: Create, agents: Settings["agents"], problems: Problem[], hasProblem: HasProblem): Named[] {
  const unsure = hasProblem("gocd:cluster.create.agentNodes", ...agents.map(({ name }) => `gocd:agents.${name}.nodes`));
  const pools = [SERVER_NODES, cluster.agentNodes.max, ...agents.flatMap(({ nodes }) => (nodes ? [nodes.max] : []))];
  const nodes = pools.reduce((sum, most) => sum + most + 1, 0);
  const least = {
    nodes: [nodes + KEPT, `, since there may be ${nodes} nodes`],
    pods: [nodes * PODS_PER_NODE, `, since every node takes a /24 and there may be ${nodes}`],
    services: [32, ""],
  } as const;
  return (["nodes", "pods", "services"] as const).flatMap((name) => {
    const key = `gocd:cluster.create.ranges.${name}`;
    if (hasProblem(key)) return [];
    const cidr = cluster.ranges[name];
    const parsed = range(cidr);
    if (parsed === undefined) {
      problems.push(problem(key, cidr, RANGE));
      return [];
    }
    const [addresses, why] = least[name];
    if (count(parsed) < addresses && !unsure) {
      const wanted = `at least a /${32 - Math.ceil(Math.log2(addresses))}${why}`;
      problems.push(problem(key, cidr, wanted));
    }
    return [{ key, cidr, range: parsed }];
  });
}
