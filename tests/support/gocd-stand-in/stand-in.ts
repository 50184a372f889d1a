// A server that answers as GoCD 26.1.0 does, as far as the hooks, the probes and housekeeping of this project ask it.
// What it is for: every case of identity, housekeeping and drain can be shown without a JVM and without waiting.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as after } from "node:timers/promises";

import { authenticate, authorize } from "./access";
import { AGENT_ROUTES } from "./agent-routes";
import { Agents, type AgentRecord, type RuntimeState } from "./agents";
import { contentRefusal, readRequest, refusalAnswer, routeOf, send } from "./answers";
import { inBackup, inMaintenance, starting } from "./availability";
import { ended, newBackup, runPostBackupScript, writeBackup, type Backup } from "./backups";
import { Configuration, emptyConfiguration, type ConfigurationState } from "./configuration";
import { control } from "./control";
import { ENVIRONMENT_ROUTES } from "./environment-routes";
import { Refusal, versioned, type Answer, type Ask, type Route } from "./http";
import type { StandInOptions } from "./options";
import { logIns } from "./log-ins";
import { PAGE_ROUTES } from "./page-routes";
import { PEOPLE_ROUTES } from "./people-routes";
import { namedDirectories, type Directory } from "./plugin-configs";
import { PLUGIN_CONFIG_ROUTES } from "./plugin-config-routes";
import { PLUGIN_INFO_ROUTE } from "./plugin-info-route";
import { REMOTING_ROUTES } from "./remoting-routes";
import { SERVER_ROUTES } from "./server-routes";
import { Sessions } from "./sessions";
import { SETTINGS_ROUTES } from "./settings-routes";
import { FAIR, type Weather } from "./weather";
import { TRANSFERS, transfer } from "./transfers";
import { WEBHOOK_ROUTES } from "./webhook-routes";
import { WorkAssignments } from "./work";

const ROUTES = [
  ...SERVER_ROUTES,
  ...SETTINGS_ROUTES,
  ...ENVIRONMENT_ROUTES,
  ...PEOPLE_ROUTES,
  ...PLUGIN_CONFIG_ROUTES,
  PLUGIN_INFO_ROUTE,
  ...AGENT_ROUTES,
  ...REMOTING_ROUTES,
  ...PAGE_ROUTES,
  ...WEBHOOK_ROUTES,
];

export class GocdStandIn {
  readonly routes: readonly Route[] = ROUTES;
  readonly requests: {
    readonly method: string;
    readonly path: string;
    readonly body: string;
    readonly status: number;
  }[] = [];
  readonly backups: Backup[] = [];
  /** What /api/server_health_messages shows. */
  healthMessages: {
    readonly message: string;
    readonly detail: string;
    readonly level: "WARNING" | "ERROR";
    readonly time: string;
  }[] = [];
  weather: Weather = { ...FAIR };
  /** URLs of the directories that answer. */
  readonly directories = new Set<string>();
  readonly directory: Directory;
  configuration: Configuration;
  agents: Agents;
  /** How long a backup takes. Until then every request but a few is answered with 503. */
  backupMilliseconds = 0;
  /** Given in place of the real answer to a request, by `METHOD /path`. */
  readonly answers = new Map<string, Answer>();
  private records = new Map<string, AgentRecord>();
  readonly work = new WorkAssignments();
  /** What is in the console of each job, by `pipeline/counter/stage/counter/job`; other jobs there are none. */
  readonly consoles = new Map<string, string>();
  /** Who asks with a cookie in place of a log-in. */
  readonly sessions: Sessions;
  /** Nobody has switched it yet. */
  maintenance: { readonly on: boolean; readonly by: string | null; readonly at: string | null } = {
    on: false,
    by: null,
    at: null,
  };
  private backingUp = false;
  private starting = false;
  private port = 0;
  private readonly server: Server;

  constructor(private readonly options: StandInOptions) {
    this.configuration = new Configuration({
      ...emptyConfiguration(),
      ...structuredClone(options.configuration ?? {}),
    });
    this.agents = this.register(this.records);
    this.directory = options.directory ?? namedDirectories(this.directories);
    this.sessions = new Sessions(logIns(options.logIn, this), () => this.now(), options.secureCookies);
    this.load();
    this.server = createServer((request, response) => {
      this.serve(request, response).catch((error: unknown) => {
        send(response, { status: 500, body: { error: String(error) } });
      });
    });
  }

