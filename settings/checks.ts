import { gibibytes, mebibytes, seconds } from "../components/kubernetes/quantities";
import { count, overlap, range } from "./addresses";
import { checkNodes } from "./nodes";
import { show, type Problem } from "./problems";
import type { Create, Settings } from "./settings";

/** What no single value shows: how keys fit together. Every check returns the problems it finds, never throws. */
export function crossCheck(settings: Settings): Problem[] {
  return [
    ...checkLocation(settings),
    ...checkDisks(settings),
    ...checkRestored(settings),
    ...checkRanges(settings),
    ...checkPools(settings),
    ...(settings.cluster.mode === "create" ? checkNodes(settings, settings.cluster) : []),
  ];
}

function checkLocation({ storage }: Settings): Problem[] {
  if (storage.mode === "class") return [];
  const { google } = storage;
  if (google.zone.startsWith(`${google.region}-`)) return [];
  return [{ key: "gcp:zone", found: show(google.zone), wanted: `a zone of gcp:region, which is ${google.region}` }];
}

/** Smallest size of each disk type in GiB (Compute Engine: "Disk types"). */
const LEAST_GIB = { "pd-balanced": 10, "pd-ssd": 10, "pd-standard": 10, "hyperdisk-balanced": 4 } as const;
const MOST_GIB = 65_536;

/** Series that take Hyperdisk only, and those whose machines take hyperdisk-balanced at all (Compute Engine: "Hyperdisk"). */
const HYPERDISK_ONLY = /^(c4|c4a|c4d|n4|n4a|n4d)-/;
const HYPERDISK_BALANCED = /^(c3|c3d|c4|c4a|c4d|n4|n4a|n4d|m[1-4]|x4|z3|h3|h4d|a3|a4|g4)-/;

function checkDisks({ server, cluster, storage }: Settings): Problem[] {
  if (storage.mode === "class") return [];
  const least = LEAST_GIB[server.diskType];
  const sizes = (["disk", "artifacts"] as const)
    .filter((key) => gibibytes(server[key]) < least || gibibytes(server[key]) > MOST_GIB)
    .map((key) => ({
      key: `gocd:server.${key}`,
      found: show(server[key]),
      wanted: `${least}Gi to ${MOST_GIB}Gi, the bounds of ${server.diskType}`,
    }));
  return [...sizes, ...(cluster.mode === "create" ? checkDiskFitsMachine(server.diskType, cluster) : [])];
}

function checkDiskFitsMachine(diskType: Settings["server"]["diskType"], cluster: Create): Problem[] {
  const { machineType } = cluster.serverNodes;
  const hyperdisk = diskType.startsWith("hyperdisk");
  const fits = hyperdisk ? HYPERDISK_BALANCED.test(machineType) : !HYPERDISK_ONLY.test(machineType);
  if (fits) return [];
  return [
    {
      key: "gocd:server.diskType",
      found: show(diskType),
      wanted: `a type that attaches to ${machineType}: ${hyperdisk ? "pd-balanced, pd-ssd or pd-standard" : "hyperdisk-balanced"}`,
    },
  ];
}

function checkRestored({ server, storage, backup }: Settings): Problem[] {
  const { restored, use } = server;
  const problems: Problem[] = [];
  const names = Object.keys(restored);
  if (storage.mode === "class" && names.length > 0) {
    problems.push({
      key: "gocd:server.restored",
      found: show(names),
      wanted: "nothing where claims come from a storage class: there is no disk to make",
    });
  }
  if (storage.mode === "class" && backup.restore !== undefined) {
    problems.push({
      key: "gocd:backup.restore",
      found: show(backup.restore),
      wanted: "nothing where claims come from a storage class: there is no bucket",
    });
  }
  if (use !== undefined && !names.includes(use)) {
    const wanted =
      names.length > 0
        ? `one of ${names.join(", ")}, the names of gocd:server.restored`
        : "nothing, since gocd:server.restored has no name";
    problems.push({ key: "gocd:server.use", found: show(use), wanted });
  }
  return problems;
}

const LEAST_ADDRESSES = {
  nodes: [8, "at least a /29"],
  /** GKE gives every node a /24 at its default of 110 pods. */
  pods: [1024, "at least a /22, since every node takes a /24 of it"],
  services: [32, "at least a /27"],
} as const;

