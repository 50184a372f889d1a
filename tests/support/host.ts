import { spawn } from "node:child_process";
import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import { Monitor, procedure } from "../../preview/monitor";
import type { Project } from "../../preview/project";
import { plannedProviders } from "../../preview/providers";
import type { Run } from "../../preview/run";

/** How Pulumi's Node host is started. */
export interface HostOptions {
  readonly project: Project;
  /** Directory of the program; its main module is what the host finds there. */
  readonly directory: string;
  /** The option `tsconfig` of `Pulumi.yaml`; the host's default without. */
  readonly tsconfig?: string;
  /** Variables beside those that the CLI sets. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** What came of it. */
export interface HostRun extends Run {
  /** Milliseconds from the start of the process to its end. */
  readonly milliseconds: number;
  readonly status: number | null;
  /** What the process wrote. */
  readonly said: string;
}

const MOST_BYTES = 400 * 1024 * 1024;

/**
 * Previews a program in Pulumi's unmodified Node host: a process of its own that the CLI's language plugin would start
 * with these arguments and this environment, and that talks over gRPC to the same {@link Monitor} as the preview.
 */
export async function hostRun(options: HostOptions): Promise<HostRun> {
  const { project } = options;
  const monitor = new Monitor(project.stack, project.name, plannedProviders);
  const server = new grpc.Server({ "grpc.max_receive_message_length": MOST_BYTES });
  server.addService(ResourceMonitorService, implementation(monitor.resourceMonitor));
  server.addService(EngineService, implementation(monitor.engine));
  try {
    const started = performance.now();
    const { status, said } = await host(await listen(server), options);
    const milliseconds = performance.now() - started;
    const { registrations, outputs, logs } = monitor;
    const errors = logs.filter(({ severity }) => severity === "error").map(({ message }) => ({ message, trace: [] }));
    return {
      project: project.name,
      stack: project.stack,
      registrations,
      outputs,
      logs,
      errors,
      milliseconds,
      status,
      said,
    };
  } finally {
    server.forceShutdown();
  }
}

function host(
  address: string,
  { project, directory, tsconfig, environment = {} }: HostOptions,
): Promise<{ status: number | null; said: string }> {
  const flags = {
    monitor: address,
    engine: address,
    organization: "organization",
    project: project.name,
    "root-directory": directory,
    stack: project.stack,
    pwd: directory,
  };
  const args = [
    ...Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]),
    "--dry-run",
    "--parallel",
    "16",
    ".",
  ];
  const child = spawn(process.execPath, [require.resolve("@pulumi/pulumi/cmd/run"), ...args], {
    cwd: directory,
    env: { ...withoutPulumi(process.env), ...environment, ...fromTheCli(project, tsconfig) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  const hear = (chunk: Buffer) => {
    said += chunk.toString();
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => {
      resolve({ status, said });
    });
  });
}

/** The language plugin still writes keys in their old form; packages read both. */
function fromTheCli({ config, secretKeys }: Project, tsconfig: string | undefined): NodeJS.ProcessEnv {
  const old = Object.entries(config).map(([key, value]) => [key.replace(":", ":config:"), value]);
  return {
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(old)),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(secretKeys),
    PULUMI_NODEJS_TYPESCRIPT: "true",
    ...(tsconfig !== undefined && { PULUMI_NODEJS_TSCONFIG_PATH: tsconfig }),
  };
}

/** A Pulumi that runs the tests must not be heard by the one that they run. */
function withoutPulumi(environmentHere: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environmentHere).filter(([name]) => !name.startsWith("PULUMI_")));
}

function listen(server: grpc.Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(`127.0.0.1:${String(port)}`);
      else reject(error);
    });
  });
}

type Handler = (request: never) => unknown;

function implementation(service: Readonly<Record<string, Handler>>): grpc.UntypedServiceImplementation {
  return Object.fromEntries(Object.entries(service).map(([name, handler]) => [name, unary(handler)]));
}

function unary(handler: Handler): grpc.handleUnaryCall<unknown, unknown> {
  const answer = procedure(handler);
  return ({ request }, callback) => {
    // gRPC has parsed the request as this very procedure's.
    answer(request as never, callback);
  };
}