  /**
   * Port 0 takes any free one, and the same one when it is started again. Returns the URL that agents are given:
   * `http://host:port/go`.
   */
  async start(port = this.port, host = "127.0.0.1"): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.server.once("error", reject).listen(port, host, resolve);
    });
    this.port = (this.server.address() as AddressInfo).port;
    return this.url;
  }

  get webhookSecret(): string {
    return this.options.webhookSecret ?? "";
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/go`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Everything on the disk is gone; the configuration is the seeded one again, the keys are the same. */
  loseVolume(): void {
    this.records = new Map();
    this.agents = this.register(this.records);
    this.configuration = new Configuration({
      ...emptyConfiguration(),
      ...structuredClone(this.options.configuration ?? {}),
    });
    this.backups.length = 0;
    this.save();
  }

  /** The process restarts with its disk: pending agents are forgotten, the others have not been heard of yet. */
  restart(): void {
    this.sessions.clear();
    this.agents.restart();
    this.save();
  }

  /** Sets what an agent's ping would bring about, or what silence would. */
  setRuntimeState(uuid: string, state: RuntimeState, freeSpace?: number): void {
    const agent = this.records.get(uuid);
    if (agent === undefined) throw new Error(`no agent ${uuid}`);
    agent.runtimeState = state;
    const silent = (this.options.lostContactAfterSeconds ?? 300) * 1000;
    agent.lastHeard = state === "LostContact" ? this.now() - silent : this.now();
    agent.freeSpace = freeSpace ?? agent.freeSpace;
    this.save();
  }

  setBackingUp(on: boolean): void {
    this.backingUp = on;
  }

  /** As long as the real server starts, it answers every request, but does nothing. */
  setStarting(on: boolean): void {
    this.starting = on;
  }

  setMaintenance(on: boolean, by = "admin"): void {
    this.maintenance = { on, by, at: new Date(this.now()).toISOString().replace(/\.\d+/, "") };
  }

  fairWeather(): void {
    this.weather = { ...FAIR };
  }

  /** Starts one and returns its number; it ends after `backupMilliseconds`. */
  startBackup(user: string): number {
    const id = this.backups.length + 1;
    const backup = newBackup(id, user, this.now(), this.options.artifactsDir ?? "/godata/artifacts");
    this.backups.push(backup);
    this.backingUp = true;
    setTimeout(() => void this.finishBackup(backup), this.backupMilliseconds).unref();
    return id;
  }

  /** Writes it and runs the post-backup script; the server is backing up until that has ended. */
  private async finishBackup(backup: Backup): Promise<void> {
    const script = this.configuration.state.backup?.postBackupScript ?? "";
    let well = true;
    if (this.options.artifactsDir !== undefined) {
      writeBackup(backup.path, this.options.archives?.());
      if (script !== "") well = await runPostBackupScript(script, backup.path, backup.user);
    }
    Object.assign(backup, ended(well, script));
    this.backingUp = false;
    this.save();
  }

  private now(): number {
    return (this.options.now ?? Date.now)();
  }

  private register(records: Map<string, AgentRecord>): Agents {
    return new Agents(records, {
      tokenKey: this.options.tokenKey,
      autoRegisterKey: this.options.autoRegisterKey ?? "",
      autoRegisterLocal: this.options.autoRegisterLocal ?? true,
      lostContactAfterMs: (this.options.lostContactAfterSeconds ?? 300) * 1000,
      now: () => this.now(),
    });
  }

  private load(): void {
    if (this.options.stateFile === undefined) return;
    let text: string;
    try {
      text = readFileSync(this.options.stateFile, "utf8");
    } catch {
      return; // the first start
    }
    const state = JSON.parse(text) as { readonly agents: AgentRecord[]; readonly configuration: ConfigurationState };
    for (const agent of state.agents) this.records.set(agent.uuid, agent);
    this.configuration = new Configuration(state.configuration);
    this.agents.restart();
  }

  private save(): void {
    const file = this.options.stateFile;
    if (file === undefined) return;
    const state = { agents: [...this.records.values()], configuration: this.configuration.state };
    writeFileSync(`${file}.new`, JSON.stringify(state));
    renameSync(`${file}.new`, file);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (TRANSFERS.test(request.url ?? "")) {
      await transfer(this, request, response);
      return;
    }
    const ask = await readRequest(request);
    if (ask.path.startsWith("/stand-in/")) {
      send(response, control(this, ask));
      return;
    }
    const { method, path, body } = ask;
    const weather = this.weather;
    if (weather.dieAfter !== null && weather.dieAfter-- <= 0) {
      this.requests.push({ method, path, body, status: 0 });
      request.socket.destroy();
      return;
    }
    if (weather.delay > 0) await after(weather.delay, undefined, { ref: false });
    const isBelow = /^\/go(\/|$)/.test(request.url ?? "");
    const answer = isBelow ? await this.answer(ask) : { status: 404, body: "" };
    this.requests.push({ method, path, body, status: answer.status });
    if (method !== "GET") this.save();
    const cookie = ask.cookie === undefined ? {} : { "Set-Cookie": ask.cookie };
    send(response, { ...answer, headers: { ...answer.headers, ...cookie } }, ask.header("accept-encoding"));
  }

  private async answer(ask: Ask): Promise<Answer> {
    if (this.weather.status !== null) return { status: this.weather.status, body: this.weather.body };
    const unavailable =
      (this.starting ? starting(ask) : undefined) ??
      (this.backingUp ? inBackup(ask) : undefined) ??
      (this.maintenance.on ? inMaintenance(ask) : undefined);
    const given = unavailable ?? this.answers.get(`${ask.method} ${ask.path}`);
    if (given !== undefined) return given;
    const route = routeOf(ask, ROUTES, this.weather.versionsApart);
    try {
      const turnedAway = await this.turnAway(ask, "handle" in route ? route : undefined);
      if (turnedAway !== undefined) return turnedAway;
      if (!("handle" in route)) return route;
      const type = route.version === undefined ? {} : { type: versioned(route.version) };
      const answer =
        (route.json === true ? contentRefusal(ask) : undefined) ??
        (await route.handle(ask, this, ...(route.path.exec(ask.path) ?? []).slice(1)));
      return { ...type, ...answer, ...(this.weather.withoutTags ? { headers: {} } : {}) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const type = "handle" in route && route.version !== undefined ? { type: versioned(route.version) } : {};
      return { ...type, ...refusalAnswer(ask, error) };
    }
  }

  /** Nothing when the request may go on. */
  private async turnAway(ask: Ask, route: Route | undefined): Promise<Answer | undefined> {
    if (ask.path.startsWith("/remoting/")) {
      this.agents.authenticate(ask.header("x-agent-guid"), ask.header("authorization"));
      return /^\/remoting\/(api\/agent|files)\//.test(ask.path) ? undefined : { status: 403, type: null };
    }
    return (await authenticate(ask, this.sessions, this.configuration.people)) ?? authorize(ask, route);
  }
}
