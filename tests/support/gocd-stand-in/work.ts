// Work is looked for when an agent has asked for it, and handed out when it asks again: WorkAssignments.java of gocd/gocd at
// tag 26.1.0. There are no jobs here: what can be found is that the agent gets none, being disabled.
import type { AgentRecord } from "./agents";

interface Work {
  readonly type: "NoWork" | "DeniedAgentWork";
  readonly uuid?: string;
}

const NO_WORK: Work = { type: "NoWork" };

export class WorkAssignments {
  /** Of agents for which work is looked for, or was found. */
  private readonly found = new Map<string, Work>();

  ask(agent: AgentRecord): Work {
    const work = this.found.get(agent.uuid);
    if (work === undefined) {
      this.found.set(agent.uuid, NO_WORK);
      setImmediate(() => {
        this.look(agent);
      });
      return NO_WORK;
    }
    if (work !== NO_WORK) this.found.delete(agent.uuid);
    return work;
  }

  private look(agent: AgentRecord): void {
    if (agent.configState === "Disabled") this.found.set(agent.uuid, { type: "DeniedAgentWork", uuid: agent.uuid });
    else this.found.delete(agent.uuid);
  }
}
