import { PROGRAM_HOST, type ProgramHost, startProgramHost } from "./program";

declare global {
  // Of Jest's own process, where the teardown finds it.
  var programHost: ProgramHost | undefined;
}

/** Before all test files: one process runs the program for all of them. */
export default async function setUp(): Promise<void> {
  globalThis.programHost = await startProgramHost();
  process.env[PROGRAM_HOST] = globalThis.programHost.socket;
}
