import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** An edit of a source file: the text that is there, and what takes its place. */
type Edit = readonly [file: string, from: string, to: string];

// The same as in tests/cluster/gocd/short-timeouts.ts, where the program writes it: how often probes ask, and how long the agents' hooks
// and housekeeping wait between two looks. What is waited for is the same.
const PROBE = "periodSeconds: 10";
const HOOKS = Object.entries({
  IDENTITY_PAUSE_SECONDS: 1,
  DOCKER_PAUSE_SECONDS: 1,
  ENABLE_PAUSE_SECONDS: 1,
  DRAIN_PAUSE_SECONDS: 1,
})
  .map(([name, value]) => `{ name: "${name}", value: "${value}" },`)
  .join(" ");

const EDITS: readonly Edit[] = [
  [
    "components/agents/agent.ts",
    `readinessProbe: { exec: { command: ["agent-ready"] }, ${PROBE}`,
    // Ready within a second, and no process every second for as long as it is.
    `startupProbe: { exec: { command: ["agent-ready"] }, periodSeconds: 1, timeoutSeconds: 5, failureThreshold: 600 },
        readinessProbe: { exec: { command: ["agent-ready"] }, ${PROBE}`,
  ],
  ["components/agents/agent.ts", "...sidecar.clientEnv,", `${HOOKS} ...sidecar.clientEnv,`],
  ["components/housekeeping/housekeeping.ts", PROBE, "periodSeconds: 1"],
  [
    "components/housekeeping/component.ts",
    "            ...config,",
    "            ...config, intervalSeconds: 2, settledAfterSeconds: 2,",
  ],
  [
    "components/server/server.ts",
    `startupProbe: { ...HEALTH, ${PROBE}, failureThreshold: 180 }`,
    "startupProbe: { ...HEALTH, periodSeconds: 1, failureThreshold: 1800 }",
  ],
  [
    "components/server/server.ts",
    `readinessProbe: { ...HEALTH, ${PROBE}`,
    "readinessProbe: { ...HEALTH, periodSeconds: 2",
  ],
];

/** Changes a copy of the program so that it waits for less time than it does for people. */
export function shortenWaits(directory: string): void {
  for (const [name, from, to] of EDITS) {
    const file = path.join(directory, name);
    const text = readFileSync(file, "utf8");
    if (!text.includes(from)) throw new Error(`${name} has no ${from}: the shorter waits of the tests must follow`);
    writeFileSync(file, text.replace(from, to));
  }
}
