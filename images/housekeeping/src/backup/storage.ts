import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { open, stat, type FileHandle } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { setTimeout as wait } from "node:timers/promises";

import { z } from "zod";

import { withDeadline } from "../deadline";
import type { Token } from "./token";

/** Why an object could not be stored or fetched. The first four may pass by themselves and are tried again. */
export type StorageFailure =
  | "unreachable"
  | "slow"
  | "unavailable"
  | "unauthorized"
  | "forbidden"
  | "missing"
  | "different"
  | "refused"
  | "stopped";

const PASSING: ReadonlySet<StorageFailure> = new Set(["unreachable", "slow", "unavailable", "unauthorized"]);

export class StorageError extends Error {
  constructor(
    readonly failure: StorageFailure,
    message: string,
  ) {
    super(message);
  }
}

export interface StorageOptions {
  /** `https://storage.googleapis.com`. */
  readonly url: string;
  readonly bucket: string;
  readonly token: Token;
  readonly timeoutSeconds: number;
  /** Bytes sent at a time; Google wants multiples of 256 KiB. */
  readonly chunk: number;
  /** Times that something is tried again without any progress. */
  readonly tries: number;
  /** Milliseconds before the first repetition; doubled each time. */
  readonly pause: number;
  readonly stop: AbortSignal;
}

/** What both sides must agree on. MD5 is what the storage computes of every object that was uploaded in one piece. */
export interface Content {
  readonly size: number;
  readonly md5: string;
}

interface Request {
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

const object = z.object({ size: z.coerce.number(), md5Hash: z.string() });

/** One bucket, through Google's JSON API. Everything that is stored or fetched is compared with its checksum. */
export class Storage {
  constructor(private readonly options: StorageOptions) {}

  /** Nothing when the bucket has no such object. */
  async find(name: string): Promise<Content | undefined> {
    return this.again(async () => {
      const answer = await this.request("GET", this.at(name), {});
      if (answer.response.status === 404) return undefined;
      return contentOf(accepted(answer, name));
    });
  }

  /**
   * Stores a file under a name that nothing has yet. An object that is there with the same content is fine: an earlier upload
   * ended without our knowing.
   *
   * @throws StorageError `different` when the stored content is not the file's.
   */
  async upload(name: string, path: string): Promise<Content> {
    const local = await contentOfFile(path);
    const stored = (await this.find(name)) ?? (await this.send(name, path, local));
    if (stored.size !== local.size || stored.md5 !== local.md5)
      throw new StorageError("different", `${name}: the bucket holds something else under this name`);
    return local;
  }

  /** @throws StorageError `different` when what arrives is not what was stored. */
  async download(name: string, path: string, expected: Content): Promise<void> {
    await this.again(async () => {
      // Time-out of silence, not of the whole: a database may take an hour.
      await this.exchange("GET", `${this.at(name)}?alt=media`, {}, async (response, signal, alive) => {
        if (!response.ok) throw refusal(response.status, name);
        const body = Readable.fromWeb(response.body as ReadableStream);
        body.on("data", alive);
        await pipeline(body, createWriteStream(path), { signal });
      });
      const arrived = await contentOfFile(path);
      if (arrived.size !== expected.size || arrived.md5 !== expected.md5)
        throw new StorageError("different", `${name}: what arrived is not what was stored`);
    });
  }

  private async send(name: string, path: string, { size }: Content): Promise<Content> {
    const file = await open(path);
    try {
      let session = await this.begin(name, size);
      let sent = 0;
      let failures = 0;
      let ask = false; // how far the upload has come, after something went wrong
      for (;;)
        try {
          const answer = await this.sendPart(name, session, file, sent, size, ask);
          if (typeof answer !== "number") return answer;
          if (answer > sent) failures = 0;
          else if (!ask) throw new StorageError("unavailable", `${name}: the upload makes no progress`);
          sent = answer;
          ask = false;
        } catch (error) {
          const failed = error as StorageError;
          const ended = failed.failure === "missing";
          failures += 1;
          await this.pauseOrGiveUp(failed, failures, ended);
          ask = !ended;
          if (ended) [session, sent] = [await this.begin(name, size), 0];
        }
    } finally {
      await file.close();
    }
  }

