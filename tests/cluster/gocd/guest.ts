import { rmSync } from "node:fs";
import path from "node:path";
import { emulator, makeDisk } from "../kubernetes/guest-machine";
import { ROOT, STATE } from "../kubernetes/paths";
import { outcome } from "../kubernetes/run";
import { dockerBinary } from "./binaries";
import { emulator as qemuUser } from "./packages";
import { STAND_IN } from "./stand-ins";

/** What `docker run --platform` printed in the guest for another processor, before a job told the kernel of the emulator, and after. */
export interface OfAnotherProcessor {
  readonly before: string;
  readonly after: string;
}

/** What the guest measured of one daemon. */
export interface Measured {
  /** How the container that eats memory ended: 0 when it got all that it wanted, 137 when the kernel killed it. */
  readonly exit: number;
  /** Whether containers run inside the pod's cgroup. */
  readonly inside: "yes" | "no";
  /** Most memory that the pod was charged with, in MiB. */
  readonly peak: number;
  readonly daemon: "alive" | "dead";
  /** What becomes of the agent when a task of its own eats more than its container has. */
  readonly agent: "alive" | "dead";
  /** How that task ended, where the agent lives to tell. */
  readonly task: string;
}

const SOURCES = path.join(ROOT, "tests/cluster/gocd/guest");
const FOLDER = path.join(STATE, "guest");
// An emulated machine on two busy cores.
const TIMEOUT = 900_000;

/**
 * Boots a machine with cgroup v2 in QEMU, emulated, so that it needs no right, and runs the comparison of guest/compare in
 * it with the scripts of images/dind. Returns what was measured for the daemon `plain` and the daemon `wrapped`, and what a program
 * of another processor printed on the second.
 */
export async function compareInGuest(): Promise<{
  readonly measured: Readonly<Record<string, Measured>>;
  readonly platform: OfAnotherProcessor;
}> {
  rmSync(FOLDER, { recursive: true, force: true });
  const [command, args] = await emulator(FOLDER, { disk: await makeComparison(), memory: 2560 });
  const { stdout } = await outcome(command, args, { timeout: TIMEOUT });
  rmSync(FOLDER, { recursive: true });
  const results = [
    ...stdout.matchAll(
      /RESULT (\w+) exit=(\d+) inside=(yes|no) peak=(\d+) daemon=(alive|dead) agent=(alive|dead) task=(\d*)/g,
    ),
  ];
  const platform = /^PLATFORM before=(.*) after=(.*?)\r?$/m.exec(stdout);
  if (results.length !== 2 || platform === null)
    throw new Error(`the guest said:\n${stdout.split("\n").slice(-40).join("\n")}`);
  const measured = Object.fromEntries(
    results.map(([, name = "", exit, inside, peak, daemon, agent, task]) => [
      name,
      { exit: Number(exit), inside, peak: Number(peak), daemon, agent, task } as Measured,
    ]),
  );
  return { measured, platform: { before: platform[1] ?? "", after: platform[2] ?? "" } };
}

/** The guest's disk: what stands in for docker:dind, this project's scripts, a program of another processor and its emulator. */
function makeComparison(): Promise<string> {
  const { contents } = STAND_IN.dind;
  const scripts = Object.fromEntries(
    ["dind", "janitor", "hand-back"].map((name) => [`/usr/local/bin/${name}`, path.join(ROOT, "images/dind", name)]),
  );
  return makeDisk(FOLDER, "2G", {
    ...contents,
    files: {
      ...contents.files,
      ...scripts,
      "/usr/local/bin/compare": path.join(SOURCES, "compare"),
      "/arm64/program": dockerBinary("program-arm64"),
      "/installer/qemu": qemuUser,
    },
    links: { ...contents.links, "/sbin/init": "/usr/local/bin/compare" },
  });
}
