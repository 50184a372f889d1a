import { bytes, cores, mebibytes } from "../kubernetes/quantities";
import { allocatable, fit, machine } from "./capacity";
import { formatValue, type HasProblem, type Problem } from "./problems";
import type { Pool } from "./agents";
import type { Create } from "./cluster";
import type { Settings } from "./types";

/** The whole pod as the scheduler sees it: requests of the agent and of its sidecar. */
function podOf(pool: Pool) {
  return {
    cpu: cores(pool.agent.cpu) + cores(pool.dind.cpu),
    memory: (bytes(pool.agent.memory) + bytes(pool.dind.memory)) / 2 ** 20,
  };
}

/** The pools that share nodes: each with nodes of its own alone, all others together. */
function nodeGroups({ agents }: Settings, { agentNodes }: Create) {
  const own = agents.flatMap((pool) =>
    pool.nodes ? [{ key: `gocd:agents.${pool.name}.nodes`, nodes: pool.nodes, pools: [pool] }] : [],
  );
  const pools = agents.filter((pool) => pool.nodes === undefined);
  return [...own, { key: "gocd:cluster.create.agentNodes", nodes: agentNodes, pools }];
}

/** Whether the nodes that are made here can run what shall run on them, and have room for it. */
export function nodeProblems(settings: Settings, create: Create, hasProblem: HasProblem): Problem[] {
  const sound = ({ name }: Pool) => !hasProblem(`gocd:agents.${name}`);
  const groups = nodeGroups(settings, create)
    .map((group) => ({ ...group, pools: group.pools.filter(sound) }))
    .filter(({ key, pools }) => pools.length > 0 && !hasProblem(key));
  const server = ["gocd:cluster.create.serverNodes", "gocd:server.diskType", "gocd:server.cpu", "gocd:server.heap"];
  return [
    ...groups.flatMap(({ key, nodes }) => machineProblems(`${key}.machineType`, nodes.machineType)),
    ...groups.flatMap(groupProblems),
    ...(hasProblem(...server) ? [] : serverProblems(settings, create)),
  ];
}

/** Series with Arm processors. The images are built for amd64, and GKE keeps such nodes to pods that ask for Arm. */
const ARM = /^(t2a|c4a|n4a)-/;
/** Series that take Hyperdisk only, and those whose machines take hyperdisk-balanced at all (Compute Engine: "Hyperdisk"). */
const HYPERDISK_ONLY = /^(c4|c4d|n4|n4d)-/;
const HYPERDISK_BALANCED = /^(c3|c3d|c4|c4d|n4|n4d|m[1-4]|x4|z3|h3|h4d|a3|a4|g4)-/;

/** Whether the agents' machines run their images and take their claims, which GKE's class `standard-rwo` makes of pd-balanced. */
function machineProblems(key: string, machineType: string): Problem[] {
  if (ARM.test(machineType)) return [{ key, found: formatValue(machineType), wanted: AMD64 }];
  if (!HYPERDISK_ONLY.test(machineType)) return [];
  return [
    {
      key,
      found: formatValue(machineType),
      wanted: "a series that takes pd-balanced, of which the agents' claims are made",
    },
  ];
}

const AMD64 = "a machine type with amd64 processors, for which the images are built";

function serverProblems({ server }: Settings, { serverNodes: { machineType } }: Create): Problem[] {
  if (ARM.test(machineType)) {
    return [{ key: "gocd:cluster.create.serverNodes.machineType", found: formatValue(machineType), wanted: AMD64 }];
  }
  const { diskType, heap, cpu } = server;
  const hyperdisk = diskType.startsWith("hyperdisk");
  if (hyperdisk ? !HYPERDISK_BALANCED.test(machineType) : HYPERDISK_ONLY.test(machineType)) {
    const fitting = hyperdisk ? "pd-balanced, pd-ssd or pd-standard" : "hyperdisk-balanced";
    const wanted = `a type that attaches to ${machineType}: ${fitting}`;
    return [{ key: "gocd:server.diskType", found: formatValue(diskType), wanted }];
  }
  const node = machine(machineType);
  if (node === undefined) return [];
  const free = allocatable(node);
  const problems: Problem[] = [];
  if (cores(cpu) > free.cpu) {
    const wanted = `no more than ${free.cpu.toFixed(1)}, which a node of ${machineType} has free`;
    problems.push({ key: "gocd:server.cpu", found: formatValue(cpu), wanted });
  }
  if (serverMemory(heap) > free.memory) {
    const wanted = `a heap that leaves the server, ${serverMemory(heap)}Mi in all, room on a node of ${machineType}`;
    problems.push({ key: "gocd:server.heap", found: formatValue(heap), wanted });
  }
  return problems;
}

function groupProblems({ key, nodes, pools }: ReturnType<typeof nodeGroups>[number]): Problem[] {
  const node = machine(nodes.machineType);
  if (node === undefined) return [];
  const free = allocatable(node);
  const asked = pools.map((pool) => ({ pool, pod: podOf(pool), fits: fit(node, podOf(pool)) }));
  const problems = asked.flatMap(({ pool, pod, fits }): Problem[] => {
    if (fits < 1) {
      return [
        {
          key: `gocd:agents.${pool.name}`,
          found: `agents of ${pod.cpu} CPU and ${pod.memory}Mi (agent and dind together)`,
          wanted: `no more than ${free.cpu.toFixed(1)} CPU and ${Math.floor(free.memory)}Mi, which a node of ${nodes.machineType} has free`,
        },
      ];
    }
    if (Math.ceil(pool.replicas / fits) <= nodes.max) return [];
    const wanted = `at most ${fits * nodes.max}: ${fits} of these agents on each of ${nodes.max} nodes (${key}.max)`;
    return [{ key: `gocd:agents.${pool.name}.replicas`, found: formatValue(pool.replicas), wanted }];
  });
  if (problems.length > 0) return problems;
  // All pools of the group together: fewer nodes than this cannot do, however well they are packed.
  const cpu = asked.reduce((sum, { pool, pod }) => sum + pool.replicas * pod.cpu, 0);
  const memory = asked.reduce((sum, { pool, pod }) => sum + pool.replicas * pod.memory, 0);
  const least = Math.max(Math.ceil(cpu / free.cpu), Math.ceil(memory / free.memory));
  if (least <= nodes.max) return [];
  return [
    { key: `${key}.max`, found: formatValue(nodes.max), wanted: `at least ${least} nodes for all pools together` },
  ];
}

/** GoCD's documentation asks for memory beside the heap: metaspace of 400 MiB, threads, code cache, H2's mapped files. */
function serverMemory(heap: string): number {
  return mebibytes(heap) + 1024;
}
