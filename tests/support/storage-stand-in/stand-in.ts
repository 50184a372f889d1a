// A bucket that answers as Google Cloud Storage's JSON API does, as far as backup and restore ask it: objects.get (metadata and
// media), resumable uploads with Content-Range, 308 and Range, generation preconditions; and the metadata server's token.
import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

interface Session {
  readonly name: string;
  readonly size: number;
  bytes: Buffer;
}

/**
 * What goes wrong next, once for each entry: a status in place of the answer, a connection that breaks (before anything is done,
 * or half-way), silence, a part or a byte that gets lost, every token refused from then on. `none`: this one goes well.
 */
export type Trouble = number | "cut" | "hang" | "half" | "lose" | "expire" | "none";

export class StorageStandIn {
  readonly requests: string[] = [];
  /** By kind of request: `token`, `find`, `media`, `begin`, `part`, `ask`. */
  readonly troubles: Record<string, Trouble[]> = {};
  /** Seconds for which a token is said to live. */
  tokenLives = 3600;
  tokens = 0;
  private valid = new Set<string>();
  private readonly sessions = new Map<string, Session>();
  private readonly server: Server = createServer((request, response) => {
    this.serve(request, response).catch(() => response.destroy());
  });

  /** Several can hold the same objects, each with its own tokens and troubles, below a path of its own such as `/slow`. */
  constructor(
    readonly objects = new Map<string, Buffer>(),
    private readonly below = "",
    readonly bucket = "backups",
  ) {}

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return this.url;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Every token given so far is refused from now on. */
  expireTokens(): void {
    this.valid = new Set();
  }

  /** Answers one request, whose path begins with that of this one. */
  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const url = new URL((request.url ?? "/").slice(this.below.length), "http://storage");
    const range = request.headers["content-range"] ?? "";
    const kind = kindOf(request.method ?? "", url, range);
    this.requests.push(kind);
    const trouble = this.troubles[kind]?.shift();
    if (trouble === "cut") {
      request.socket.destroy();
      return;
    }
    if (trouble === "hang") return;
    if (trouble === "expire") this.expireTokens();
    if (typeof trouble === "number") {
      response.writeHead(trouble).end();
      return;
    }
    if (kind === "token") {
      this.token(request, response);
      return;
    }
    if (!this.valid.has((request.headers.authorization ?? "").replace("Bearer ", ""))) {
      response.writeHead(401).end();
      return;
    }
    if (kind === "begin") this.begin(url, request, response);
    else if (kind === "part" || kind === "ask") this.part(url, range, body, response, trouble);
    else this.read(url, response, trouble);
  }

  private token(request: IncomingMessage, response: ServerResponse): void {
    if (request.headers["metadata-flavor"] !== "Google") {
      response.writeHead(403).end();
      return;
    }
    this.tokens += 1;
    const token = `token-${this.tokens}`;
    this.valid.add(token);
    json(response, 200, { access_token: token, expires_in: this.tokenLives, token_type: "Bearer" });
  }

  private begin(url: URL, request: IncomingMessage, response: ServerResponse): void {
    const name = url.searchParams.get("name") ?? "";
    if (url.pathname.split("/").at(-2) !== this.bucket) response.writeHead(404).end();
    else if (url.searchParams.get("ifGenerationMatch") === "0" && this.objects.has(name)) response.writeHead(412).end();
    else {
      const id = randomUUID();
      this.sessions.set(id, { name, size: Number(request.headers["x-upload-content-length"]), bytes: Buffer.alloc(0) });
      response
        .writeHead(200, { Location: `http://${request.headers.host ?? ""}${this.below}/session?upload_id=${id}` })
        .end();
    }
  }

  private part(url: URL, range: string, body: Buffer, response: ServerResponse, trouble: Trouble | undefined): void {
    const session = this.sessions.get(url.searchParams.get("upload_id") ?? "");
    if (session === undefined) {
      response.writeHead(410).end();
      return;
    }
    const from = /^bytes (\d+)-/.exec(range)?.[1];
    if (from !== undefined && trouble !== "lose") {
      const kept = trouble === "half" ? body.subarray(0, body.length / 2) : body;
      session.bytes = Buffer.concat([session.bytes.subarray(0, Number(from)), kept]);
    }
    if (trouble === "half") {
      response.destroy(); // some of it arrived, and nobody says how much
      return;
    }
    if (session.bytes.length === session.size) {
      this.objects.set(session.name, session.bytes);
      json(response, 200, described(session.name, session.bytes));
      return;
    }
    const headers = session.bytes.length === 0 ? {} : { Range: `bytes=0-${session.bytes.length - 1}` };
    response.writeHead(308, headers).end();
  }

  private read(url: URL, response: ServerResponse, trouble: Trouble | undefined): void {
    const name = decodeURIComponent(url.pathname.split("/").at(-1) ?? "");
    const bytes = this.objects.get(name);
    if (bytes === undefined) json(response, 404, { error: { code: 404, message: "No such object" } });
    else if (url.searchParams.get("alt") !== "media") json(response, 200, described(name, bytes));
    else if (trouble === "half") {
      response.writeHead(200, { "Content-Length": bytes.length });
      response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
    } else if (trouble === "lose") response.writeHead(200).end(bytes.subarray(1));
    else response.writeHead(200).end(bytes);
  }
}

function kindOf(method: string, url: URL, range: string): string {
  if (url.pathname.startsWith("/computeMetadata/")) return "token";
  if (method === "POST") return "begin";
  if (method === "PUT") return range.startsWith("bytes */") && range !== "bytes */0" ? "ask" : "part";
  return url.searchParams.get("alt") === "media" ? "media" : "find";
}

/** An object as the API tells of it. */
export const described = (name: string, bytes: Buffer): object => ({
  kind: "storage#object",
  name,
  size: String(bytes.length),
  md5Hash: createHash("md5").update(bytes).digest("base64"),
});

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "Content-Type": "application/json; charset=UTF-8" }).end(JSON.stringify(body));
}
