import { createHmac, timingSafeEqual } from "node:crypto";

import { changeAgent, findAgent, type Agent } from "./agents";
import type { Config } from "./config";
import { GocdError, type Gocd } from "./gocd";
import { isInMaintenance } from "./maintenance";
import { DRAINING, given } from "./record";

/** Milliseconds within which a draining agent asks again: every 3 s, and once more after a request that timed out. */
const ASKS_WITHIN = 30_000;

/** `settling`: seen idle, and not yet for long enough. */
export type Drained = "draining" | "settling" | "idle";
export type Released = "enabled" | "disabled" | "pending" | "unknown";

const NOTHING = { add: [], remove: [] };

/**
 * Agents that stop and start. What must outlive this process, that an agent is disabled only because it drains, is a resource
 * on the agent; what is remembered here may be lost at any time and only costs seconds.
 */
export class Drains {
  private expected: ReadonlySet<string> = new Set();
  private key = "";
  private settledAfter = 0;
  private readonly askedAt = new Map<string, number>();
  private readonly drainingSince = new Map<string, number>();
  private readonly idleSince = new Map<string, number>();
  private readonly back = new Set<string>();
  /** Draining, and enabled all the same, because GoCD is in maintenance mode. */
  private readonly heldEnabled = new Set<string>();

  constructor(private readonly now: () => number) {}

  /** Learns whose agents are ours, how to tell their tokens, and how long an idle one may still be given a job. */
  configure({ agents, tokenGenerationKey, settings }: Config): void {
    this.expected = new Set(agents.map(({ uuid }) => uuid));
    this.key = tokenGenerationKey;
    this.settledAfter = settings.settledAfterSeconds * 1000;
  }

  /**
   * Whether the token is that agent's own, as GoCD makes it (`AgentRegistrationController.hmacOf`). Nothing is remembered for
   * it: a pool that shrinks loses its agents from the configuration first, and they still have jobs to finish, even when this
   * process is replaced meanwhile. Takes the same time for every token of the right length.
   */
  authenticates(uuid: string, token: string): boolean {
    const own = Buffer.from(createHmac("sha256", this.key).update(uuid).digest("base64"));
    const shown = Buffer.from(token);
    return own.length === shown.length && timingSafeEqual(own, shown);
  }

  /** Looks at the agents that one reconciliation lists: what is remembered of one that drains no more would be wrong the next time. */
  observe(agents: readonly Agent[]): void {
    for (const { uuid, agent_config_state: state, resources } of agents) {
      if (state !== "Disabled" && !this.heldEnabled.has(uuid)) this.idleSince.delete(uuid);
      if (state === "Disabled" && resources.includes(DRAINING)) {
        if (!this.drainingSince.has(uuid)) this.drainingSince.set(uuid, this.now());
      } else {
        this.drainingSince.delete(uuid);
        this.back.delete(uuid);
      }
    }
  }

  /**
   * Since when nobody has asked this process to drain the agent. It counts from the moment at which this process first saw
   * the agent drain, because another one may be the one that is asked.
   */
  lastDrainRequestAt(uuid: string): number {
    return Math.max(this.askedAt.get(uuid) ?? 0, this.drainingSince.get(uuid) ?? this.now());
  }

  /** Whether the agent drains now: nobody has told it yet that it may go, or only just. */
  isDrainRequested(uuid: string): boolean {
    return this.now() - (this.askedAt.get(uuid) ?? -Infinity) < ASKS_WITHIN;
  }

  isBack(uuid: string): boolean {
    return this.back.has(uuid);
  }

  /** Disables the agent, unless it is already, and tells whether it has nothing left to do. */
  async drain(gocd: Gocd, uuid: string): Promise<Drained> {
    const asksAgain = this.isDrainRequested(uuid);
    this.askedAt.set(uuid, this.now());
    this.back.delete(uuid);
    const agent = await this.find(gocd, uuid);
    // GoCD gives no work to an agent that it does not know or has not approved, and disabling would approve it.
    if (agent === undefined || agent.agent_config_state === "Pending") return "idle";
    if (agent.agent_config_state === "Enabled") await this.disable(gocd, uuid, asksAgain);
    return this.settled(agent);
  }

  /**
   * In maintenance mode GoCD lets nobody disable an agent, and loads no more jobs; it still hands out those that waited when the
   * mode began. An agent that asks for work every ten seconds and stays idle has none of them to expect (docs/decisions/0042).
   */
  private async disable(gocd: Gocd, uuid: string, asksAgain: boolean): Promise<void> {
    if (await isInMaintenance(gocd)) {
      if (!asksAgain || !this.heldEnabled.has(uuid)) this.idleSince.delete(uuid);
      this.heldEnabled.add(uuid);
      return;
    }
    this.heldEnabled.delete(uuid);
    this.idleSince.delete(uuid);
    const resources = { add: [DRAINING], remove: [] };
    await changeAgent(gocd, { uuid, enable: false, resources, environments: NOTHING });
  }

  /** Enables an agent that has started again, unless a person had disabled it. */
  async release(gocd: Gocd, uuid: string): Promise<Released> {
    this.idleSince.delete(uuid);
    this.askedAt.delete(uuid);
    this.heldEnabled.delete(uuid);
    this.back.add(uuid); // until it is done: the next reconciliation tries again
    const agent = await this.find(gocd, uuid);
    const released = await this.enable(gocd, agent);
    this.back.delete(uuid);
    return released;
  }

  /** Nothing for an agent that somebody else attached: with its own token it gets this far, and stays as it is. */
  private async find(gocd: Gocd, uuid: string): Promise<Agent | undefined> {
    const agent = await findAgent(gocd, uuid);
    return this.expected.has(uuid) || given(agent?.resources ?? []) !== undefined ? agent : undefined;
  }

  private async enable(gocd: Gocd, agent: Agent | undefined): Promise<Released> {
    if (agent === undefined) return "unknown";
    if (agent.agent_config_state === "Pending") return "pending";
    if (!agent.resources.includes(DRAINING)) return agent.agent_config_state === "Enabled" ? "enabled" : "disabled";
    if (await isInMaintenance(gocd)) throw new GocdError("unavailable", "GoCD is in maintenance mode");
    const resources = { add: [], remove: [DRAINING] };
    await changeAgent(gocd, { uuid: agent.uuid, enable: true, resources, environments: NOTHING });
    return "enabled";
  }

  private settled(agent: Agent): Drained {
    switch (agent.agent_state) {
      case "LostContact":
        return "idle"; // GoCD has given its job to another agent by now
      case "Idle": {
        const since = this.idleSince.get(agent.uuid) ?? this.now();
        this.idleSince.set(agent.uuid, since);
        return this.now() - since >= this.settledAfter ? "idle" : "settling";
      }
      case "Building":
      case "Missing":
      case "Unknown":
        // Missing and Unknown: the server has just started and does not know yet what the agent does.
        this.idleSince.delete(agent.uuid);
        return "draining";
    }
  }
}
