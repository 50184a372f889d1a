// Keeps one issue about drift: opened when there is some, edited while it lasts, closed when it is gone.
import { readFileSync } from "node:fs";
import { at, call, fenced, list, type Api } from "./comment";

const MARKER = "<!-- gocd-on-kubernetes: drift -->";
const BOT = "github-actions[bot]";
/** Of the 65,536 characters that GitHub takes. */
const ROOM = 50_000;

/** What the weekly look at the cloud ended with. */
export interface Finding {
  readonly result: "drift" | "none" | "failed";
  readonly stack: string;
  /** Address of the run's page, which ends with its number. */
  readonly run: string;
  /** What Pulumi wrote, or undefined if it did not come so far. */
  readonly text: string | undefined;
}

/** @returns what was done, for the log. */
export async function report(api: Api, finding: Finding): Promise<string> {
  if (finding.result === "drift" && (await isUpAtWork(api, finding))) {
    return "up was at work, or main still waits for it: what differs may be no drift, and the next look will tell";
  }
  const own = (await list(api, `/issues?state=open&creator=${encodeURIComponent(BOT)}`)).find((issue) => {
    const text = at(issue, "body");
    return at(issue, "pull_request") === undefined && typeof text === "string" && text.startsWith(MARKER);
  });
  const number = at(own, "number");
  if (finding.result === "none") {
    if (typeof number !== "number") return "no drift";
    await call(api, "POST", `/issues/${number}/comments`, { body: `Gone, says [this run](${finding.run}).` });
    await call(api, "PATCH", `/issues/${number}`, { state: "closed" });
    return `closed #${number}`;
  }
  const issue = { title: titleOf(finding), body: bodyOf(finding) };
  if (typeof number === "number") {
    await call(api, "PATCH", `/issues/${number}`, issue);
    return `edited #${number}`;
  }
  await call(api, "POST", "/issues", issue);
  return "opened an issue";
}

/**
 * True when the workflow `up` has something to do, or ended after the look at the cloud began. The two share no concurrency
 * group: GitHub lets one run wait in a group, and cancels a deployment that waits when the look joins it.
 */
async function isUpAtWork(api: Api, { run }: Finding): Promise<boolean> {
  const own = await call(api, "GET", `/actions/runs/${run.split("/").at(-1) ?? ""}`);
  const answer = await call(api, "GET", "/actions/workflows/up.yaml/runs?branch=main&per_page=1");
  const latest = at(answer, "workflow_runs", "0");
  if (latest === undefined) return false;
  return at(latest, "status") !== "completed" || String(at(latest, "updated_at")) > String(at(own, "run_started_at"));
}

function titleOf({ result, stack }: Finding): string {
  return result === "drift"
    ? `Stack ${stack} is no longer what the program says`
    : `The drift check of stack ${stack} failed`;
}

function bodyOf({ run, text }: Finding): string {
  return [
    MARKER,
    `Found by [this run](${run}). docs/operations/troubleshoot.md says what to do about drift.`,
    fenced(text ?? "Pulumi was not reached: see the run.", ROOM),
  ].join("\n\n");
}

/** The file's text, or undefined if there is none. */
export function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
