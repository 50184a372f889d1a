import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import { AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import {
  AnalyzerHandshakeResponse,
  AnalyzerStackConfigureRequest,
  AnalyzerStackConfigureResponse,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { type RunPluginRequest, RunPluginResponse } from "@pulumi/pulumi/proto/language_pb";
import { connect, forwarding, listen, MOST_BYTES, rawService } from "../plugin/forward";
import { moduleOf } from "./program";

type Stream = grpc.ServerWritableStream<RunPluginRequest, RunPluginResponse>;

/**
 * Starts a policy pack. The pack reads the stack's configuration from its environment, and the engine tells it only once it talks
 * to the pack: so this process answers in its place, starts it when the configuration has come, and hands on all that follows.
 */
export async function runPolicyPack(call: Stream): Promise<void> {
  let pack: Promise<grpc.Client> | undefined;
  const start = (environment: NodeJS.ProcessEnv) => (pack ??= started(call, environment));
  const server = new grpc.Server(MOST_BYTES);
  server.addService(
    rawService(AnalyzerService),
    forwarding(AnalyzerService, () => start({}), {
      handshake: () => Promise.resolve(Buffer.from(new AnalyzerHandshakeResponse().serializeBinary())),
      configureStack: async (request) => {
        await start(environmentOf(AnalyzerStackConfigureRequest.deserializeBinary(request)));
        return Buffer.from(new AnalyzerStackConfigureResponse().serializeBinary());
      },
    }),
  );
  call.on("cancelled", () => {
    server.forceShutdown();
  });
  write(call, "setStdout", `${await listen(server)}\n`);
}

/** Starts the pack's process and connects to the port that it prints first; everything else it prints is handed on. */
function started(call: Stream, environment: NodeJS.ProcessEnv): Promise<grpc.Client> {
  const { request } = call;
  const directory = request.getInfo()?.getProgramDirectory() ?? ".";
  const child = spawn(
    process.execPath,
    [moduleOf("@pulumi/pulumi/cmd/run-policy-pack", directory), ...request.getArgsList(), directory],
    {
      cwd: directory,
      env: { ...Object.fromEntries(request.getEnvList().map(pair)), PULUMI_NODEJS_TYPESCRIPT: "true", ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  call.on("cancelled", () => child.kill());
  child.stderr.on("data", (bytes: Buffer) => {
    write(call, "setStderr", bytes.toString());
  });
  child.on("close", (status) => {
    call.write(new RunPluginResponse().setExitcode(status ?? 1));
    call.end();
  });
  return connected(child, call);
}

function connected(child: ChildProcess, call: Stream): Promise<grpc.Client> {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => {
      reject(new Error(`the policy pack ended with ${String(status)}`));
    });
    let first = true;
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (first) resolve(connect(line));
      else write(call, "setStdout", `${line}\n`);
      first = false;
    });
  });
}

function environmentOf(request: AnalyzerStackConfigureRequest): NodeJS.ProcessEnv {
  return {
    PULUMI_NODEJS_ORGANIZATION: request.getOrganization(),
    PULUMI_NODEJS_PROJECT: request.getProject(),
    PULUMI_NODEJS_STACK: request.getStack(),
    PULUMI_NODEJS_DRY_RUN: String(request.getDryRun()),
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
  };
}

const write = (call: Stream, output: "setStdout" | "setStderr", text: string) => {
  call.write(new RunPluginResponse()[output](Buffer.from(text)));
};

const pair = (text: string): [string, string] => [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)];
