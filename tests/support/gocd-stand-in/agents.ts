// The agents that a GoCD 26.1.0 server knows, with the server's own rules. Read in gocd/gocd at tag 26.1.0:
//   server/…/domain/AgentInstance.java, server/…/server/domain/AgentInstances.java (states, time-outs, what can be deleted)
//   server/…/server/service/AgentService.java, server/…/config/update/Agent{,s}UpdateValidator.java (what an update may do)
//   server/…/server/controller/AgentRegistrationController.java (token and registration)
//   server/…/server/newsecurity/filters/AgentAuthenticationFilter.java (who may speak as an agent)
import { createHash, createHmac, randomUUID } from "node:crypto";
import { Refusal } from "./http";
import { appended, invalidResources, split, without } from "./lists";

export type RuntimeState = "Idle" | "Building" | "Cancelled" | "LostContact" | "Missing" | "Unknown";

/** One agent as the server holds it. `lastHeard` is in milliseconds since the epoch, null before the first sign of life. */
export interface AgentRecord {
  readonly uuid: string;
  hostname: string;
  ipAddress: string;
  location: string;
  operatingSystem: string;
  version: string;
  configState: "Pending" | "Enabled" | "Disabled";
  runtimeState: RuntimeState;
  resources: string[];
  environments: string[];
  freeSpace: number | null;
  lastHeard: number | null;
  cookie: string | null;
  /** Where the job is that it builds: pipeline/counter/stage/counter/job. */
  building: string | null;
}

export interface Registration {
  readonly uuid: string;
  readonly hostname: string;
  readonly location: string;
  readonly usableSpace: number;
  readonly operatingSystem: string;
  readonly autoRegisterKey: string;
  readonly autoRegisterResources: string;
  readonly autoRegisterEnvironments: string;
  readonly autoRegisterHostname: string;
  readonly elasticAgentId: string;
  readonly elasticPluginId: string;
  readonly token: string;
  readonly ipAddress: string;
}

export interface BulkUpdate {
  readonly uuids: string[];
  readonly state: boolean | undefined;
  readonly resources: { readonly add: string[]; readonly remove: string[] };
  readonly environments: { readonly add: string[]; readonly remove: string[] };
}

export interface Update {
  readonly hostname: string | undefined;
  readonly resources: string | undefined;
  readonly environments: string | undefined;
  readonly state: boolean | undefined;
}

const IP_ADDRESS = /^[0-9a-fA-F.:]+$/;
/** `max.pending.agents.allowed` in SystemEnvironment.java. */
const MAX_PENDING = 100;

export class Agents {
  constructor(
    private readonly records: Map<string, AgentRecord>,
    private readonly options: {
      readonly tokenKey: string;
      readonly autoRegisterKey: string;
      readonly autoRegisterLocal: boolean;
      readonly lostContactAfterMs: number;
      readonly now: () => number;
    },
  ) {}

  tokenOf(uuid: string): string {
    return createHmac("sha256", this.options.tokenKey).update(uuid).digest("base64");
  }

