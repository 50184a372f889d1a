import { DRAINING, record } from "../../../images/housekeeping/src/record";
import { type AgentOfOurs, type HousekeepingFixture, until } from "./fixture";

type Answer = readonly [status: number, body: unknown];

/** What agents ask of a service that is asked nothing else, and what comes of it. */
export class Draining {
  /** Where the service answers, once it has started. */
  url = "";

  constructor(private readonly fixture: () => HousekeepingFixture) {}

  async start(settings: object = {}): Promise<void> {
    // What a test needs it reconciles itself; the service's own are an hour apart.
    this.fixture().settings = { intervalSeconds: 3600, requestTimeoutSeconds: 30, ...settings };
    ({ url: this.url } = await this.fixture().service());
    await until(() =>
      this.fixture()
        .logged()
        .some(({ msg }) => msg.startsWith("reconcile:")),
    );
  }

  async ask(method: string, uuid: string, token?: string): Promise<Answer> {
    const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
    const response = await fetch(`${this.url}/drain/${uuid}`, { method, headers });
    return [response.status, await response.json()];
  }

  drain(agent: AgentOfOurs): Promise<Answer> {
    return this.ask("POST", agent.uuid, agent.token);
  }

  release(agent: AgentOfOurs): Promise<Answer> {
    return this.ask("DELETE", agent.uuid, agent.token);
  }

  /** Whether GoCD has the agent enabled, and its resources. */
  async state(agent: AgentOfOurs) {
    const found = await this.fixture().agent(agent.uuid);
    return [found?.agent_config_state, found?.resources];
  }
}

export const RECORD = record({ resources: ["docker"], environments: ["docker"] });
export const DRAINS = ["Disabled", ["docker", DRAINING, RECORD]];
export const WORKS = ["Enabled", ["docker", RECORD]];
export const BUSY = [202, { state: "draining" }];
export const SETTLING = [202, { state: "settling" }];
export const IDLE = [200, { state: "idle" }];
