import { runBackup, runRestore } from "./backup/programs";
import { checkConfiguration } from "./check-configuration";
import { ConfigError } from "./config";
import type { Logger } from "./log";
import { main, type Process } from "./main";
import { startService } from "./service";

export type Program = (from: Process, log: Logger) => Promise<void>;

const PROGRAMS = new Map<string, Program>([
  ["housekeeping", (from, log) => main(from, log, startService)],
  ["backup", runBackup],
  ["restore", runRestore],
  ["check-configuration", checkConfiguration],
]);

/**
 * The program that the image's first argument names; without one it is housekeeping.
 *
 * @throws ConfigError when there is no such program.
 */
export function programNamed(name = "housekeeping"): Program {
  const program = PROGRAMS.get(name);
  if (program === undefined) throw new ConfigError([`${name}: must be ${[...PROGRAMS.keys()].join(" or ")}`]);
  return program;
}
