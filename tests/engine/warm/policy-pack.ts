import { createRequire } from "node:module";
import path from "node:path";
import type * as grpc from "@grpc/grpc-js";
import { type RunPluginRequest, RunPluginResponse } from "@pulumi/pulumi/proto/language_pb";
import { load } from "../../../preview/run/load";

type Stream = grpc.ServerWritableStream<RunPluginRequest, RunPluginResponse>;
type Grpc = typeof grpc;

/** What a pack changes for the whole process: who is served, and how the messages of its service are read. */
const OF_THE_PACK = /\/@pulumi\/policy\/|\/@pulumi\/pulumi\/proto\/analyzer_grpc_pb\.js$/;

/** Runs a policy pack in this process, as Pulumi's policy host does in one of its own. Its modules are loaded anew, those of packages are not. */
export function runPackHere(call: Stream): void {
  const directory = call.request.getInfo()?.getProgramDirectory() ?? ".";
  serve(directory, (server, port) => {
    call.on("cancelled", () => {
      server.forceShutdown();
    });
    call.write(new RunPluginResponse().setStdout(Buffer.from(`${port}\n`)));
  });
}

/** Loads the pack, and takes the server that it starts: in a process of its own it would tell the port on stdout. */
function serve(directory: string, started: (server: grpc.Server, port: number) => void): void {
  const ofPack = createRequire(path.join(directory, "package.json"));
  const { Server } = createRequire(ofPack.resolve("@pulumi/policy"))("@grpc/grpc-js") as Grpc;
  for (const file of Object.keys(require.cache))
    if (OF_THE_PACK.test(file)) Reflect.deleteProperty(require.cache, file);
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the server below
  const listen = Server.prototype.bindAsync;
  const before = process.cwd();
  Server.prototype.bindAsync = function (address, credentials, done) {
    listen.call(this, address, credentials, (error, port) => {
      if (error) done(error, port);
      else started(this, port);
    });
  };
  // The pack reads its version from the folder that it is started in.
  process.chdir(directory);
  try {
    load(directory, directory);
  } finally {
    process.chdir(before);
    Server.prototype.bindAsync = listen;
  }
}
