import { ConfigError } from "./config";
import type { Logger } from "./log";
import type { startService } from "./service";

/** The parts of `process` that are used. */
export interface Process {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly once: (signal: "SIGTERM" | "SIGINT", listener: () => void) => unknown;
  readonly exit: (status: number) => void;
}

/** Exit status for a configuration that is not valid: starting again without a change makes no sense. */
const BAD_CONFIGURATION = 2;

/**
 * Runs the service until it is told to stop. `CONFIG_FOLDER` (default `/etc/gocd-housekeeping`) and `PORT` (8080) exist for
 * tests.
 */
export function main(from: Process, log: Logger, start: typeof startService): Promise<void> {
  return runOrExit(from, log, async () => {
    const configFolder = from.env["CONFIG_FOLDER"] ?? "/etc/gocd-housekeeping";
    const service = await start({ configFolder, port: Number(from.env["PORT"] ?? "8080"), log });
    const stop = (): void => {
      void service.stop().then(() => {
        from.exit(0);
      });
    };
    from.once("SIGTERM", stop);
    from.once("SIGINT", stop);
    service.ended.catch((error: unknown) => {
      log.fatal({ failure: (error as Error).message }, "the loop has failed");
      from.exit(1);
    });
  });
}

/** Runs a program; what ends it too early is its last line and its exit status. */
export async function runOrExit(
  from: Process,
  log: Logger,
  run: (from: Process, log: Logger) => Promise<void>,
): Promise<void> {
  try {
    await run(from, log);
  } catch (error) {
    if (error instanceof ConfigError) {
      log.fatal({ problems: error.problems }, "the configuration is not valid");
      from.exit(BAD_CONFIGURATION);
    } else {
      log.fatal({ failure: (error as Error).message }, `cannot go on: ${(error as Error).message}`);
      from.exit(1);
    }
  }
}
