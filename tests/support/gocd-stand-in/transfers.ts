// Artifacts and consoles: bodies of any size, which pass without being kept. An agent sends them (AgentAuthenticationFilter), and whoever
// has logged in gets them. What the real server keeps of an upload is here its size and checksum.
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as after } from "node:timers/promises";
import { readHead } from "./answers";
import { Refusal } from "./http";
import type { GocdStandIn } from "./stand-in";

/** Paths whose bodies may be larger than what is kept in memory: not what an agent prints, which comes in small parts. */
export const TRANSFERS = /^\/go\/(files\/|remoting\/files\/(?!.+\/cruise-output\/console\.log))/;

/** Takes an artifact from an agent, or sends one, or a console that is still being written, to a user. */
export async function transfer(server: GocdStandIn, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const ask = readHead(request);
  try {
    if (ask.path.startsWith("/remoting/")) {
      server.agents.authenticate(ask.header("x-agent-guid"), ask.header("authorization"));
      response.writeHead(201).end(JSON.stringify(await received(request)));
      return;
    }
    if (typeof (await server.sessions.identify(ask)) === "string") throw new Refusal(401, "");
    const bytes = Number(ask.query.get("bytes") ?? 0);
    const seconds = Number(ask.query.get("seconds") ?? 0);
    response.writeHead(200);
    await pipeline(Readable.from(seconds > 0 ? console(seconds) : zeros(bytes)), response);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    response.writeHead(error.status).end();
  }
}

async function received(request: IncomingMessage): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest("hex") };
}

function* zeros(bytes: number): Generator<Buffer> {
  const chunk = Buffer.alloc(65_536);
  for (let left = bytes; left > 0; left -= chunk.length) yield left < chunk.length ? chunk.subarray(0, left) : chunk;
}

/** A line, silence, and a line. */
async function* console(seconds: number): AsyncGenerator<string> {
  yield "begin\n";
  await after(seconds * 1000);
  yield "end\n";
}
