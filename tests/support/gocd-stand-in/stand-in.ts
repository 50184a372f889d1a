// A server that answers as GoCD 26.1.0 does, as far as the hooks, the probes and housekeeping of this project ask it.
// What it is for: every case of identity, housekeeping and drain can be shown without a JVM and without waiting.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";

import type { AgentRecord, RuntimeState } from "./agents";
import { Agents, Refusal } from "./agents";
import type { Archives } from "./answers";
import {
  accepts,
  contentRefusal,
  INCORRECT,
  read,
  runPostBackupScript,
  send,
  unavailable,
  writeBackup,
} from "./answers";
import type { ConfigurationState } from "./configuration";
import { Configuration, emptyConfiguration } from "./configuration";
import { AGENT_ROUTES } from "./agent-routes";
import type { Answer, Ask, Route } from "./http";
import { Sessions } from "./sessions";
import { SERVER_ROUTES } from "./server-routes";

export interface StandInOptions {
  /** `tokenGenerationKey` of the server's configuration. */
  readonly tokenKey: string;
  /** Empty: agents can only register as pending. */
  readonly autoRegisterKey?: string;
  /** `-Dgo.auto.register.local.agent.enabled`, true in GoCD unless it is told otherwise. */
  readonly autoRegisterLocal?: boolean;
  /** Tells whether a log-in is right, and whether it is an administrator's. */
  readonly logIn: (user: string, password: string) => "admin" | "user" | undefined;
  readonly configuration?: Partial<ConfigurationState>;
  /** Where the state is kept across restarts of the process. Default: nowhere. */
  readonly stateFile?: string;
  /** Where a backup is written to. Default: nowhere, it is only recorded. */
  readonly artifactsDir?: string;
  /** What is in a backup's archives. Default: nothing that can be unpacked. */
  readonly archives?: () => Archives;
  /** `agent.connection.timeout`. Default: 300 seconds. */
  readonly lostContactAfterSeconds?: number;
  readonly now?: () => number;
}

export interface Backup {
  readonly id: number;
  readonly time: string;
  readonly path: string;
  readonly status: "IN_PROGRESS" | "COMPLETED" | "ERROR";
  readonly message: string;
  readonly user: string;
}

/** How the server feels: what a test can make go wrong. */
export interface Weather {
  /** Milliseconds before any answer. */
  delay: number;
  /** Answered to everything, in place of the real answer. */
  status: number | null;
  /** An HTTP body to go with `status`. */
  readonly body: string;
  /** Added to the version that every API answers to: 1 is a newer GoCD, -1 an older one. */
  versionsApart: number;
  /** Requests to answer before the connection is cut on every further one. */
  dieAfter: number | null;
  /** Answers without ETag, as behind a proxy that takes them away. */
  withoutTags: boolean;
}

const ROUTES = [...SERVER_ROUTES, ...AGENT_ROUTES];
const FAIR: Weather = { delay: 0, status: null, body: "", versionsApart: 0, dieAfter: null, withoutTags: false };
const ALLOWED_IN_BACKUP = [
  /^\/api\/backups\/(\d+|running)$/i,
  /^\/api\/v1\/health$/i,
  /^\/admin\/backup$/i,
  /^\/assets\/.*$/i,
];
/** `ModeAwareFilter.java`: what is let through in maintenance mode besides GET and HEAD. */
const ALLOWED_IN_MAINTENANCE = [
  /^\/remoting\//,
  /^\/(api\/backups|admin\/backup)$/,
  /^\/api\/stages\/.*cancel$/,
  /^\/api\/admin\/maintenance_mode\/[^/]*$/,
  /^\/auth\/security_check$/,
];

export class GocdStandIn {
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
  configuration: Configuration;
  agents: Agents;
  /** How long a backup takes. Until then every request but a few is answered with 503. */
  backupMilliseconds = 0;
  /** Given in place of the real answer to a request, by `METHOD /path`. */
  readonly answers = new Map<string, Answer>();
  private records = new Map<string, AgentRecord>();
  /** Who asks with a cookie in place of a log-in. */
  readonly sessions: Sessions;
  maintenance: { readonly on: boolean; readonly by: string | null; readonly at: string | null } = {
    on: false,
    by: null,
    at: null,
  };
  private backingUp = false;
  private port = 0;
  private readonly server: Server;