/** Ranges by key path, with those of the settings that are no range at all reported. */
function checkRanges({ cluster, agents, server }: Settings): Problem[] {
  const problems: Problem[] = [];
  const parse = (key: string, cidr: string) => {
    const parsed = range(cidr);
    if (!parsed)
      problems.push({ key, found: show(cidr), wanted: "an IPv4 range whose host bits are zero, such as 10.10.0.0/20" });
    return parsed === undefined ? [] : [{ key, cidr, range: parsed }];
  };
  const own =
    cluster.mode === "create"
      ? (["nodes", "pods", "services"] as const).flatMap((name) => {
          const key = `gocd:cluster.create.ranges.${name}`;
          const parsed = parse(key, cluster.ranges[name]);
          const [least, wanted] = LEAST_ADDRESSES[name];
          if (parsed.some((one) => count(one.range) < least))
            problems.push({ key, found: show(cluster.ranges[name]), wanted });
          return parsed;
        })
      : [];
  const docker = agents.flatMap((pool) =>
    pool.dind.addressPools.flatMap((cidr, index) => {
      const key = `gocd:agents.${pool.name}.dind.addressPools[${index}]`;
      const parsed = parse(key, cidr);
      if (parsed.some((one) => count(one.range) < 512))
        problems.push({ key, found: show(cidr), wanted: "at least a /23: Docker cuts a /24 for each network" });
      return parsed;
    }),
  );
  server.egress.forEach((cidr, index) => parse(`gocd:server.egress[${index}]`, cidr));
  for (const pool of agents)
    pool.egress.forEach((cidr, index) => parse(`gocd:agents.${pool.name}.egress[${index}]`, cidr));

  // Docker's networks of different pools may share ranges: they never meet. The cluster's may not, among themselves or with Docker's.
  for (const [index, one] of [...own, ...docker].entries()) {
    const other = own.slice(0, index).find((earlier) => overlap(earlier.range, one.range));
    if (other)
      problems.push({
        key: one.key,
        found: show(one.cidr),
        wanted: `a range apart from ${other.key}, which is ${other.cidr}`,
      });
  }
  return problems;
}

/** GKE waits at most an hour for a pod when it upgrades a node. */
const LONGEST_GRACE_SECONDS = 3600;
const SHORTEST_GRACE_SECONDS = 60;
const LEAST_DIND_MIB = 512;
const LEAST_AGENT_MIB = 512;

/** Node pools may have 40 characters, of which Pulumi takes 8 to tell a new one from the one it replaces. */
const LONGEST_NODE_POOL = 32;
/** What housekeeping writes on agents (images/housekeeping/src/record.ts). */
const RESERVED_RESOURCES = ["draining", "housekeeping"];
/** Node pools of these names exist already. */
const TAKEN = ["server", "agents"];

function checkPools({ name, agents, cluster }: Settings): Problem[] {
  return agents.flatMap((pool) => {
    const key = `gocd:agents.${pool.name}`;
    const problems: Problem[] = [];
    if (pool.nodes && (TAKEN.includes(pool.name) || `${name}-${pool.name}`.length > LONGEST_NODE_POOL)) {
      const most = LONGEST_NODE_POOL - name.length - 1;
      problems.push({
        key,
        found: show(pool.name),
        wanted: `with nodes of its own a name of at most ${most} characters, and none of ${TAKEN.join(", ")}`,
      });
    }
    if (pool.nodes && cluster.mode === "existing") {
      problems.push({
        key: `${key}.nodes`,
        found: "a map",
        wanted: "nothing: nodes of a cluster that exists are not made here",
      });
    }
    const grace = seconds(pool.gracePeriod);
    if (grace < SHORTEST_GRACE_SECONDS || grace > LONGEST_GRACE_SECONDS) {
      problems.push({
        key: `${key}.gracePeriod`,
        found: show(pool.gracePeriod),
        wanted: "60s to 1h, which is how long a node's upgrade waits",
      });
    }
    if (mebibytes(pool.dind.memory) < LEAST_DIND_MIB) {
      problems.push({
        key: `${key}.dind.memory`,
        found: show(pool.dind.memory),
        wanted: `at least ${LEAST_DIND_MIB}Mi`,
      });
    }
    if (mebibytes(pool.agent.memory) < LEAST_AGENT_MIB) {
      problems.push({
        key: `${key}.agent.memory`,
        found: show(pool.agent.memory),
        wanted: `at least ${LEAST_AGENT_MIB}Mi, half of which the JVM takes`,
      });
    }
    const reserved = pool.resources.find((resource) => RESERVED_RESOURCES.includes(resource));
    if (reserved !== undefined) {
      problems.push({
        key: `${key}.resources`,
        found: show(reserved),
        wanted: "another name; housekeeping marks agents with this one",
      });
    }
    for (const list of ["resources", "environments"] as const) {
      const twice = pool[list].find((item, index) => pool[list].indexOf(item) !== index);
      if (twice !== undefined) problems.push({ key: `${key}.${list}`, found: show(twice), wanted: "every name once" });
    }
    return problems;
  });
}