  /** In no order that means anything, as in the real list, which comes out of a hash map. */
  all(): AgentRecord[] {
    this.refresh();
    const key = ({ uuid, lastHeard }: AgentRecord): string =>
      createHash("sha256").update(`${uuid} ${lastHeard}`).digest("hex");
    return [...this.records.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  }

  find(uuid: string): AgentRecord | undefined {
    this.refresh();
    return this.records.get(uuid);
  }

  known(uuid: string): AgentRecord {
    const agent = this.find(uuid);
    if (agent === undefined) throw new Refusal(404, `Agent with uuid '${uuid}' was not found!`);
    return agent;
  }

  isRegistered(uuid: string): boolean {
    const agent = this.find(uuid);
    return agent !== undefined && agent.configState !== "Pending";
  }

  /** GET /admin/agent/token: only for a uuid that the server does not know. */
  issueToken(uuid: string): string {
    if (uuid.trim() === "") throw new Refusal(409, "UUID cannot be blank.");
    if (this.find(uuid) !== undefined) throw new Refusal(409, "A token has already been issued for this agent.");
    return this.tokenOf(uuid);
  }

  /** POST /admin/agent: true when the agent is registered now, false when it waits for approval. */
  register(request: Registration): boolean {
    if (this.tokenOf(request.uuid) !== request.token) throw new Refusal(403, "Not a valid token.");
    // `go.auto.register.local.agent.enabled` is true unless the JVM is told otherwise, and the address is whatever
    // X-Forwarded-For says (GoPlainSocketConnector.java): without that option anybody can register as 127.0.0.1.
    const local = this.options.autoRegisterLocal && /^(127\.|::1$|::ffff:127\.)/.test(request.ipAddress);
    const byKey = this.options.autoRegisterKey !== "" && request.autoRegisterKey === this.options.autoRegisterKey;
    const elastic = request.elasticAgentId.trim() !== "" && request.elasticPluginId.trim() !== "";
    if (elastic)
      throw new Refusal(
        422,
        `Elastic agent registration requires an auto-register agent key to be setup on the server. The agentAutoRegisterKey: [${request.autoRegisterKey}] is either not provided or expired. Agent-id: [${request.elasticAgentId}], Plugin-id: [${request.elasticPluginId}]`,
      );
    const invalid = (why: string): Refusal =>
      new Refusal(422, `Error occurred during agent registration process: ${why}`);
    if (request.uuid.trim() === "") throw invalid("UUID cannot be empty");
    if (!IP_ADDRESS.test(request.ipAddress)) throw invalid(`'${request.ipAddress}' is an invalid IP address.`);
    if (request.location === "") throw invalid("Agent should not register without installation path.");
    const known = this.find(request.uuid);
    if (known !== undefined && known.configState !== "Pending") {
      this.heard(known, "Idle", request);
      return true;
    }
    const pending = [...this.records.values()].filter((agent) => agent.configState === "Pending");
    const registered = byKey || local;
    if (!registered && pending.length >= MAX_PENDING) throw invalid(`Max pending agents allowed: ${MAX_PENDING}`);
    const agent: AgentRecord = {
      uuid: request.uuid,
      hostname: byKey && request.autoRegisterHostname.trim() !== "" ? request.autoRegisterHostname : request.hostname,
      ipAddress: request.ipAddress,
      location: request.location,
      operatingSystem: request.operatingSystem,
      version: "UNKNOWN",
      configState: registered ? "Enabled" : "Pending",
      runtimeState: "Unknown",
      resources: byKey ? split(request.autoRegisterResources).sort() : [],
      environments: byKey ? split(request.autoRegisterEnvironments).sort() : [],
      freeSpace: request.usableSpace,
      lastHeard: null,
      cookie: registered ? randomUUID() : null,
      building: null,
    };
    this.records.set(agent.uuid, agent);
    this.heard(agent, registered ? "Idle" : "Unknown", request);
    return registered;
  }

  /** What AgentAuthenticationFilter asks of every request below /remoting. */
  authenticate(uuid: string | undefined, token: string | undefined): AgentRecord {
    const agent = uuid === undefined ? undefined : this.find(uuid);
    if (agent === undefined || agent.configState === "Pending" || token !== this.tokenOf(agent.uuid))
      throw new Refusal(403, "");
    return agent;
  }

  assignCookie(agent: AgentRecord): string {
    agent.cookie = randomUUID();
    return agent.cookie;
  }

  ping(
    agent: AgentRecord,
    cookie: string | undefined,
    state: RuntimeState,
    facts: Partial<AgentRecord>,
  ): "NONE" | "CANCEL" {
    const told = `Agent [Agent [${agent.hostname}, ${agent.ipAddress}, ${agent.uuid}, ${cookie ?? null}]]`;
    if (cookie === undefined) throw new Refusal(422, `${told} has no cookie set`);
    if (cookie !== agent.cookie) throw new Refusal(422, `${told} has invalid cookie`);
    this.heard(agent, state, facts);
    return agent.runtimeState === "Cancelled" ? "CANCEL" : "NONE";
  }

  update(uuid: string, update: Update): AgentRecord {
    const agent = this.known(uuid);
    const asked = [update.hostname, update.resources, update.environments, update.state].some(
      (part) => part !== undefined,
    );
    if (!asked)
      throw new Refusal(400, "Bad Request. No operation is specified in the request to be performed on agent.");
    if (agent.configState === "Pending" && update.state === undefined)
      throw new Refusal(
        400,
        `Pending agent [${uuid}] must be explicitly enabled or disabled when performing any operation on it.`,
      );
    if (update.hostname !== undefined) agent.hostname = update.hostname;
    if (update.resources !== undefined) agent.resources = split(update.resources).sort();
    if (update.environments !== undefined) agent.environments = split(update.environments).sort();
    this.decide(agent, update.state);
    return agent;
  }

  bulkUpdate(update: BulkUpdate, associatedRemotely: (uuid: string, environment: string) => boolean): void {
    if (update.uuids.length === 0) throw new Refusal(422, "Must specify agent 'uuids' for bulk update.");
    const parts = [update.resources.add, update.resources.remove, update.environments.add, update.environments.remove];
    if (update.state === undefined && parts.every((part) => part.length === 0))
      throw new Refusal(400, "Bad Request. No operation is specified in the request to be performed on agents.");
    const missing = update.uuids.filter((uuid) => this.find(uuid) === undefined);
    if (missing.length > 0) throw new Refusal(404, `Agents with uuids [${missing.join(", ")}] were not found!`);
    const invalid = invalidResources(update.resources.add);
    if (invalid.length > 0)
      throw new Refusal(
        422,
        `Your request could not be processed. Validations failed for bulk update of agents. Error(s): {resources=[${invalid.join(", ")}]}`,
      );
    const agents = update.uuids.map((uuid) => this.records.get(uuid)).filter((agent) => agent !== undefined);
    const pending = agents.filter((agent) => agent.configState === "Pending").map((agent) => agent.uuid);
    if (pending.length > 0 && update.state === undefined)
      throw new Refusal(
        400,
        `Pending agents [${pending.join(", ")}] must be explicitly enabled or disabled when performing any operations on them.`,
      );
    for (const agent of agents) {
      const local = update.environments.add.filter((name) => !associatedRemotely(agent.uuid, name));
      agent.environments = without(appended(agent.environments, local), update.environments.remove);
      agent.resources = without(appended(agent.resources, update.resources.add), update.resources.remove);
      this.decide(agent, update.state);
    }
  }

  remove(uuids: string[]): void {
    if (uuids.length === 0) throw new Refusal(400, "Bad Request. No agent UUIDs were supplied to delete.");
    for (const uuid of uuids) {
      const agent = this.known(uuid);
      const busy = agent.runtimeState === "Building" || agent.runtimeState === "Cancelled";
      if (agent.configState !== "Disabled" || busy)
        throw new Refusal(
          422,
          uuids.length === 1
            ? "Your request could not be processed. Failed to delete an agent, as it is not in a disabled state or is still building."
            : "Your request could not be processed. Could not delete any agents, as one or more agents might not be disabled or are still building.",
        );
    }
    for (const uuid of uuids) this.records.delete(uuid);
  }

  /** The server's process restarts: what was never saved is gone, and nobody has been heard of yet. */
  restart(): void {
    for (const agent of [...this.records.values()])
      if (agent.configState === "Pending") this.records.delete(agent.uuid);
      else
        Object.assign(agent, {
          runtimeState: "Missing",
          lastHeard: null,
          freeSpace: null,
          location: "",
          operatingSystem: "",
        });
  }

  private decide(agent: AgentRecord, enable: boolean | undefined): void {
    if (enable === undefined) return;
    agent.cookie ??= randomUUID();
    if (agent.runtimeState === "Unknown") agent.runtimeState = "Idle";
    agent.configState = enable ? "Enabled" : "Disabled";
  }

  private heard(
    agent: AgentRecord,
    state: RuntimeState,
    facts: Partial<AgentRecord> & { readonly usableSpace?: number },
  ): void {
    // A cancelled job stays cancelled until the agent says that it is idle (AgentInstance.syncRuntimeStatus).
    if (state === "Idle" || agent.runtimeState !== "Cancelled") agent.runtimeState = state;
    agent.lastHeard = this.options.now();
    agent.ipAddress = facts.ipAddress ?? agent.ipAddress;
    agent.location = facts.location ?? agent.location;
    agent.operatingSystem = facts.operatingSystem ?? agent.operatingSystem;
    agent.version = facts.version ?? agent.version;
    agent.building = agent.runtimeState === "Building" ? (facts.building ?? agent.building) : null;
    agent.freeSpace = facts.freeSpace ?? facts.usableSpace ?? agent.freeSpace;
  }

  private refresh(): void {
    const now = this.options.now();
    for (const agent of [...this.records.values()]) {
      const silent = agent.lastHeard !== null && now - agent.lastHeard >= this.options.lostContactAfterMs;
      if (agent.configState === "Pending") {
        if (silent) this.records.delete(agent.uuid);
      } else if (agent.lastHeard === null) {
        agent.runtimeState = "Missing";
        agent.lastHeard = now;
      } else if (silent) agent.runtimeState = "LostContact";
    }
  }
}
