import { z } from "zod";

import { isItsPod, type Lookup } from "./address";
import { changeAgent, deleteAgent, listAgents, type Agent } from "./agents";
import type { Config } from "./config";
import type { Drains } from "./drain";
import { GocdError, type Gocd } from "./gocd";
import type { Logger } from "./log";
import { isInMaintenance } from "./maintenance";
import { showAgents, type Metrics } from "./metrics";
import { ownedSteps } from "./owned/owned";
import { plan, type Step } from "./plan";
import { SETTINGS } from "./settings";

const GIB = 1024 ** 3;
const MINUTE = 60_000;

export interface ReconcileTools {
  readonly gocd: Gocd;
  readonly config: Config;
  readonly drains: Drains;
  readonly lookup: Lookup;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly now: () => number;
}

/** What goes from one reconciliation to the next. May be lost: agents are then given their whole grace time again. */
export interface ReconcileMemory {
  readonly lostSince: ReadonlyMap<string, number>;
  /** The managed settings that are not in force, each with the reason: not valid, or refused by GoCD. */
  readonly refused: readonly string[];
}

export const NOTHING_REMEMBERED: ReconcileMemory = { lostSince: new Map(), refused: [] };

const FIELDS = ["approved", "aligned", "enabled", "removed", "settings", "notices", "failures"] as const;
/** What a reconciliation did; its values are the fields of the line that ends it. */
type RoundResult = Readonly<Record<(typeof FIELDS)[number], string[]>>;

const RESULT_FIELD = { approve: "approved", align: "aligned", enable: "enabled", remove: "removed" } as const;

/**
 * Reconciles once: agents first, since somebody waits for them, then settings. It can end at any point and be done again by
 * anybody: every step starts from what GoCD says now, and is a difference.
 */
export async function reconcile(tools: ReconcileTools, memory: ReconcileMemory): Promise<ReconcileMemory> {
  const started = tools.now();
  const done: RoundResult = {
    approved: [],
    aligned: [],
    enabled: [],
    removed: [],
    settings: [],
    notices: [],
    failures: [],
  };
  let next = memory;
  try {
    const agents = await listAgents(tools.gocd);
    const maintenance = await isInMaintenance(tools.gocd);
    if (maintenance) done.notices.push("GoCD is in maintenance mode: nothing is changed until that ends");
    next = { ...next, lostSince: await reconcileAgents(tools, memory, done, { agents, maintenance }) };
    if (!maintenance) next = { ...next, refused: await applySettings(tools, done) };
    await showServerMessages(tools, done);
  } catch (error) {
    fail(tools, done, error); // about the whole server: the rest would fail alike
  }
  const took = (tools.now() - started) / 1000;
  const result = done.failures.length === 0 ? "success" : "failure";
  tools.metrics.reconciles.inc({ result });
  tools.metrics.lastReconcile.set(took);
  if (result === "success") tools.metrics.lastSuccess.set(tools.now() / 1000);
  tools.log[result === "success" ? "info" : "warn"]({ ...done, seconds: took }, `reconcile: ${summary(done)}`);
  return next;
}

/** Returns the settings that are not in force, each with the reason. */
async function applySettings(tools: ReconcileTools, done: RoundResult): Promise<string[]> {
  const refused = [...tools.config.problems];
  done.failures.push(...refused.map((problem) => `invalid: ${problem}`));
  const { gocd, config } = tools;
  const { managed } = config.settings;
  const steps = [
    ...SETTINGS.map(({ name, apply }) => ({ name, apply: () => apply(gocd, managed) })),
    ...ownedSteps(gocd, managed, config.tokenGenerationKey),
  ];
  for (const { name, apply } of steps)
    await attempt(tools, done, async () => {
      const changed = await apply().catch((error: unknown) => {
        if (error instanceof GocdError && error.failure === "refused") refused.push(`${name}: ${error.message}`);
        throw error;
      });
      if (changed === undefined) return;
      tools.metrics.settings.inc({ setting: name });
      done.settings.push(`${name} ${changed}`);
    });
  tools.metrics.settingsRefused.set(refused.length);
  return refused;
}

/** Returns since when agents have been out of contact. */
async function reconcileAgents(
  tools: ReconcileTools,
  { lostSince }: ReconcileMemory,
  done: RoundResult,
  { agents, maintenance }: { readonly agents: readonly Agent[]; readonly maintenance: boolean },
): Promise<ReadonlyMap<string, number>> {
  const { settings, agents: expected } = tools.config;
  tools.drains.observe(agents);
  const decided = plan({
    agents,
    expected,
    confirmed: await confirm(tools, agents),
    lostSince,
    drains: tools.drains,
    now: tools.now(),
    lostAfter: settings.lostAfterMinutes * MINUTE,
    lowDisk: settings.lowDiskGib * GIB,
  });
  done.notices.push(...decided.notices);
  showAgents(tools.metrics, decided.owners);
  tools.metrics.missing.set(expected.length - decided.owners.filter(({ owner }) => owner === "ours").length);
  for (const step of maintenance ? [] : decided.steps)
    await attempt(tools, done, async () => {
      await applyStep(tools.gocd, step);
      tools.metrics.steps.inc({ kind: step.kind });
      done[RESULT_FIELD[step.kind]].push(step.agent.hostname);
    });
  return decided.lostSince;
}

async function applyStep(gocd: Gocd, { kind, agent, change }: Step): Promise<void> {
  if (change !== undefined) await changeAgent(gocd, change);
  if (kind === "remove") await deleteAgent(gocd, agent.uuid);
}

async function confirm(tools: ReconcileTools, agents: readonly Agent[]): Promise<Set<string>> {
  const expected = new Map(tools.config.agents.map((agent) => [agent.uuid, agent]));
  const confirmed = new Set<string>();
  for (const agent of agents) {
    const wanted = expected.get(agent.uuid);
    if (agent.agent_config_state !== "Pending" || wanted === undefined) continue;
    if (await isItsPod(agent, wanted, tools.config.settings.agentsDomain, tools.lookup)) confirmed.add(agent.uuid);
  }
  return confirmed;
}

const serverMessages = z.array(z.object({ message: z.string(), level: z.string() }));

/** GoCD's own warnings: the only place where it says that the server's disks run full. */
async function showServerMessages(tools: ReconcileTools, done: RoundResult): Promise<void> {
  const call = { method: "GET", path: "/api/server_health_messages", version: 1, answer: serverMessages } as const;
  await attempt(tools, done, async () => {
    const { value } = await tools.gocd.call(call);
    tools.metrics.serverMessages.reset();
    for (const { message, level } of value) {
      tools.metrics.serverMessages.inc({ level });
      if (/disk space/i.test(message)) done.notices.push(message);
    }
  });
}

/** Does one thing. Its failure is noted and the rest goes on, unless it concerns everything that is still to come. */
async function attempt(tools: ReconcileTools, done: RoundResult, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof GocdError) || error.concernsWholeServer) throw error;
    fail(tools, done, error);
  }
}

function fail(tools: ReconcileTools, done: RoundResult, error: unknown): void {
  const failure = error instanceof GocdError ? error.failure : "unexpected";
  tools.metrics.errors.inc({ failure });
  done.failures.push(`${failure}: ${(error as Error).message}`);
}

function summary(done: RoundResult): string {
  const named = FIELDS.filter((key) => done[key].length > 0).map((key) => `${key} ${done[key].join("; ")}`);
  return named.length === 0 ? "nothing to do" : named.join(" | ");
}
