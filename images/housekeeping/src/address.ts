import { lookup } from "node:dns/promises";

import type { Agent } from "./agents";
import type { ExpectedAgent } from "./config";

/** The addresses of a name; rejects when it has none. */
export type Lookup = (name: string) => Promise<readonly string[]>;

/** Milliseconds; the resolver of the C library cannot be interrupted, only no longer waited for. */
const DNS_TIMEOUT_MS = 3_000;

/** Through the resolver's search list, so that `docker-0.docker.gocd-dev-agents.svc` is a complete enough name. */
export const systemLookup: Lookup = async (name) => (await lookup(name, { all: true })).map(({ address }) => address);

/**
 * Whether a pending agent asked from the pod that its uuid belongs to. A uuid cannot be guessed, but GoCD shows it to its users;
 * a job on another agent that has learnt it asks from another address (docs/decisions/0041).
 */
export async function isItsPod(
  agent: Agent,
  expected: ExpectedAgent,
  domain: string | undefined,
  find: Lookup,
): Promise<boolean> {
  const { hostname, pool } = expected;
  if (agent.hostname !== hostname && !agent.hostname.startsWith(`${hostname}.`)) return false;
  if (domain === undefined) return true;
  const addresses = await within(DNS_TIMEOUT_MS, find(`${hostname}.${pool}.${domain}`));
  return addresses.includes(agent.ip_address.replace(/^::ffff:/, ""));
}

/** What the resolver found in time, or nothing. A pod that has just started has no name yet: the next reconciliation asks again. */
async function within(milliseconds: number, found: Promise<readonly string[]>): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined;
  const nothing = new Promise<readonly string[]>((resolve) => {
    timer = setTimeout(resolve, milliseconds, []);
  });
  try {
    return await Promise.race([found.catch(() => []), nothing]);
  } finally {
    clearTimeout(timer);
  }
}
