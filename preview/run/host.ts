import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import { parse } from "yaml";
import { Monitor, procedure } from "./monitor";
import type { Project } from "./project";
import { plannedProviders } from "./providers";
import type { Run } from "./run";

/** What to run in Pulumi's Node host. */
export interface HostRequest {
  readonly project: Project;
  /** Folder of the program, of its packages and, where there is one, of its `Pulumi.yaml`, which says how to run it. */
  readonly directory: string;
  /** Options of the runtime in place of those in `Pulumi.yaml`. */
  readonly options?: Options;
  /** Variables beside those that the CLI sets. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** What came of it. */
export interface HostRun extends Run {
  /** Milliseconds from the start of the process to its end. */
  readonly milliseconds: number;
  readonly status: number | null;
  /** What the process wrote. */
  readonly output: string;
}

/** A registration with a few hundred objects is large; the CLI allows as much. */
const MOST_BYTES = 400 * 1024 * 1024;

/**
 * Previews a program in Pulumi's unmodified Node host, the one that the program's own packages bring: a process of its own,
 * which the CLI's language plugin would start with these arguments and this environment, and which talks to the same
 * {@link Monitor} as the preview over Pulumi's protocol, which stays the same from release to release.
 */
export async function hostRun(request: HostRequest): Promise<HostRun> {
  const { project } = request;
  const monitor = new Monitor(project.stack, project.name, plannedProviders);
  const server = new grpc.Server({ "grpc.max_receive_message_length": MOST_BYTES });
  server.addService(ResourceMonitorService, implementation(monitor.resourceMonitor));
  server.addService(EngineService, implementation(monitor.engine));
  try {
    const address = await listen(server);
    const started = performance.now();
    const { status, output } = await host(address, request);
    const milliseconds = performance.now() - started;
    const logged = monitor.logs.filter(({ severity }) => severity === "error").map(({ message }) => message);
    const messages = status === 0 || logged.length > 0 ? logged : [output.trim() || `ended with ${String(status)}`];
    return {
      project: project.name,
      stack: project.stack,
      registrations: monitor.registrations,
      outputs: monitor.outputs,
      logs: monitor.logs,
      errors: messages.map((message) => ({ message: message.trim(), trace: [] })),
      milliseconds,
      status,
      output,
    };
  } finally {
    server.forceShutdown();
  }
}

/** Options of the Node runtime, as `Pulumi.yaml` has them. */
export interface Options {
  /** Settings of Pulumi's own compiler. */
  readonly tsconfig?: string;
  /** Whether Pulumi's own compiler is loaded. Default: true. */
  readonly typescript?: boolean;
  /** Arguments for Node. */
  readonly nodeargs?: string;
}

/** How the program's own `Pulumi.yaml` has it run. */
function configured(directory: string): { readonly main: string; readonly options: Options } {
  const file = join(directory, "Pulumi.yaml");
  const content = (existsSync(file) ? parse(readFileSync(file, "utf8")) : {}) as {
    readonly main?: string;
    readonly runtime?: { readonly options?: Options } | string;
  };
  const { main = ".", runtime } = content;
  return { main, options: (typeof runtime === "object" ? runtime.options : undefined) ?? {} };
}

function host(
  address: string,
  request: HostRequest,
): Promise<{ readonly status: number | null; readonly output: string }> {
  const { project, directory } = request;
  const { main, options } = configured(directory);
  const { tsconfig, typescript = true, nodeargs = "" } = request.options ?? options;
  const isFile = main.endsWith(".ts") || main.endsWith(".js");
  const flags = {
    monitor: address,
    engine: address,
    organization: "organization",
    project: project.name,
    "root-directory": directory,
    stack: project.stack,
    parallel: "16",
    pwd: resolve(directory, isFile ? "." : main),
  };
  const args = [
    ...Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]),
    "--dry-run",
    isFile ? main : ".",
  ];
  const entry = createRequire(join(directory, "package.json")).resolve("@pulumi/pulumi/cmd/run");
  const child = spawn(process.execPath, [...nodeargs.split(/\s+/).filter(Boolean), entry, ...args], {
    cwd: directory,
    env: {
      ...withoutPulumi(process.env),
      PULUMI_CONFIG: JSON.stringify(oldKeys(project.config)),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(project.secretKeys),
      ...(typescript && { PULUMI_NODEJS_TYPESCRIPT: "true" }),
      ...(tsconfig !== undefined && { PULUMI_NODEJS_TSCONFIG_PATH: tsconfig }),
      ...request.environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const append = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout.on("data", append);
  child.stderr.on("data", append);
  return new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", (status) => {
      done({ status, output });
    });
  });
}

/** The language plugin still writes keys in their old form; packages read both. */
function oldKeys(config: Project["config"]): Record<string, string> {
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace(":", ":config:"), value]));
}

/** A Pulumi that runs this must not be heard by the one that it runs. */
function withoutPulumi(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith("PULUMI_")));
}

async function listen(server: grpc.Server): Promise<string> {
  const bind = promisify(server.bindAsync.bind(server));
  return `127.0.0.1:${await bind("127.0.0.1:0", grpc.ServerCredentials.createInsecure())}`;
}

type Handler = (request: never) => unknown;

function implementation(service: Readonly<Record<string, Handler>>): grpc.UntypedServiceImplementation {
  return Object.fromEntries(Object.entries(service).map(([name, handler]) => [name, unary(handler)]));
}

function unary(handler: Handler): grpc.handleUnaryCall<unknown, unknown> {
  const answer = procedure(handler);
  return ({ request }, callback) => {
    // gRPC has parsed the request as this very procedure's.
    answer(request as never, (error, response) => {
      // The SDK waits permanently on some codes; this one fails the registration.
      if (error === null) callback(null, response);
      else callback({ code: grpc.status.UNKNOWN, details: error.message });
    });
  };
}
