import type { Agent, AgentChange } from "./agents";
import type { ExpectedAgent } from "./config";
import { DRAINING, given, isRecord, record } from "./record";

/**
 * Milliseconds without a request to drain after which an agent that is in contact, and disabled only because it drained, is
 * taken to be back: its start could not reach us. A draining agent asks every few seconds, and one that has gone is no longer
 * in contact after GoCD's 300 s, so six minutes can mean neither.
 */
const ABANDONED_AFTER = 6 * 60_000;

export interface PlanInput {
  readonly agents: readonly Agent[];
  readonly expected: readonly ExpectedAgent[];
  /** Pending agents whose address was confirmed, or that need no confirmation. */
  readonly confirmed: ReadonlySet<string>;
  /** Since when agents of ours have been out of contact, in milliseconds. Carried over from the reconciliation before. */
  readonly lostSince: ReadonlyMap<string, number>;
  readonly drains: {
    /** Since when nobody has asked to drain this agent, in milliseconds. */
    readonly lastDrainRequestAt: (uuid: string) => number;
    /** The agent asks to drain at this moment. */
    readonly isDrainRequested: (uuid: string) => boolean;
    /** The agent has started again and could not be enabled at that moment. */
    readonly isBack: (uuid: string) => boolean;
  };
  readonly now: number;
  /** Milliseconds. */
  readonly lostAfter: number;
  /** Bytes. */
  readonly lowDisk: number;
}

/** One thing to do to one agent. `remove` comes with a change when the agent has to be disabled first. */
export interface Step {
  readonly kind: "approve" | "align" | "enable" | "remove";
  readonly agent: Agent;
  readonly change: AgentChange | undefined;
}

/** Whose an agent is: expected now, given something by us once, or somebody else's. */
export type Owner = "ours" | "retired" | "unmanaged";

export interface Plan {
  readonly steps: Step[];
  /** Every agent with its owner, for metrics. */
  readonly owners: { readonly agent: Agent; readonly owner: Owner }[];
  readonly lostSince: Map<string, number>;
  /** Sentences about what only a person can judge. */
  readonly notices: string[];
}

const NOTHING = { add: [], remove: [] };
const inContact = (agent: Agent): boolean => agent.agent_state === "Idle" || agent.agent_state === "Building";

/** Decides what a reconciliation does. Touches nothing. */
export function plan(input: PlanInput): Plan {
  const expected = new Map(input.expected.map((agent) => [agent.uuid, agent]));
  const result: Plan = { steps: [], owners: [], lostSince: new Map(), notices: [] };
  for (const agent of input.agents) {
    const wanted = expected.get(agent.uuid);
    const owner = ownerOf(agent, wanted);
    result.owners.push({ agent, owner });
    if (wanted !== undefined) planExpected(input, agent, wanted, result);
    else if (owner === "retired") planRetired(input, agent, result);
    else planUnmanaged(input, agent, result);
    if (owner !== "unmanaged" && typeof agent.free_space === "number" && agent.free_space < input.lowDisk)
      result.notices.push(`${agent.hostname} has ${(agent.free_space / 1024 ** 3).toFixed(1)} GiB of free disk`);
  }
  const known = new Set(input.agents.map((agent) => agent.uuid));
  for (const absent of input.expected.filter((agent) => !known.has(agent.uuid)))
    result.notices.push(`${absent.hostname} has not registered`);
  return result;
}

function ownerOf(agent: Agent, wanted: ExpectedAgent | undefined): Owner {
  if (wanted !== undefined) return "ours";
  return given(agent.resources) !== undefined ? "retired" : "unmanaged";
}

