// Holds a GoCD server against what the stand-in is held against.
import { setTimeout as after } from "node:timers/promises";
import { usageText } from "../../../../preview/command";
import { HELP, readArguments, type Options } from "./arguments";
import type { Server } from "./ask";
import { hold } from "./hold";
import { asJson, asText, differ, held } from "./report";
import { SCENARIOS } from "./scenarios";
import { isStarting, statesOf } from "./states";

const PAUSE_MS = 500;

/** Where the command writes. */
export interface Streams {
  readonly stdout: { readonly write: (text: string) => unknown };
  readonly stderr: { readonly write: (text: string) => unknown };
}

/** Waits until the server answers at all, or has started; false when it did not in time. */
async function reached(server: Server, until: "answers" | "has started", end: number): Promise<boolean> {
  for (;;) {
    const starting = await isStarting(server);
    if (starting !== undefined && (until === "answers" || !starting)) return true;
    if (Date.now() >= end) return false;
    await after(PAUSE_MS);
  }
}

/** Holds the server, and what it answers while it starts where it is met so; returns the status to end with. */
async function contract(
  { server, has, disposable, waitSeconds, json }: Options,
  { stdout, stderr }: Streams,
): Promise<number> {
  const end = Date.now() + waitSeconds * 1000;
  const late = (what: string): number => {
    stderr.write(`contract: ${server.url} ${what}\n`);
    return 1;
  };
  if (!(await reached(server, "answers", end))) return late("does not answer");
  const conditions = { states: statesOf(server), has, changes: disposable };
  const early = await hold(
    SCENARIOS.filter(({ state }) => state === "starting"),
    server,
    conditions,
  );
  if (!(await reached(server, "has started", end))) return late("has not started");
  const rest = await hold(
    SCENARIOS.filter(({ state }) => state !== "starting"),
    server,
    conditions,
  );
  const results = [...early, ...rest];
  stdout.write(json ? asJson(results) : asText(results));
  return differ(results).length === 0 && held(results).length > 0 ? 0 : 1;
}

/** The command. Resolves to the status to end with. */
export async function runContract(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  streams: Streams,
): Promise<number> {
  const options = readArguments(args, environment);
  if ("help" in options) {
    streams.stdout.write(HELP);
    return 0;
  }
  if ("wrong" in options) {
    streams.stderr.write(usageText("npm run contract", options.wrong));
    return 2;
  }
  return contract(options, streams);
}
