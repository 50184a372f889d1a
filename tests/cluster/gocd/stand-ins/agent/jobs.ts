// How GoCD's agent does jobs: one after the other, a line logged before anything is done for a job, one when its tasks have ended and one
// when its result is told, all by the thread that does jobs, which goes on when wherever the line goes to has taken it.
import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { setTimeout as after } from "node:timers/promises";

const LOGGING = "/go-working-dir/config/agent-logback-include.xml";
const PIPELINES = "/go-working-dir/pipelines";
/** A test puts a job here: the pipeline's name in the first line, a shell script below. */
const NEXT = "/godata/next-job";
const CURRENT = "/godata/job";
/** While this is there the running job is cancelled. */
const CANCEL = "/godata/cancel-job";
/** What jobs printed, and how each ended. */
const RESULT = "/godata/job-result";
const LOOK_MILLISECONDS = 100;

let building = false;
export const isBuilding = (): boolean => building;

/** A file appender of the agent's logging configuration with a pattern of a fixed width, as logback writes to it. */
async function log(line: string, logger = "com.thoughtworks.go.remote.work.BuildWork"): Promise<void> {
  console.log(`${logger} - ${line}`);
  const configuration = readFileSync(LOGGING, "utf8");
  if (!configuration.includes(`<logger name="${logger}">`)) return;
  const file = /<file>(.*)<\/file>/.exec(configuration)?.[1];
  const width = /%-(\d+)\.\1msg/.exec(configuration)?.[1];
  if (file !== undefined && width !== undefined) await writeFile(file, line.padEnd(Number(width)));
}

async function run(pipeline: string, script: string): Promise<void> {
  building = true;
  await log("Executing received job BuildWork...");
  const folder = `${PIPELINES}/${pipeline}`;
  mkdirSync(folder, { recursive: true });
  const output = openSync(`${RESULT}.new`, "w");
  const child = spawn("sh", ["-c", script], { cwd: folder, stdio: ["ignore", output, output] });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const cancel = setInterval(() => existsSync(CANCEL) && child.kill("SIGKILL"), LOOK_MILLISECONDS);
  const status = await ended;
  writeFileSync(output, `exit status ${status}\n`);
  clearInterval(cancel);
  const result = status === null ? "Cancelled" : status === 0 ? "Passed" : "Failed";
  await log(
    `Agent [h, 127.0.0.1, u] is reporting build result [${result}] to Go Server for Job [${pipeline}/1/s/1/j/1]`,
    "com.thoughtworks.go.work.DefaultGoPublisher",
  );
  rmSync(CANCEL, { force: true });
  closeSync(output);
  renameSync(`${RESULT}.new`, RESULT);
  await log("Job BuildWork completed.");
  building = false;
}

export async function runJobs(): Promise<never> {
  for (;;) {
    if (existsSync(NEXT)) {
      renameSync(NEXT, CURRENT);
      const [pipeline = "", ...script] = readFileSync(CURRENT, "utf8").split("\n");
      await run(pipeline, script.join("\n"));
    } else await after(LOOK_MILLISECONDS);
  }
}
