// Brings a server that is reached over HTTP alone into the states of the contract, and out of them.
import { setTimeout as after } from "node:timers/promises";
import { ask, type Given, type Server } from "./ask";
import type { Line, State } from "./format";
import type { States } from "./hold";

const CONFIRMED = { "X-GoCD-Confirm": "true" };
const PAUSE_MS = 200;
/** A backup runs a script afterwards, which takes its time. */
const BACKUP_PATIENCE_MS = 120_000;

/** Asks, as an administrator, what is no line of the contract. */
const request = (server: Server, question: Omit<Line, "says" | "answer">): Promise<Given> =>
  ask({ says: "", answer: { status: 0 }, ...question }, server, {});

const switchMode = (server: Server, word: "enable" | "disable"): Promise<Given> =>
  request(server, { ask: `POST /api/admin/maintenance_mode/${word}`, version: 1, headers: CONFIRMED });

const isBackingUp = async (server: Server): Promise<boolean> =>
  (await request(server, { ask: "GET /api/backups/running", version: 2 })).status === 200;

/** Whether the server answers that it starts; undefined when it answers nothing. */
export async function isStarting(server: Server): Promise<boolean | undefined> {
  try {
    const health = { ask: "GET /api/v1/health", as: "nobody", headers: { Accept: "*/*" } } as const;
    const { status, text } = await request(server, health);
    return status === 503 && text.includes("starting");
  } catch {
    return undefined;
  }
}

const refused = ({ status }: Given, what: string): string => `the server answered ${status} to ${what}`;

async function enter(server: Server, state: State): Promise<string | undefined> {
  switch (state) {
    case "running":
      return undefined;
    case "starting":
      return (await isStarting(server)) === true ? undefined : "the server has started already";
    case "maintenance": {
      const given = await switchMode(server, "enable");
      return given.status === 204 ? undefined : refused(given, "maintenance mode");
    }
    case "backup": {
      const given = await request(server, { ask: "POST /api/backups", version: 2, headers: CONFIRMED });
      return given.status === 202 ? undefined : refused(given, "a backup");
    }
  }
}

async function leave(server: Server, state: State): Promise<void> {
  if (state === "maintenance") await switchMode(server, "disable");
  if (state !== "backup") return;
  const end = Date.now() + BACKUP_PATIENCE_MS;
  while (await isBackingUp(server)) {
    if (Date.now() > end) throw new Error(`the backup did not end within ${BACKUP_PATIENCE_MS / 1000} s`);
    await after(PAUSE_MS);
  }
}

/** Through the server's own API. Nothing here makes a server start: that is seen only by who comes in time. */
export const statesOf = (server: Server): States => ({
  enter: (state) => enter(server, state),
  leave: (state) => leave(server, state),
  lasted: async (state) => (state === "starting" ? (await isStarting(server)) === true : isBackingUp(server)),
});
