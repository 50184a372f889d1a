// Posts the results of a run of the workflow `preview` as one comment on its pull request, edited in place. The run may come
// from a fork, so everything that it left behind is text of a stranger: of the event, which GitHub writes, come the numbers.
//
// This file is started by Node itself, without a checkout and without packages (.github/workflows/comment.yaml): it imports
// nothing of this project, and its types must be such that Node can strip them.
import { closeSync, lstatSync, openSync, readFileSync, readSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";

/** Finds the comment again; nobody sees it. */
const MARKER = "<!-- gocd-on-kubernetes: preview -->";
/** Whose comments carry the marker in earnest: anybody can write it. */
const BOT = "github-actions[bot]";
/** GitHub takes 65,536 characters; the head and the fences need some. */
const ROOM = 60_000;
/** Of a larger file only the end is read. */
const MOST_BYTES = 1_000_000;

/** The artifacts of the workflow `preview`, each a folder; a fork may call anything the second, which needs credentials. */
const PARTS = [
  { folder: "preview-difference", heading: "What the program would do", forks: true },
  { folder: "preview-pulumi", heading: "pulumi preview", forks: false },
] as const;

/** Where GitHub is, and who asks. */
export interface Api {
  /** Such as `https://api.github.com`. */
  readonly url: string;
  readonly token: string;
  /** `owner/name`. */
  readonly repository: string;
}

/** Calls GitHub below `/repos/<owner>/<name>`. @throws Error with the status if it is not one of success. */
export async function call(api: Api, method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${api.url}/repos/${api.repository}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${api.token}`,
      accept: "application/vnd.github+json",
      "x-github-api-version": "2022-11-28",
      "content-type": "application/json",
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: GitHub answered ${response.status}`);
  return response.json();
}

/** Every item of a list that comes in pages. `path` has a query already. */
export async function list(api: Api, path: string): Promise<unknown[]> {
  const items: unknown[] = [];
  for (let page = 1; ; page += 1) {
    const answer = await call(api, "GET", `${path}&per_page=100&page=${page}`);
    if (!Array.isArray(answer)) throw new Error(`GET ${path}: GitHub answered with no list`);
    items.push(...(answer as unknown[]));
    if (answer.length < 100) return items;
  }
}

