import { bytes, cores, mebibytes } from "../components/kubernetes/quantities";
import { allocatable, fit, machine } from "./capacity";
import { show, type Problem } from "./problems";
import type { Create, Pool, Settings } from "./settings";

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

/** Whether the nodes that are made here have room for what shall run on them. */
export function checkNodes(settings: Settings, create: Create): Problem[] {
  const groups = nodeGroups(settings, create).flatMap(checkGroup);
  const { machineType } = create.serverNodes;
  const node = machine(machineType);
  const { heap, cpu } = settings.server;
  if (node === undefined || fit(node, { cpu: cores(cpu), memory: serverMemory(heap) }) >= 1) return groups;
  const wanted = `a heap that leaves the server, ${serverMemory(heap)}Mi in all, room on a node of ${machineType}`;
  return [...groups, { key: "gocd:server.heap", found: show(heap), wanted }];
}

function checkGroup({ key, nodes, pools }: ReturnType<typeof nodeGroups>[number]): Problem[] {
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
    return [{ key: `gocd:agents.${pool.name}.replicas`, found: show(pool.replicas), wanted }];
  });
  if (problems.length > 0) return problems;
  // All pools of the group together: fewer nodes than this cannot do, however well they are packed.
  const cpu = asked.reduce((sum, { pool, pod }) => sum + pool.replicas * pod.cpu, 0);
  const memory = asked.reduce((sum, { pool, pod }) => sum + pool.replicas * pod.memory, 0);
  const least = Math.max(Math.ceil(cpu / free.cpu), Math.ceil(memory / free.memory));
  if (least <= nodes.max) return [];
  return [{ key: `${key}.max`, found: show(nodes.max), wanted: `at least ${least} nodes for all pools together` }];
}

/** GoCD's documentation asks for memory beside the heap: metaspace of 400 MiB, threads, code cache, H2's mapped files. */
function serverMemory(heap: string): number {
  return mebibytes(heap) + 1024;
}
