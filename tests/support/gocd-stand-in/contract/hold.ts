// Holds a server against the contract, scenario by scenario.
import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout as after } from "node:timers/promises";
import { ask, kept, type Given, type Names, type Server } from "./ask";
import { differences, type Difference } from "./compare";
import type { Line, Need, Scenario, State } from "./format";

/** What came of one line. */
export interface Result {
  readonly scenario: Scenario;
  readonly line: Line;
  /** Absent when the line was left out. */
  readonly given?: Given;
  /** The values that stood for names when it was asked. */
  readonly names: Names;
  readonly differences: readonly Difference[];
  /** Why the line was left out. */
  readonly leftOut?: string;
}

/** Brings a server into a state and out of it; answers why not, where that cannot be done. */
export interface States {
  enter(state: State): Promise<string | undefined>;
  leave(state: State): Promise<void>;
  /** Whether what was asked meanwhile was asked in that state. */
  lasted(state: State): Promise<boolean>;
}

export interface Conditions {
  readonly states: States;
  readonly has: ReadonlySet<Need>;
  /** Whether scenarios may run that change the server. */
  readonly changes: boolean;
}

const REPEATS = 40;
const REPEAT_PAUSE_MS = 250;
/** A backup of a small server ends before all is asked. */
const ENTRIES = 20;

const namesOf = (scenario: Scenario, server: Server): Names => ({
  origin: new URL(server.url).origin,
  run: randomBytes(4).toString("hex"),
  admin: server.admin.username,
  viewer: server.viewer?.username ?? "",
  key: server.autoRegisterKey ?? "",
  ...Object.fromEntries((scenario.uuids ?? []).map((name) => [name, randomUUID()])),
});

const leftOut = (scenario: Scenario, why: string): readonly Result[] =>
  scenario.lines.map((line) => ({ scenario, line, names: {}, differences: [], leftOut: why }));

/** Holds one line; an answer that does not come is a difference, too. */
async function holdLine(scenario: Scenario, line: Line, server: Server, names: Names): Promise<Result> {
  for (let left = line.repeat === true ? REPEATS : 1; ; left--) {
    try {
      const given = await ask(line, server, names);
      const found = differences(line, given, names);
      if (found.length === 0 || left === 1) return { scenario, line, given, names, differences: found };
    } catch (error) {
      const found = (error as Error).message;
      return { scenario, line, names, differences: [{ what: "answer", wanted: "one", found }] };
    }
    await after(REPEAT_PAUSE_MS);
  }
}

async function holdInTurn(scenario: Scenario, server: Server): Promise<readonly Result[]> {
  let names = namesOf(scenario, server);
  const results: Result[] = [];
  for (const line of scenario.lines) {
    const result = await holdLine(scenario, line, server, names);
    results.push(result);
    const { given } = result;
    if (given === undefined) continue;
    const more = Object.entries(line.keep ?? {}).map(([name, source]) => [name, kept(given, source) ?? ""]);
    names = { ...names, ...(Object.fromEntries(more) as Names) };
  }
  return results;
}

/** A state that ends by itself: all is asked at once, and asked again in the next one where it came too late. */
async function holdAtOnce(scenario: Scenario, server: Server, { states }: Conditions): Promise<readonly Result[]> {
  const state = scenario.state ?? "running";
  const results = new Map<Line, Result>();
  for (let entry = 0; entry < ENTRIES && results.size < scenario.lines.length; entry++) {
    const why = await states.enter(state);
    if (why !== undefined) return leftOut(scenario, why);
    const names = namesOf(scenario, server);
    const asked = scenario.lines.filter((line) => !results.has(line));
    const held = await Promise.all(asked.map((line) => holdLine(scenario, line, server, names)));
    const lasted = await states.lasted(state);
    for (const result of held) if (lasted || result.differences.length === 0) results.set(result.line, result);
    await states.leave(state);
  }
  return scenario.lines.map(
    (line) =>
      results.get(line) ?? { scenario, line, names: {}, differences: [], leftOut: `the ${state} ended too soon` },
  );
}

async function holdScenario(scenario: Scenario, server: Server, conditions: Conditions): Promise<readonly Result[]> {
  const state = scenario.state ?? "running";
  if (scenario.changes && !conditions.changes) return leftOut(scenario, "they change the server (--disposable)");
  const missing = (scenario.needs ?? []).filter((need) => !conditions.has.has(need));
  if (missing.length > 0) return leftOut(scenario, `there is no ${missing.join(" and no ")}`);
  if (state === "backup" || state === "starting") return holdAtOnce(scenario, server, conditions);
  const why = await conditions.states.enter(state);
  if (why !== undefined) return leftOut(scenario, why);
  try {
    return await holdInTurn(scenario, server);
  } finally {
    await conditions.states.leave(state);
  }
}

/** Every line of the scenarios, held against the server. */
export async function hold(
  scenarios: readonly Scenario[],
  server: Server,
  conditions: Conditions,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const scenario of scenarios) results.push(...(await holdScenario(scenario, server, conditions)));
  return results;
}