/** A value inside parsed JSON, or undefined where the way there ends. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>)[key] : undefined),
    value,
  );
}

function textAt(value: unknown, ...path: readonly string[]): string {
  const found = at(value, ...path);
  if (typeof found !== "string") throw new Error(`the event has no ${path.join(".")}`);
  return found;
}

/** What a reader's eye would take for something else, or not see at all: escape sequences, controls, direction marks. */
const UNSEEN = /(?![\n\t])\p{Cc}(\[[0-9;?]*[ -/]*[@-~])?|[\p{Cf}\p{Zl}\p{Zp}]/gu;
const LONGEST_TICKS = 20;

/**
 * Text of a stranger as a block of code that it cannot leave.
 *
 * @param room number of characters that the block may take; text is cut from the top, since the summary stands at the end.
 */
export function fenced(text: string, room: number): string {
  const clean = text
    .replace(/\r\n?/g, "\n")
    .replace(UNSEEN, "")
    .replace(/`{21,}/g, "`".repeat(LONGEST_TICKS))
    .trimEnd();
  const body = cut(clean, room - 2 * LONGEST_TICKS - 60);
  const longest = Math.max(2, ...(body.match(/`+/g) ?? []).map((ticks) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${body}\n${fence}`;
}

function cut(text: string, room: number): string {
  if (text.length <= room) return text;
  const tail = text.slice(text.length - room);
  const whole = tail.slice(tail.indexOf("\n") + 1);
  const lines = text.slice(0, text.length - whole.length).split("\n").length - 1;
  return `… ${lines} lines above are left out\n${whole}`;
}

/** The end of a file, or undefined if there is no such file; a link or a folder is none. */
function read(path: string): string | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile()) return undefined;
  if (stat.size <= MOST_BYTES) return readFileSync(path, "utf8");
  const buffer = Buffer.alloc(MOST_BYTES);
  const file = openSync(path, "r");
  try {
    readSync(file, buffer, 0, MOST_BYTES, stat.size - MOST_BYTES);
  } finally {
    closeSync(file);
  }
  return buffer.toString("utf8");
}

/**
 * The comment.
 *
 * @param directory where the run's artifacts are.
 * @param event GitHub's `workflow_run` event.
 */
export function commentOn(directory: string, event: unknown): string {
  const run = (...path: string[]) => textAt(event, "workflow_run", ...path);
  // Whoever pushes a branch here may write comments here as well; a fork's author may not, in our name.
  const known = run("head_repository", "full_name") === textAt(event, "repository", "full_name");
  const sections = PARTS.flatMap(({ folder, heading, forks }) => {
    const text = known || forks ? read(join(directory, folder, "preview.txt")) : undefined;
    if (text === undefined) return [];
    const body = fenced(text, ROOM / PARTS.length);
    return [`<details open><summary><b>${heading}</b></summary>\n\n${body}\n\n</details>`];
  });
  const outcome = run("conclusion") === "success" ? "passed" : "**failed**";
  return [
    MARKER,
    `Preview of ${run("head_sha").slice(0, 12)} ${outcome} ([run](${run("html_url")})).`,
    ...(sections.length > 0 ? sections : ["It ended before it had anything to show."]),
  ].join("\n\n");
}

/** The open pull request that the run was for, by what GitHub says of the run; undefined if it has moved on or is closed. */
async function pullRequest(api: Api, event: unknown): Promise<number | undefined> {
  const run = (...path: string[]) => textAt(event, "workflow_run", ...path);
  const query = new URLSearchParams({
    state: "open",
    base: textAt(event, "repository", "default_branch"),
    head: `${run("head_repository", "owner", "login")}:${run("head_branch")}`,
  });
  const found = (await list(api, `/pulls?${query.toString()}`)).find(
    (pull) =>
      at(pull, "head", "sha") === run("head_sha") &&
      at(pull, "head", "repo", "full_name") === run("head_repository", "full_name"),
  );
  const number = at(found, "number");
  return typeof number === "number" ? number : undefined;
}

/** Writes the comment, or writes it anew where it stands. @returns what was done, for the log. */
export async function post(api: Api, directory: string, event: unknown): Promise<string> {
  const number = await pullRequest(api, event);
  if (number === undefined) return "no open pull request is at this commit: nothing to say";
  const body = commentOn(directory, event);
  const comments = await list(api, `/issues/${number}/comments?direction=asc`);
  const own = comments.find((comment) => {
    const text = at(comment, "body");
    return at(comment, "user", "login") === BOT && typeof text === "string" && text.startsWith(MARKER);
  });
  const id = at(own, "id");
  if (typeof id === "number") {
    await call(api, "PATCH", `/issues/comments/${id}`, { body });
    return `edited the comment on #${number}`;
  }
  await call(api, "POST", `/issues/${number}/comments`, { body });
  return `commented on #${number}`;
}

/** GitHub as a step of a workflow finds it. */
export function apiOf(environment: NodeJS.ProcessEnv): Api {
  const value = (key: string) => {
    const found = environment[key];
    if (!found) throw new Error(`${key} is not set`);
    return found;
  };
  return { url: value("GITHUB_API_URL"), token: value("GITHUB_TOKEN"), repository: value("GITHUB_REPOSITORY") };
}

/** The event that started the workflow. */
function eventOf(environment: NodeJS.ProcessEnv): unknown {
  return JSON.parse(readFileSync(environment["GITHUB_EVENT_PATH"] ?? "", "utf8"));
}

const HELP = `Usage: comment.ts DIRECTORY

Posts the results in DIRECTORY as one comment on the pull request of the event that GITHUB_EVENT_PATH names.
`;

/** The folder that the command is called with; undefined where its help is asked for. */
function directoryOf(args: readonly string[]): string | undefined {
  const options = { help: { type: "boolean", short: "h" } } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  if (values.help) return undefined;
  const [directory, ...more] = positionals;
  if (directory === undefined || more.length > 0) throw new Error("one DIRECTORY is wanted");
  return directory;
}

/** @returns the exit status. What goes wrong is one line, never a stack trace. */
async function main(args: readonly string[]): Promise<number> {
  let status = 2;
  try {
    const directory = directoryOf(args);
    status = 1;
    const done = directory === undefined ? HELP : await post(apiOf(process.env), directory, eventOf(process.env));
    process.stdout.write(`${done.trimEnd()}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`comment.ts: ${error instanceof Error ? error.message : String(error)}\n`);
    return status;
  }
}

if (basename(process.argv[1] ?? "") === "comment.ts") {
  void main(process.argv.slice(2)).then((status) => {
    process.exitCode = status;
  });
}
