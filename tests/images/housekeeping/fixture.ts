import { createHmac, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Lookup } from "../../../images/housekeeping/src/address";
import { type Agent, listAgents } from "../../../images/housekeeping/src/agents";
import { ConfigFolder, type ExpectedAgent } from "../../../images/housekeeping/src/config";
import { Drains } from "../../../images/housekeeping/src/drain";
import { Gocd } from "../../../images/housekeeping/src/gocd";
import { logger } from "../../../images/housekeeping/src/log";
import { type Metrics, metrics } from "../../../images/housekeeping/src/metrics";
import { NOTHING_REMEMBERED, reconcile } from "../../../images/housekeeping/src/reconcile";
import { type Service, startService } from "../../../images/housekeeping/src/service";
import { GocdStandIn } from "../../support/gocd-stand-in/stand-in";

export const USERNAME = "housekeeping";
export const PASSWORD = "a-password-of-housekeeping";
export const TOKEN_KEY = "a-token-key";
export const MINUTE = 60_000;

/** The line that ends a reconciliation, as it is logged. */
export interface ReconcileLine {
  readonly level: string;
  readonly msg: string;
  readonly approved: string[];
  readonly aligned: string[];
  readonly enabled: string[];
  readonly removed: string[];
  readonly settings: string[];
  readonly notices: string[];
  readonly failures: string[];
}

/** An agent of this program, with the token that its pod finds beside it. */
export type AgentOfOurs = ExpectedAgent & { readonly token: string };

/** A GoCD server, agents that speak to it, and housekeeping, all over HTTP on 127.0.0.1. */
export class HousekeepingFixture {
  /** Milliseconds; stands still unless a test moves it. */
  time = Date.parse("2026-01-01T00:00:00Z");
  readonly lines: string[] = [];
  readonly gocd: GocdStandIn;
  readonly folder = mkdtempSync(join(tmpdir(), "housekeeping-"));
  readonly addresses = new Map<string, string[]>();
  /** Answers what `addresses` says; a name that is not there does not exist. */
  readonly lookup: Lookup = (name) => {
    const found = this.addresses.get(name);
    return found === undefined ? Promise.reject(new Error("ENOTFOUND")) : Promise.resolve(found);
  };
  expected: AgentOfOurs[] = [];
  settings: Record<string, unknown> = {};
  private readonly services: Service[] = [];
  private readonly standIns: GocdStandIn[] = [];

  constructor(options: Partial<ConstructorParameters<typeof GocdStandIn>[0]> = {}) {
    this.gocd = new GocdStandIn({
      tokenKey: TOKEN_KEY,
      autoRegisterKey: "a-key-for-people",
      autoRegisterLocal: false,
      logIn: (user, password) => (user === USERNAME && password === PASSWORD ? "admin" : undefined),
      now: () => this.time,
      ...options,
    });
    this.standIns.push(this.gocd);
  }

  async start(): Promise<this> {
    await this.gocd.start();
    return this;
  }

  async end(): Promise<void> {
    for (const service of this.services) await service.stop();
    for (const standIn of this.standIns) await standIn.stop();
    rmSync(this.folder, { recursive: true });
  }

  /** An agent of this program, expected from now on. */
  expect(hostname: string, more: Partial<ExpectedAgent> = {}): AgentOfOurs {
    const uuid = randomUUID();
    const token = createHmac("sha256", TOKEN_KEY).update(uuid).digest("base64");
    const pool = hostname.replace(/-\d+$/, "");
    const agent = { uuid, token, hostname, pool, resources: ["docker"], environments: ["docker"], ...more };
    this.expected.push(agent);
    return agent;
  }

  /** What an agent does when it starts: asks for a token when the server does not know it, then registers. */
  async register(
    agent: { readonly uuid: string; readonly token: string; readonly hostname: string },
    more: { readonly address?: string; readonly key?: string } = {},
  ): Promise<number> {
    const form = new URLSearchParams({
      hostname: agent.hostname,
      uuid: agent.uuid,
      location: "/go-working-dir",
      usablespace: String(50 * 1024 ** 3),
      operatingSystem: "Linux",
      agentAutoRegisterKey: more.key ?? "",
      agentAutoRegisterResources: "",
      agentAutoRegisterEnvironments: "",
      agentAutoRegisterHostname: "",
      elasticAgentId: "",
      elasticPluginId: "",
      token: agent.token,
    });
    const headers = { "X-Forwarded-For": more.address ?? "10.0.0.1" };
    const response = await fetch(`${this.gocd.url}/admin/agent`, { method: "POST", body: form, headers });
    await response.text();
    return response.status;
  }

  /** An agent that is registered, approved and idle. */
  async running(hostname: string, more: Partial<ExpectedAgent> = {}): Promise<AgentOfOurs> {
    const agent = this.expect(hostname, more);
    await this.register(agent);
    await this.reconciler().reconcile();
    await this.register(agent);
    return agent;
  }

