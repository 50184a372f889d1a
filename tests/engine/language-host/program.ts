import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { type RunRequest, RunResponse } from "@pulumi/pulumi/proto/language_pb";

/** The host has told the user what is wrong, and nobody else needs to. */
const TOLD = 32;

const running = new Set<ChildProcess>();

/** Ends the programs that run, as Ctrl-C does. */
export function stopPrograms(): void {
  for (const child of running) child.kill("SIGINT");
}

/** Where a module of the program's own packages lies. */
export const moduleOf = (name: string, program: string): string =>
  createRequire(path.join(program, "package.json")).resolve(name);

/** Runs the program in the Node host of its own packages, which talks to the engine by itself, and tells how it ended. */
export async function runProgram(engine: string, request: RunRequest): Promise<RunResponse> {
  const directory = request.getInfo()?.getProgramDirectory() ?? ".";
  const response = new RunResponse();
  const started = performance.now();
  const status = await ended(
    spawn(
      process.execPath,
      [
        ...nodeArguments(request),
        moduleOf("@pulumi/pulumi/cmd/run", directory),
        ...argumentsOf(engine, directory, request),
      ],
      {
        env: { ...process.env, ...environmentOf(request) },
        stdio: ["ignore", "inherit", "inherit"],
      },
    ),
  );
  // For the bench.
  const times = process.env["GOCD_ENGINE_PROGRAM_TIME"];
  if (times !== undefined) appendFileSync(times, `${performance.now() - started}\n`);
  if (status === TOLD) return response.setBail(true);
  return status === 0 ? response : response.setError(`Program exited with non-zero exit code: ${String(status)}`);
}

function argumentsOf(engine: string, directory: string, request: RunRequest): string[] {
  const options = {
    monitor: request.getMonitorAddress(),
    engine,
    organization: request.getOrganization(),
    project: request.getProject(),
    "root-directory": request.getInfo()?.getRootDirectory() ?? directory,
    stack: request.getStack(),
    pwd: directory,
    parallel: String(request.getParallel()),
  };
  return [
    ...Object.entries(options).flatMap(([key, value]) => (value === "" ? [] : [`--${key}`, value])),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    request.getInfo()?.getEntryPoint() ?? ".",
  ];
}

/** The options of the runtime in `Pulumi.yaml`. */
const optionsOf = (request: RunRequest) =>
  (request.getInfo()?.getOptions()?.toJavaScript() ?? {}) as {
    readonly tsconfig?: string;
    readonly typescript?: boolean;
    readonly nodeargs?: string;
  };

const nodeArguments = (request: RunRequest): string[] =>
  (optionsOf(request).nodeargs ?? "").split(/\s+/).filter((argument) => argument !== "");

function environmentOf(request: RunRequest): NodeJS.ProcessEnv {
  const { tsconfig, typescript = true } = optionsOf(request);
  const configuration = request
    .getConfigMap()
    .toArray()
    // As the host for old packages wants it, and new ones still read it.
    .map(([key, value]) => [key.replace(":", ":config:"), value]);
  return {
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(configuration)),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    ...(typescript && { PULUMI_NODEJS_TYPESCRIPT: "true" }),
    ...(tsconfig !== undefined && { PULUMI_NODEJS_TSCONFIG_PATH: tsconfig }),
  };
}

function ended(child: ChildProcess): Promise<number | null> {
  running.add(child);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => {
      running.delete(child);
      resolve(status);
    });
  });
}
