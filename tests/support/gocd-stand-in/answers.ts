// Answers that come before any API is asked, and how a request is read. Read in gocd/gocd at tag 26.1.0:
//   spark/spark-base/…/spark/SparkPreFilter.java (no valid Accept header: 404 in plain text)
//   api/api-base/…/api/ApiController.java (verifyContentType)
//   server/…/server/web/BackupFilter.java, …/newsecurity/filters/helpers/ServerUnavailabilityResponse.java
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { dirname, join } from "node:path";

import type { Answer, Ask } from "./http";

export const INCORRECT: Answer = {
  status: 404,
  body: "The url you are trying to reach appears to be incorrect.\n",
  type: "text/plain;charset=utf-8",
};
const LARGEST_BODY = 1024 * 1024;

export function accepts(header: string, version: number): boolean {
  return header === "application/vnd.go.cd+json" || header === `application/vnd.go.cd.v${version}+json`;
}

export function contentRefusal(ask: Ask): Answer | undefined {
  if (ask.method !== "POST" && ask.method !== "PUT" && ask.method !== "PATCH") return undefined;
  if (ask.body === "")
    return ask.header("x-gocd-confirm") === undefined
      ? { status: 400, body: { message: "Missing required header 'X-GoCD-Confirm' with value 'true'" } }
      : undefined;
  return /^application\/json\s*(;|$)/.test(ask.header("content-type") ?? "")
    ? undefined
    : { status: 415, body: { message: "You must specify a 'Content-Type' of 'application/json'" } };
}

export function unavailable(ask: Ask, message: string): Answer {
  const headers = { "Cache-Control": "private, max-age=0, no-cache" };
  const api = /^\/(remoting|api)\//.test(ask.path) || ask.path === "/cctray.xml";
  const json = (ask.header("accept") ?? "").includes("json") || (ask.header("content-type") ?? "").includes("json");
  return api && json
    ? { status: 503, headers, body: { message } }
    : {
        status: 503,
        headers,
        body: "<html><body>GoCD is not available</body></html>",
        type: "text/html;charset=utf-8",
      };
}

/** A backup's archives by name: what is in them. */
export type Archives = Readonly<Record<string, string | Buffer>>;

/** The files of BackupService.java; an archive that nobody gives has contents that a test can tell apart. */
export function writeBackup(path: string, archives: Archives = {}): void {
  mkdirSync(path, { recursive: true });
  for (const name of ["version.txt", "config-dir.zip", "wrapper-config-dir.zip", "config-repo.zip", "db.zip"])
    writeFileSync(
      join(path, name),
      name === "version.txt" ? "26.1.0 (22543-0)" : (archives[name] ?? `${name} of ${path}`),
    );
}

/** Runs the post-backup script as PostBackupScript.java does; resolves with whether it went well. */
export function runPostBackupScript(script: string, path: string, user: string): Promise<boolean> {
  const env = {
    ...process.env,
    GOCD_BACKUP_STATUS: "success",
    GOCD_BACKUP_BASE_DIR: dirname(path),
    GOCD_BACKUP_PATH: path,
    GOCD_BACKUP_TIMESTAMP: new Date().toISOString(),
    GOCD_BACKUP_INITIATED_VIA: "USER",
    GOCD_BACKUP_INITIATED_BY_USER: user,
  };
  return new Promise((resolve) => {
    const child = spawn(script, [], { env, stdio: ["ignore", "inherit", "inherit"] });
    child.on("error", () => {
      resolve(false);
    });
    child.on("close", (code) => {
      resolve(code === 0);
    });
  });
}

export async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw new Error("request body too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

export function send(response: ServerResponse, answer: Answer): void {
  const text = typeof answer.body === "object" ? JSON.stringify(answer.body) : (answer.body ?? "");
  response.writeHead(answer.status, {
    "Content-Type": answer.type ?? "application/json;charset=utf-8",
    ...answer.headers,
  });
  response.end(text);
}