  /** Opens an upload that can be continued, and returns where. */
  private begin(name: string, size: number): Promise<string> {
    return this.again(async () => {
      const { url, bucket } = this.options;
      // Generation 0: only if there is no such object. A bucket with retention would refuse to replace it anyway.
      const query = new URLSearchParams({ uploadType: "resumable", name, ifGenerationMatch: "0" });
      const target = `${url}/upload/storage/v1/b/${encodeURIComponent(bucket)}/o?${query.toString()}`;
      const headers = { "X-Upload-Content-Length": String(size), "Content-Type": "application/json" };
      const { response } = await this.request("POST", target, { headers, body: "{}" });
      const session = response.headers.get("location");
      if (!response.ok) throw refusal(response.status, name);
      if (session === null) throw new StorageError("refused", `${name}: no upload session was given`);
      return session;
    });
  }

  /** Sends the next part, or asks how far the upload has come. Returns the bytes stored, or the object when it is complete. */
  private async sendPart(
    name: string,
    session: string,
    file: FileHandle,
    from: number,
    size: number,
    ask: boolean,
  ): Promise<number | Content> {
    const buffer = Buffer.alloc(ask ? 0 : Math.min(this.options.chunk, size - from));
    await file.read(buffer, 0, buffer.length, from);
    const range = buffer.length === 0 ? "*" : `${from}-${from + buffer.length - 1}`;
    const headers = { "Content-Range": `bytes ${range}/${size}` };
    const answer = await this.request("PUT", session, { headers, body: new Uint8Array(buffer) });
    const { response } = answer;
    if (response.status !== 308) return contentOf(accepted(answer, name));
    const last = /-(\d+)$/.exec(response.headers.get("range") ?? "")?.[1];
    return last === undefined ? 0 : Number(last) + 1;
  }

  private at(name: string): string {
    const { url, bucket } = this.options;
    return `${url}/storage/v1/b/${encodeURIComponent(bucket)}/o/${encodeURIComponent(name)}`;
  }

  private request(
    method: string,
    url: string,
    more: Request,
  ): Promise<{ readonly response: Response; readonly text: string }> {
    return this.exchange(method, url, more, async (response) => ({ response, text: await response.text() }));
  }

  /** Sends a request and reads its answer, both within the time-out. */
  private async exchange<T>(
    method: string,
    url: string,
    more: Request,
    read: (response: Response, signal: AbortSignal, alive: () => void) => Promise<T>,
  ): Promise<T> {
    const { token, timeoutSeconds, stop } = this.options;
    const authorization = await token.get().catch((error: unknown) => {
      throw new StorageError("unauthorized", (error as Error).message);
    });
    const headers = { ...more.headers, Authorization: `Bearer ${authorization}` };
    return this.connected(method, () =>
      withDeadline(stop, timeoutSeconds, async (signal, alive) => {
        const response = await fetch(url, { ...more, method, headers, signal, redirect: "manual" });
        if (response.status === 401) token.forget();
        return read(response, signal, alive);
      }),
    );
  }

  private async connected<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof StorageError) throw error;
      if (this.options.stop.aborted) throw new StorageError("stopped", `${what}: given up, the service stops`);
      const slow = (error as Error).name === "TimeoutError";
      throw new StorageError(
        slow ? "slow" : "unreachable",
        `${what}: ${slow ? "no answer in time" : "the connection failed"}`,
      );
    }
  }

  private async again<T>(work: () => Promise<T>): Promise<T> {
    for (let failures = 1; ; failures += 1)
      try {
        return await work();
      } catch (error) {
        await this.pauseOrGiveUp(error as StorageError, failures, false);
      }
  }

  private async pauseOrGiveUp(error: StorageError, failures: number, passes: boolean): Promise<void> {
    if (!(passes || PASSING.has(error.failure)) || failures > this.options.tries) throw error;
    await this.connected("pause", () =>
      wait(this.options.pause * 2 ** (failures - 1), undefined, { signal: this.options.stop }),
    );
  }
}

/** Size and MD5 of a file, the latter as the storage writes it. */
export async function contentOfFile(path: string): Promise<Content> {
  const hash = createHash("md5");
  await pipeline(createReadStream(path), hash);
  return { size: (await stat(path)).size, md5: hash.digest("base64") };
}

function accepted({ response, text }: { readonly response: Response; readonly text: string }, name: string): unknown {
  if (!response.ok) throw refusal(response.status, name);
  return JSON.parse(text);
}

function contentOf(json: unknown): Content {
  const { size, md5Hash: md5 } = object.parse(json);
  return { size, md5 };
}

function refusal(status: number, name: string): StorageError {
  const failed = (failure: StorageFailure): StorageError => new StorageError(failure, `${name}: ${status}`);
  if (status === 401) return failed("unauthorized");
  if (status === 403) return failed("forbidden");
  if (status === 404 || status === 410) return failed("missing");
  if (status === 408 || status === 429 || status >= 500) return failed("unavailable");
  return failed("refused");
}
