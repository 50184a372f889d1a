// One process that serves the commands of one folder of suites, one after the other, so that none of them loads Node and Pulumi's SDK anew. It
// tells three ports on the first line of stdout: that of a language host, that at which plug-ins ask for a provider that stands in, and that of
// a Vault. It ends with whoever started it.
import { readFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import { languageService } from "../language-host/service";
import { listen, MOST_BYTES } from "../plugin/forward";
import { standIn } from "../providers/providers";
import { serverOf } from "../providers/serve";
import { runPackHere } from "./policy-pack";
import { runHere } from "./program";
import { vault } from "./vault";

/** The environment of another process, as it was started. */
const environmentOf = (pid: string): NodeJS.ProcessEnv =>
  Object.fromEntries(
    readFileSync(`/proc/${pid}/environ`, "utf8")
      .split("\0")
      .map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
  );

/** `NAME VERSION PID` on a line is answered with the port of a provider of its own for that process, which goes when the connection does. */
function provide(socket: Socket): void {
  createInterface({ input: socket }).once("line", (line) => {
    const [name = "", version = "", pid = ""] = line.split(" ");
    const server = serverOf(standIn(name), version, environmentOf(pid));
    socket.on("close", () => {
      server.forceShutdown();
    });
    void listen(server).then((port) => socket.write(`${port}\n`));
  });
  socket.on("error", () => undefined);
}

/** Has a server listen at a port of its own. */
async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as { readonly port: number }).port;
}

async function main(): Promise<void> {
  let engine = "";
  const language = new grpc.Server(MOST_BYTES);
  language.addService(
    LanguageRuntimeService,
    languageService(
      (request) => runHere(engine, request),
      (request) => (engine = request.getEngineAddress()),
      runPackHere,
    ),
  );
  const ports = [await listen(language), await portOf(createServer(provide)), await portOf(vault)];
  process.stdout.write(`${ports.join(" ")}\n`);
  process.stdin.resume().on("end", () => process.exit());
}

// What a program that has ended leaves behind is told, and does not end the programs after it. While one runs, its host listens.
process.on("unhandledRejection", (reason) => {
  if (process.listenerCount("unhandledRejection") === 1) console.error(reason);
});

void main();
