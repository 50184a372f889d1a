import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

import { systemLookup, type Lookup } from "./address";
import { ConfigFolder, type Config, type ConfigError } from "./config";
import { Drains } from "./drain";
import { Gocd } from "./gocd";
import { httpServer } from "./http";
import type { Logger } from "./log";
import { metrics } from "./metrics";
import { NOTHING_REMEMBERED, reconcile } from "./reconcile";

export interface ServiceOptions {
  /** Folder with config.json, agents.json, token-generation-key, username and password. */
  readonly configFolder: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** Default: every address. */
  readonly host?: string;
  readonly log: Logger;
  readonly lookup?: Lookup;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

export interface Service {
  readonly port: number;
  /** Abandons what is under way, and resolves when nothing is left. */
  readonly stop: () => Promise<void>;
  /** Settles when the loop has ended, which it does only when it is stopped. */
  readonly ended: Promise<void>;
}

/** Reconciliations that may be late before the service calls itself unhealthy, so that a stuck one is restarted. */
const LATE_RECONCILIATIONS = 10;
const LATE_AT_LEAST = 300_000;

/**
 * Starts the loop and the endpoint.
 *
 * @throws ConfigError when the configuration is not valid at the start. Later a bad one is reported and the last good one
 *   stays in use.
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { log } = options;
  const now = options.now ?? Date.now;
  const folder = new ConfigFolder(options.configFolder);
  const stopping = new AbortController();
  const shown = metrics();
  const drains = new Drains(now);
  let config = folder.read();
  let gocd: Gocd;
  let memory = NOTHING_REMEMBERED;
  let alive = now();

  const use = (next: Config): void => {
    config = next;
    gocd = new Gocd(access(config), stopping.signal);
    drains.configure(config);
    const { problems } = config;
    if (problems.length > 0)
      log.error({ problems }, "some managed settings are not valid and are left as they are in GoCD");
  };
  use(config);
  const reread = (): void => {
    try {
      const next = folder.read();
      if (next !== config) {
        log.info({ agents: next.agents.length }, "the configuration has changed");
        use(next);
      }
      shown.configValid.set(config.problems.length === 0 ? 1 : 0);
    } catch (error) {
      const { problems } = error as ConfigError; // nothing else is thrown
      shown.configValid.set(0);
      log.error({ problems }, "the changed configuration is not valid; the last valid one stays in use");
    }
  };
  const unhealthy = (): string | undefined => {
    const limit = Math.max(LATE_AT_LEAST, config.settings.intervalSeconds * 1000 * LATE_RECONCILIATIONS);
    return now() - alive > limit ? "no reconciliation has ended for too long" : undefined;
  };

  const server = httpServer({
    drains,
    gocd: () => gocd,
    metrics: shown,
    log,
    unhealthy,
    refused: () => memory.refused,
  });
  await once(server.listen(options.port, options.host), "listening");
  const { port } = server.address() as AddressInfo;
  if (config.settings.agentsDomain === undefined)
    log.warn("no agentsDomain is set: pending agents are approved by uuid and name, not by address");
  log.info({ port, agents: config.agents.length, server: config.settings.serverUrl }, "housekeeping has started");

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      reread();
      const lookup = options.lookup ?? systemLookup;
      memory = await reconcile({ gocd, config, drains, lookup, log, metrics: shown, now }, memory);
      alive = now();
      const pause = wait(config.settings.intervalSeconds * 1000, undefined, { signal: stopping.signal });
      await pause.catch(() => undefined); // stopped
    }
  };
  const ended = loop();
  const stop = async (): Promise<void> => {
    log.info("housekeeping stops");
    stopping.abort();
    const closed = new Promise((resolve) => server.close(resolve));
    await ended;
    server.closeAllConnections();
    await closed;
  };
  return { port, stop, ended };
}

function access(config: Config): ConstructorParameters<typeof Gocd>[0] {
  const { serverUrl: url, requestTimeoutSeconds: timeoutSeconds } = config.settings;
  return { url, username: config.username, password: config.password, timeoutSeconds };
}
