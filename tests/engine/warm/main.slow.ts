import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Readable, Writable } from "node:stream";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { SetRootResourceResponse } from "@pulumi/pulumi/proto/engine_pb";
import { LanguageRuntimeClient } from "@pulumi/pulumi/proto/language_grpc_pb";
import { LanguageHandshakeRequest, ProgramInfo, RunRequest, type RunResponse } from "@pulumi/pulumi/proto/language_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import { RegisterResourceResponse, SupportsFeatureResponse } from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

type Unary<Request, Response> = (request: Request, done: (error: Error | null, response: Response) => void) => void;

const program = mkdtempSync(path.join(tmpdir(), "program-"));
let child: ChildProcessByStdio<Writable, Readable, null>;
const LOADS = path.join(program, "loads");
let host: LanguageRuntimeClient;
const called = new Array<string>();
const served = new grpc.Server();

/** A service whose methods answer this, whatever they are asked. */
const answering = (answers: Readonly<Record<string, unknown>>): grpc.UntypedServiceImplementation =>
  Object.fromEntries(
    Object.entries(answers).map(([name, response]) => [
      name,
      (_call: unknown, done: (error: null, response: unknown) => void) => {
        called.push(name);
        done(null, response);
      },
    ]),
  );

beforeAll(async () => {
  child = spawn(process.execPath, ["--require", "offline-preview/register", path.join(__dirname, "main.ts")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  for (const name of ["index", "part"])
    writeFileSync(
      path.join(program, `${name}.js`),
      `require("node:fs").appendFileSync(${JSON.stringify(LOADS)}, "${name} ");`,
    );
  appendFileSync(path.join(program, "index.js"), 'require("./part"); module.exports = {};');
  host = await languageHost();
  const stack = new RegisterResourceResponse().setUrn("urn:pulumi:dev::gocd::pulumi:pulumi:Stack::gocd-dev");
  served.addService(
    ResourceMonitorService,
    answering({
      supportsFeature: new SupportsFeatureResponse(),
      registerResource: stack,
      registerResourceOutputs: new Empty(),
      signalAndWaitForShutdown: new Empty(),
    }),
  );
  served.addService(EngineService, answering({ setRootResource: new SetRootResourceResponse() }));
});

afterAll(async () => {
  host.close();
  child.stdin.end();
  await once(child, "exit");
  served.forceShutdown();
  rmSync(program, { recursive: true });
});

const listen = (server: grpc.Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });

/** A port at which nobody listens. */
async function freePort(): Promise<number> {
  const server = new grpc.Server();
  const port = await listen(server, 0);
  server.forceShutdown();
  return port;
}

/** Connects to the process that stays. */
async function languageHost(): Promise<LanguageRuntimeClient> {
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  const [port = ""] = line.split(" ");
  return new LanguageRuntimeClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
}

/** Runs the program for an engine with these addresses; returns what went wrong. */
async function run(host: LanguageRuntimeClient, { monitor, engine }: Record<"monitor" | "engine", number>) {
  const handshake = new LanguageHandshakeRequest().setEngineAddress(`127.0.0.1:${engine}`);
  await promisify(host.handshake.bind(host) as Unary<LanguageHandshakeRequest, unknown>)(handshake);
  const request = new RunRequest()
    .setProject("gocd")
    .setStack("dev")
    .setMonitorAddress(`127.0.0.1:${monitor}`)
    .setInfo(new ProgramInfo().setProgramDirectory(program));
  return (await promisify(host.run.bind(host) as Unary<RunRequest, RunResponse>)(request)).getError();
}

test("a program reaches an engine that has the ports of an earlier one, which another program found gone", async () => {
  const addresses = { monitor: await freePort(), engine: await freePort() };
  expect(await run(host, addresses)).toContain("UNAVAILABLE");
  await listen(served, addresses.monitor);
  expect(await run(host, addresses)).toContain("did not reach the engine");
  await listen(served, addresses.engine);
  expect(await run(host, addresses)).toBe("");
  expect(called).toContain("setRootResource");
  expect(called.at(-1)).toBe("signalAndWaitForShutdown");
});

test("a program's first module is loaded for each run, the others when one of them was written", async () => {
  const addresses = { monitor: await listen(served, 0), engine: await listen(served, 0) };
  const loads = async () => {
    rmSync(LOADS, { force: true });
    expect(await run(host, addresses)).toBe("");
    return readFileSync(LOADS, "utf8");
  };
  await loads();
  expect(await loads()).toBe("index ");
  appendFileSync(path.join(program, "part.js"), "\n");
  expect(await loads()).toBe("index part ");
  expect(await loads()).toBe("index ");
});