function planExpected(input: PlanInput, agent: Agent, wanted: ExpectedAgent, result: Plan): void {
  if (agent.agent_config_state === "Pending") {
    if (input.confirmed.has(agent.uuid))
      result.steps.push({ kind: "approve", agent, change: { ...difference(agent, wanted), enable: true } });
    else
      result.notices.push(
        `${wanted.hostname} is not approved: the agent that asks calls itself ${agent.hostname} at ${agent.ip_address}, ` +
          "which is not the pod of that name",
      );
    return;
  }
  const draining = agent.resources.includes(DRAINING);
  const disabled = agent.agent_config_state === "Disabled";
  const enable = disabled && draining && isBack(input, agent);
  const change = difference(agent, wanted);
  // Enabled again, by us or by a person: it drains no more. Unless it asks at this moment: then it is being disabled again, and
  // without the mark it would look as if a person had done that.
  if (draining && (enable || (!disabled && !input.drains.isDrainRequested(agent.uuid))))
    change.resources.remove.push(DRAINING);
  const lists = [change.resources.add, change.resources.remove, change.environments.add, change.environments.remove];
  if (disabled && !enable)
    result.notices.push(draining ? `${wanted.hostname} drains` : `${wanted.hostname} has been disabled by a person`);
  if (enable) result.steps.push({ kind: "enable", agent, change: { ...change, enable } });
  else if (lists.some((list) => list.length > 0)) result.steps.push({ kind: "align", agent, change });
}

function isBack(input: PlanInput, agent: Agent): boolean {
  if (input.drains.isBack(agent.uuid)) return true;
  return inContact(agent) && input.now - input.drains.lastDrainRequestAt(agent.uuid) >= ABANDONED_AFTER;
}

function planRetired(input: PlanInput, agent: Agent, result: Plan): void {
  if (inContact(agent)) return;
  const since = input.lostSince.get(agent.uuid) ?? input.now;
  result.lostSince.set(agent.uuid, since);
  if (input.now - since < input.lostAfter) return;
  // Marked as draining: if this is interrupted here and the pool grows again, the agent that returns is enabled again.
  const disable: AgentChange | undefined =
    agent.agent_config_state === "Disabled"
      ? undefined
      : { uuid: agent.uuid, enable: false, resources: { add: [DRAINING], remove: [] }, environments: NOTHING };
  result.steps.push({ kind: "remove", agent, change: disable });
}

function planUnmanaged(input: PlanInput, agent: Agent, result: Plan): void {
  const namesake = input.expected.some((expected) => expected.hostname === agent.hostname);
  if (agent.agent_config_state === "Pending")
    result.notices.push(`${agent.hostname} at ${agent.ip_address} waits for a person: nobody here expects it`);
  else if (namesake) result.notices.push(`an agent that is not ours calls itself ${agent.hostname} as well`);
}

interface Difference {
  readonly uuid: string;
  readonly resources: { readonly add: string[]; readonly remove: string[] };
  readonly environments: { readonly add: string[]; readonly remove: string[] };
}

/**
 * What brings an agent in line: add what is wanted, take away what we gave and no longer want. What a person added, and what a
 * configuration repository says, is not ours; taking away an environment leaves what such a repository says of it.
 */
function difference(agent: Agent, wanted: ExpectedAgent): Difference {
  const has = agent.resources;
  const gave = given(has) ?? { resources: [], environments: [] };
  const resources = [...wanted.resources, record(wanted)];
  const ours = (name: string): boolean => isRecord(name) || gave.resources.includes(name);
  const environments = agent.environments.map(({ name }) => name);
  // GoCD lists an environment as it was made, and takes it by its name in either case.
  const among = (names: readonly string[], name: string): boolean =>
    names.some((one) => one.toLowerCase() === name.toLowerCase());
  return {
    uuid: agent.uuid,
    resources: {
      add: resources.filter((name) => !has.includes(name)),
      remove: has.filter((name) => ours(name) && !resources.includes(name)),
    },
    environments: {
      add: wanted.environments.filter((name) => !among(environments, name)),
      remove: gave.environments.filter((name) => among(environments, name) && !among(wanted.environments, name)),
    },
  };
}
