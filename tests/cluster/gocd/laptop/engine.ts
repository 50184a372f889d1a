import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { stringify } from "yaml";
import { binary } from "../../kubernetes/binaries";
import { CGROUP } from "../../kubernetes/cgroups";
import { endOfLog, startDaemon, stopDaemon } from "../../kubernetes/daemons";
import { containerdPrograms, program } from "../../kubernetes/packages";
import { dockerBinary } from "../binaries";
import { dockerClient } from "../packages";
import { ROOT, STATE } from "../../kubernetes/paths";
import { eventually, outcome, run, type Ended, type RunOptions } from "../../kubernetes/run";
import { loadStandIns as packStandIns } from "../load-stand-ins";
import { TEST_IMAGES } from "../test-images";

/** The Docker of the laptop; everything of it lies in the run's own folders and namespaces. */
const SOCKET = "unix:///run/laptop/docker.sock";
const CLIENT = path.join(STATE, "client");
/** What is added to compose.yaml: stand-ins in the place of the images' bases, and no network while they are built. */
const STAND_INS = path.join(STATE, "stand-ins.yaml");

const environment = {
  PATH: [
    path.dirname(binary("runc")),
    path.dirname(dockerBinary("dockerd")),
    containerdPrograms,
    process.env["PATH"],
  ].join(":"),
  HOME: STATE,
  DOCKER_HOST: SOCKET,
  DOCKER_CONFIG: CLIENT,
};

/** Starts dockerd as on a laptop: with a network, and in charge of its own firewall rules. */
export async function startEngine(): Promise<void> {
  const tini = path.join(STATE, "bin/docker-init");
  mkdirSync(path.dirname(tini), { recursive: true });
  rmSync(tini, { force: true });
  symlinkSync(program("tini"), tini);
  startDaemon({
    name: "dockerd",
    command: dockerBinary("dockerd"),
    args: [
      `--host=${SOCKET}`,
      `--data-root=${STATE}/docker`,
      "--exec-root=/run/laptop",
      "--pidfile=/run/laptop/dockerd.pid",
      `--init-path=${tini}`,
      `--cgroup-parent=/${CGROUP}/docker`,
    ],
    env: environment,
  });
  await eventually("dockerd", async () => ((await docker("version")).code === 0 ? true : undefined), 60_000).catch(
    (error: unknown) => {
      throw new Error(`${String(error)}\n${endOfLog("dockerd")}`);
    },
  );
}

/**
 * Ends dockerd and its containers, as a laptop that is switched off. Containers that outlive their dockerd, which no machine has, count as
 * stopped by a person at its next start, and agents need half a minute to end when the server has ended first.
 */
export const stopEngine = (): Promise<void> => stopDaemon("dockerd", "SIGTERM", 120_000);

/** Loads the stand-ins for the images of other projects, and writes down which service is built on which. */
export async function loadStandIns(): Promise<void> {
  mkdirSync(path.join(CLIENT, "cli-plugins"), { recursive: true });
  symlinkSync(dockerBinary("docker-buildx"), path.join(CLIENT, "cli-plugins/docker-buildx"));
  await packStandIns(async (archive) => {
    const { code, stderr } = await docker("load", "--input", archive);
    if (code !== 0) throw new Error(`docker load: ${stderr}`);
  });
  const { dind, agent, server, housekeeping } = TEST_IMAGES;
  const on = ({ buildArgs: args }: { readonly buildArgs: object }) => ({ build: { network: "none", args } });
  const services = {
    setup: on(housekeeping),
    server: on(server),
    housekeeping: on(housekeeping),
    "docker-0-dind": on(dind),
    "docker-0-agent": on(agent),
  };
  writeFileSync(STAND_INS, stringify({ services }));
}

/** `docker …` against the laptop's Docker; tells how it ended. */
export const docker = (...args: readonly string[]): Promise<Ended> =>
  outcome(dockerClient, args, { env: { ...process.env, ...environment } });

/** What to run `docker compose` with beside its arguments. */
export interface ComposeOptions extends RunOptions {
  /** As SECOND_AGENT=1 in the environment of the user. */
  readonly secondAgent?: boolean;
}

/** `docker compose …` in the checkout, with the stand-ins; returns what it printed. */
export const compose = (args: readonly string[], options: ComposeOptions = {}): Promise<string> =>
  run(dockerBinary("docker-compose"), composeArguments(args), composeOptions(options));

/** The same, when it matters how it ended. */
export const composeOutcome = (args: readonly string[], options: ComposeOptions = {}): Promise<Ended> =>
  outcome(dockerBinary("docker-compose"), composeArguments(args), composeOptions(options));

const composeArguments = (args: readonly string[]) => [
  "--project-directory",
  ROOT,
  "--file",
  path.join(ROOT, "compose.yaml"),
  "--file",
  STAND_INS,
  "--progress",
  "plain",
  ...args,
];

const composeOptions = ({ secondAgent, ...options }: ComposeOptions): RunOptions => ({
  ...options,
  env: { ...process.env, ...environment, SECOND_AGENT: secondAgent ? "1" : "0" },
});
