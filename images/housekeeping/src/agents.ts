import { z } from "zod";

import { ifKnown, type Gocd } from "./gocd";

const VERSION = 7;

/** The part of an agent in GoCD's agents API that is looked at. */
const agent = z.object({
  uuid: z.string(),
  hostname: z.string(),
  ip_address: z.string(),
  agent_config_state: z.enum(["Pending", "Enabled", "Disabled"]),
  agent_state: z.enum(["Idle", "Building", "LostContact", "Missing", "Unknown"]),
  /** Bytes. */
  free_space: z.union([z.number(), z.literal("unknown")]),
  /** Elastic agents come without. */
  resources: z.array(z.string()).default([]),
  environments: z.array(z.object({ name: z.string(), origin: z.object({ type: z.string() }) })),
});
const list = z.object({ _embedded: z.object({ agents: z.array(agent) }) });
const anything = z.object({});

export type Agent = z.output<typeof agent>;

/** A change to one agent. Lists are differences, so that what others change at the same time stays. */
export interface AgentChange {
  readonly uuid: string;
  readonly enable?: boolean;
  readonly resources: { readonly add: readonly string[]; readonly remove: readonly string[] };
  readonly environments: { readonly add: readonly string[]; readonly remove: readonly string[] };
}

/** By hostname: GoCD lists them in no order, and what is done and logged should have one. */
export async function listAgents(gocd: Gocd): Promise<Agent[]> {
  const { value } = await gocd.call({ method: "GET", path: "/api/agents", version: VERSION, answer: list });
  return value._embedded.agents.sort((one, other) => one.hostname.localeCompare(other.hostname));
}

/** Nothing when GoCD does not know the agent. */
export async function findAgent(gocd: Gocd, uuid: string): Promise<Agent | undefined> {
  return ifKnown(async () => {
    const path = `/api/agents/${encodeURIComponent(uuid)}`;
    return (await gocd.call({ method: "GET", path, version: VERSION, answer: agent })).value;
  });
}

/** The bulk form of the update is the one that takes differences. Needs an administrator. */
export async function changeAgent(gocd: Gocd, change: AgentChange): Promise<void> {
  const state = change.enable === undefined ? {} : { agent_config_state: change.enable ? "Enabled" : "Disabled" };
  const operations = { resources: change.resources, environments: change.environments };
  const body = { uuids: [change.uuid], operations, ...state };
  await gocd.call({ method: "PATCH", path: "/api/agents", version: VERSION, answer: anything, body });
}

/** GoCD deletes an agent only when it is disabled and builds nothing. An agent that is already gone is no error. */
export async function deleteAgent(gocd: Gocd, uuid: string): Promise<void> {
  const path = `/api/agents/${encodeURIComponent(uuid)}`;
  await ifKnown(() => gocd.call({ method: "DELETE", path, version: VERSION, answer: anything }));
}