  constructor(private readonly options: StandInOptions) {
    this.configuration = new Configuration({
      ...emptyConfiguration(),
      ...structuredClone(options.configuration ?? {}),
    });
    this.agents = this.register(this.records);
    this.sessions = new Sessions(options.logIn, () => this.now());
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

  setMaintenance(on: boolean, by = "admin"): void {
    this.maintenance = { on, by, at: new Date(this.now()).toISOString() };
  }

  fairWeather(): void {
    this.weather = { ...FAIR };
  }

  /** Starts one and returns its number; it ends after `backupMilliseconds`. */
  startBackup(user: string): number {
    const id = this.backups.length + 1;
    const time = new Date(this.now());
    const stamp = time.toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
    const path = join(this.options.artifactsDir ?? "/godata/artifacts", "serverBackups", `backup_${stamp}`);
    const backup: Backup = {
      id,
      time: time.toISOString(),
      path,
      status: "IN_PROGRESS",
      message: "Backing up Database",
      user,
    };
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
    Object.assign(
      backup,
      well
        ? { status: "COMPLETED", message: "Backup was generated successfully." }
        : { status: "ERROR", message: `Post backup script '${script}' failed.` },
    );
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
    const url = new URL(request.url ?? "/", `http://${request.headers.host ?? "localhost"}`);
    const body = await read(request);
    const header = (name: string): string | undefined => {
      const value = request.headers[name];
      return Array.isArray(value) ? value[0] : value;
    };
    // The connector trusts X-Forwarded-For whoever sends it: GoPlainSocketConnector.java adds ForwardedRequestCustomizer.
    const forwarded = header("x-forwarded-for")?.split(",")[0]?.trim();
    const ask: Ask = {
      method: request.method ?? "GET",
      path: url.pathname.replace(/^\/go(?=\/)/, ""),
      query: url.searchParams,
      header,
      body,
      base: `${url.origin}/go`,
      address: forwarded ?? (request.socket.remoteAddress ?? "").replace(/^::ffff:/, ""),
      user: "",
    };
    if (url.pathname.startsWith("/stand-in/")) {
      send(response, this.control(url.pathname.slice("/stand-in/".length), body));
      return;
    }
    const weather = this.weather;
    if (weather.dieAfter !== null && weather.dieAfter-- <= 0) {
      this.requests.push({ method: ask.method, path: ask.path, body, status: 0 });
      request.socket.destroy();
      return;
    }
    if (weather.delay > 0) await after(weather.delay, undefined, { ref: false });
    const answer = url.pathname.startsWith("/go/") ? await this.answer(ask) : { status: 404, body: "" };
    this.requests.push({ method: ask.method, path: ask.path, body, status: answer.status });
    if (ask.method !== "GET") this.save();
    const cookie = ask.cookie === undefined ? {} : { "Set-Cookie": ask.cookie };
    send(response, { ...answer, headers: { ...answer.headers, ...cookie } });
  }

  private async answer(ask: Ask): Promise<Answer> {
    if (this.weather.status !== null) return { status: this.weather.status, body: this.weather.body };
    if (this.backingUp && !(ask.method === "GET" && ALLOWED_IN_BACKUP.some((allowed) => allowed.test(ask.path))))
      return unavailable(ask, "Server is under maintenance mode, please try later.");
    if (
      this.maintenance.on &&
      !/^(GET|HEAD)$/.test(ask.method) &&
      !ALLOWED_IN_MAINTENANCE.some((allowed) => allowed.test(ask.path))
    )
      return unavailable(ask, "Server is in maintenance mode, please try later.");
    const given = this.answers.get(`${ask.method} ${ask.path}`);
    if (given !== undefined) return given;
    const found = ROUTES.filter((route) => route.path.test(ask.path));
    try {
      const refused = this.authorize(ask, found);
      if (refused !== undefined) return refused;
      const accept = ask.header("accept") ?? "";
      const versioned = found.filter(
        (route) => route.version === undefined || accepts(accept, route.version + this.weather.versionsApart),
      );
      const route = versioned.find((one) => one.method === ask.method);
      if (route === undefined) return INCORRECT;
      const unacceptable = route.json === true ? contentRefusal(ask) : undefined;
      if (unacceptable !== undefined) return unacceptable;
      const answer = await route.handle(ask, this, ...(route.path.exec(ask.path) ?? []).slice(1));
      const type =
        route.version === undefined
          ? "application/json;charset=utf-8"
          : `application/vnd.go.cd.v${route.version}+json;charset=utf-8`;
      return { type, ...answer, ...(this.weather.withoutTags ? { headers: {} } : {}) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (ask.path.startsWith("/admin/agent"))
        return { status: error.status, body: error.message, type: "text/plain;charset=utf-8" };
      return {
        status: error.status,
        body: error.status === 500 ? { error: error.message } : { message: error.message },
      };
    }
  }

  /** Nothing when the request may go on. */
  private authorize(ask: Ask, routes: Route[]): Answer | undefined {
    const open = routes.find((route) => route.method === ask.method)?.who;
    if (open === "anyone") return undefined;
    if (ask.path.startsWith("/remoting/")) {
      this.agents.authenticate(ask.header("x-agent-guid"), ask.header("authorization"));
      return undefined;
    }
    const asker = this.sessions.authenticate(ask);
    if (!("role" in asker)) return asker;
    ask.user = asker.user;
    if (asker.cookie !== undefined) ask.cookie = asker.cookie;
    if (open === "admin" && asker.role !== "admin")
      return { status: 403, body: { message: "You are not authorized to perform this action." } };
    return undefined;
  }

  /** For tests on a cluster, which cannot call methods: POST /stand-in/<what> with a JSON body. */
  private control(what: string, text: string): Answer {
    const body = (text === "" ? {} : JSON.parse(text)) as {
      readonly uuid?: string;
      readonly state?: RuntimeState;
      readonly freeSpace?: number;
      readonly on?: boolean;
      readonly milliseconds?: number;
    } & Partial<Weather>;
    switch (what) {
      case "agent":
        this.setRuntimeState(body.uuid ?? "", body.state ?? "Idle", body.freeSpace);
        break;
      case "backing-up":
        this.setBackingUp(body.on ?? true);
        break;
      case "backup-takes":
        this.backupMilliseconds = body.milliseconds ?? 0;
        break;
      case "lose-volume":
        this.loseVolume();
        break;
      case "restart":
        this.restart();
        break;
      case "maintenance-mode":
        this.setMaintenance(body.on ?? true);
        break;
      case "weather":
        this.weather = { ...FAIR, ...body };
        break;
      case "requests":
        return { status: 200, body: this.requests };
      default:
        return { status: 404, body: { message: `nothing called ${what}` } };
    }
    return { status: 200, body: {} };
  }
}
