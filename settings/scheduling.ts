import { bytes, cores, mebibytes } from "../kubernetes/quantities";
import { allocatable, allocatableStorage, fit, machine, type Resources } from "./capacity";
import { attaches, machineTypeProblems, serverMachineProblems } from "./machines";
import { formatValue, problem, type HasProblem, type Problem } from "./problems";
import type { Pool } from "./agents";
import type { Create } from "./cluster";
import type { Settings } from "./types";

/** The whole pod as the scheduler sees it: requests of the agent and of its sidecars. */
function podOf(pool: Pool) {
  const containers = [pool.agent, pool.dind, ...Object.values(pool.pod.sidecars)];
  const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);
  return {
    cpu: sum(containers.map(({ cpu }) => cores(cpu))),
    memory: sum(containers.map(({ memory }) => bytes(memory))) / 2 ** 20,
  };
}

/** How many agents of a pool fit on a node: by cores and memory, and by the ephemeral storage of its boot disk. */
function fitting(node: Resources, disk: string, pool: Pool): number {
  const gib = (size: string) => bytes(size) / 2 ** 30;
  const stored = Math.floor(allocatableStorage(gib(disk)) / gib(pool.agent.ephemeralStorage));
  return Math.min(fit(node, podOf(pool)), stored);
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
  const made = nodeGroups(settings, create).filter(({ key }) => !hasProblem(key));
  const groups = made
    .map((group) => ({ ...group, pools: group.pools.filter(sound) }))
    .filter(({ pools }) => pools.length > 0);
  const server = [
    "gocd:cluster.create.serverNodes",
    "gocd:server.diskType",
    "gocd:server.artifactsDiskType",
    "gocd:server.cpu",
    "gocd:server.heap",
    "gocd:server.headroom",
  ];
  return [
    ...made.flatMap(({ key, nodes }) => [
      ...machineTypeProblems(`${key}.machineType`, nodes.machineType),
      ...bootDiskTypeProblems(key, nodes),
    ]),
    ...(hasProblem("gocd:cluster.create.serverNodes")
      ? []
      : bootDiskTypeProblems("gocd:cluster.create.serverNodes", create.serverNodes)),
    ...groups.flatMap(groupProblems),
    ...(hasProblem(...server) ? [] : serverProblems(settings, create)),
  ];
}

/** A boot disk of a type that its machine does not take. */
function bootDiskTypeProblems(key: string, { machineType, diskType }: Create["serverNodes"]): Problem[] {
  if (diskType === undefined || attaches(machineType, diskType)) return [];
  const wanted = `a type that attaches to ${machineType}, or nothing for GKE's default`;
  return [problem(`${key}.diskType`, diskType, wanted)];
}

function serverProblems({ server }: Settings, { serverNodes: { machineType } }: Create): Problem[] {
  const unfit = serverMachineProblems("gocd:cluster.create.serverNodes.machineType", machineType);
  if (unfit.length > 0) return unfit;
  const { diskType, artifactsDiskType, heap, headroom, cpu } = server;
  const detached = (["diskType", "artifactsDiskType"] as const).flatMap((key) => {
    const type = { diskType, artifactsDiskType }[key];
    if (type === undefined || attaches(machineType, type)) return [];
    const fitting = type.startsWith("hyperdisk") ? "pd-balanced, pd-ssd or pd-standard" : "hyperdisk-balanced";
    const wanted = `a type that attaches to ${machineType}: ${fitting}`;
    return [problem(`gocd:server.${key}`, type, wanted)];
  });
  if (detached.length > 0) return detached;
  const node = machine(machineType);
  if (node === undefined) return [];
  const free = allocatable(node);
  const problems: Problem[] = [];
  if (cores(cpu) > free.cpu) {
    const wanted = `no more than ${free.cpu.toFixed(1)}, which a node of ${machineType} has free`;
    problems.push(problem("gocd:server.cpu", cpu, wanted));
  }
  const memory = mebibytes(heap) + mebibytes(headroom);
  if (memory > free.memory) {
    const wanted = `a heap that leaves the server, ${memory}Mi with its headroom, room on a node of ${machineType}`;
    problems.push(problem("gocd:server.heap", heap, wanted));
  }
  return problems;
}

function groupProblems({ key, nodes, pools }: ReturnType<typeof nodeGroups>[number]): Problem[] {
  const node = machine(nodes.machineType);
  if (node === undefined) return [];
  const free = allocatable(node);
  const asked = pools.map((pool) => ({ pool, pod: podOf(pool), fits: fitting(node, nodes.disk, pool) }));
  const problems = asked.flatMap(({ pool, pod, fits }): Problem[] => {
    if (fits < 1 && fit(node, pod) >= 1) {
      const most = Math.floor(allocatableStorage(bytes(nodes.disk) / 2 ** 30));
      const wanted = `no more than ${most}Gi, which a boot disk of ${nodes.disk} has free (${key}.disk)`;
      const found = formatValue(pool.agent.ephemeralStorage);
      return [{ key: `gocd:agents.${pool.name}.agent.ephemeralStorage`, found, wanted }];
    }
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
    return [problem(`gocd:agents.${pool.name}.replicas`, pool.replicas, wanted)];
  });
  if (problems.length > 0) return problems;
  // All pools of the group together: fewer nodes than this cannot do, however well they are packed.
  const cpu = asked.reduce((sum, { pool, pod }) => sum + pool.replicas * pod.cpu, 0);
  const memory = asked.reduce((sum, { pool, pod }) => sum + pool.replicas * pod.memory, 0);
  const least = Math.max(Math.ceil(cpu / free.cpu), Math.ceil(memory / free.memory));
  if (least <= nodes.max) return [];
  return [problem(`${key}.max`, nodes.max, `at least ${least} nodes for all pools together`)];
}
