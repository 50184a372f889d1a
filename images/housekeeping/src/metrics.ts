import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";

import type { Plan, Step } from "./plan";

const PREFIX = "gocd_housekeeping_";

/** What /metrics shows. Names of agents are in labels, uuids and tokens never. */
export function metrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counter = <L extends string>(name: string, help: string, labelNames: L[]): Counter<L> =>
    new Counter({ name: PREFIX + name, help, labelNames, registers: [registry] });
  const gauge = <L extends string>(name: string, help: string, labelNames: L[] = []): Gauge<L> =>
    new Gauge({ name: PREFIX + name, help, labelNames, registers: [registry] });

  const all = {
    registry,
    reconciles: counter("reconcile_total", "Reconciliations, by how they ended", ["result"]),
    errors: counter("errors_total", "Things that failed, by why", ["failure"]),
    steps: counter("agent_changes_total", "Agents approved, aligned, enabled and removed", ["kind"]),
    settings: counter("setting_changes_total", "Managed settings brought in line", ["setting"]),
    settingsRefused: gauge("settings_refused", "Managed settings that are not in force: not valid, or refused by GoCD"),
    drains: counter("drain_requests_total", "Requests to drain or release an agent, by answer", ["answer"]),
    agents: gauge("agents", "Agents that GoCD knows, by owner, state and configuration", ["owner", "state", "config"]),
    missing: gauge("agents_missing", "Expected agents that GoCD does not know"),
    freeDisk: gauge("agent_free_disk_bytes", "Free disk of this program's agents", ["hostname"]),
    serverMessages: gauge("server_messages", "Warnings and errors that GoCD shows about itself", ["level"]),
    lastSuccess: gauge("last_success_timestamp_seconds", "End of the last reconciliation in which nothing failed"),
    lastReconcile: gauge("last_reconcile_seconds", "How long the last reconciliation took"),
    configValid: gauge("config_valid", "1 when the configuration on disk is the one in use"),
  };
  const kinds: Record<Step["kind"], true> = { approve: true, align: true, enable: true, remove: true };
  for (const kind of Object.keys(kinds)) all.steps.inc({ kind }, 0);
  for (const result of ["success", "failure"]) all.reconciles.inc({ result }, 0);
  return all;
}

export type Metrics = ReturnType<typeof metrics>;

/** Replaces the gauges about agents, so that agents that are gone leave none behind. */
export function showAgents(shown: Metrics, owners: Plan["owners"]): void {
  shown.agents.reset();
  shown.freeDisk.reset();
  for (const { agent, owner } of owners) {
    shown.agents.inc({ owner, state: agent.agent_state, config: agent.agent_config_state });
    if (owner === "ours" && typeof agent.free_space === "number")
      shown.freeDisk.set({ hostname: agent.hostname }, agent.free_space);
  }
}