  /** What a person does on the agents page. */
  async byHand(uuid: string, change: object, method = "PATCH"): Promise<number> {
    const headers = {
      Accept: "application/vnd.go.cd.v7+json",
      "Content-Type": "application/json",
      Authorization: `Basic ${Buffer.from(`${USERNAME}:${PASSWORD}`).toString("base64")}`,
    };
    const body = method === "PATCH" ? { body: JSON.stringify(change) } : {};
    const response = await fetch(`${this.gocd.url}/api/agents/${uuid}`, { method, headers, ...body });
    await response.text();
    return response.status;
  }

  async agent(uuid: string): Promise<Agent | undefined> {
    return (await listAgents(this.client())).find((agent) => agent.uuid === uuid);
  }

  client(
    more: { readonly timeoutSeconds?: number; readonly password?: string; readonly url?: string } = {},
    stop = new AbortController().signal,
  ): Gocd {
    return new Gocd({ url: this.gocd.url, username: USERNAME, password: PASSWORD, timeoutSeconds: 30, ...more }, stop);
  }

  /** Writes the mounted Secret as it is wanted now. */
  write(): string {
    const config = { serverUrl: this.gocd.url, ...this.settings };
    writeFileSync(join(this.folder, "config.json"), JSON.stringify(config));
    writeFileSync(join(this.folder, "agents.json"), JSON.stringify(this.listed()));
    writeFileSync(join(this.folder, "token-generation-key"), TOKEN_KEY);
    writeFileSync(join(this.folder, "username"), `${USERNAME}\n`);
    writeFileSync(join(this.folder, "password"), `${PASSWORD}\n`);
    return this.folder;
  }

  /** The agents as the Secret lists them: without their tokens. */
  listed(): ExpectedAgent[] {
    return this.expected.map(({ uuid, hostname, pool, resources, environments }) => ({
      uuid,
      hostname,
      pool,
      resources,
      environments,
    }));
  }

  /** Reconciler of one housekeeping, run one by one. Two of these are two housekeepings. */
  reconciler(): Reconciler {
    return new Reconciler(this);
  }

  async service(): Promise<{ readonly service: Service; readonly url: string }> {
    const service = await startService({
      configFolder: this.write(),
      port: 0,
      host: "127.0.0.1",
      log: this.log(),
      lookup: this.lookup,
      now: () => this.time,
    });
    this.services.push(service);
    return { service, url: `http://127.0.0.1:${service.port}` };
  }

  log(): ReturnType<typeof logger> {
    return logger({ write: (line) => this.lines.push(line) });
  }

  logged(): ReconcileLine[] {
    return this.lines.map((line) => JSON.parse(line) as ReconcileLine);
  }

  /** Requests that changed something, or tried to. */
  changes(): string[] {
    return this.gocd.requests
      .filter(({ method, path }) => method !== "GET" && path.startsWith("/api/"))
      .map(({ method, path }) => `${method} ${path}`);
  }
}

export class Reconciler {
  readonly drains: Drains;
  readonly metrics: Metrics = metrics();
  private memory = NOTHING_REMEMBERED;

  constructor(private readonly fixture: HousekeepingFixture) {
    this.drains = new Drains(() => fixture.time);
  }

  /** The managed settings that are not in force. */
  get refused(): readonly string[] {
    return this.memory.refused;
  }

  async reconcile(gocd?: Gocd): Promise<ReconcileLine> {
    const fixture = this.fixture;
    const config = new ConfigFolder(fixture.write()).read();
    this.drains.configure(config);
    this.memory = await reconcile(
      {
        gocd: gocd ?? fixture.client({ timeoutSeconds: config.settings.requestTimeoutSeconds }),
        config,
        drains: this.drains,
        lookup: fixture.lookup,
        log: fixture.log(),
        metrics: this.metrics,
        now: () => fixture.time,
      },
      this.memory,
    );
    return fixture.logged().at(-1) as ReconcileLine;
  }
}

/** Waits for something that happens by itself soon. */
export async function until(what: () => boolean | Promise<boolean>, within = 250_000): Promise<true> {
  const end = Date.now() + within;
  while (!(await what())) {
    if (Date.now() > end) throw new Error("it did not happen in time");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return true;
}

/** A fixture for each test of a file, ended after it. */
export function useHousekeepingFixture(
  options?: ConstructorParameters<typeof HousekeepingFixture>[0],
): () => HousekeepingFixture {
  let fixture: HousekeepingFixture | undefined;
  beforeEach(async () => {
    fixture = await new HousekeepingFixture(options).start();
  });
  afterEach(async () => {
    await fixture?.end();
  });
  return () => fixture as HousekeepingFixture;
}
