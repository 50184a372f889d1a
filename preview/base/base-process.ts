// Runs the program of a checkout in a process that does nothing else: the preview's own process must be able to tell when
// it has nothing left to do. Arguments: directory of the project, name of the stack, file for the answer.
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hostRun } from "../run/host";
import { readProject } from "../run/project";
import { redactor } from "../run/redact";
import type { Run } from "../run/run";
import { contexts, type Contexts } from "./contexts";
import { ciphertexts } from "./configuration";

/** What the process found out. */
export interface BaseRun {
  /** Absent when that version has no such stack. */
  readonly run?: Run;
  readonly contexts: Contexts;
  readonly config: Readonly<Record<string, string>>;
  readonly ciphertexts: Readonly<Record<string, string>>;
  /** Why there is no run although there should be one. */
  readonly error?: string;
}

const NOTHING: BaseRun = { contexts: {}, config: {}, ciphertexts: {} };

async function baseRun(directory: string, stack: string): Promise<BaseRun> {
  const file = join(directory, `Pulumi.${stack}.yaml`);
  if (!existsSync(join(directory, "Pulumi.yaml")) || !existsSync(file)) return NOTHING;
  const project = readProject(directory, stack);
  // Whether it type-checks was that version's business.
  const run = await hostRun({ project, directory, environment: { PULUMI_NODEJS_TRANSPILE_ONLY: "true" } });
  const redact = redactor(project, run.registrations);
  if (run.errors.length > 0) return { ...NOTHING, error: redact(run.errors.map(({ message }) => message).join("\n")) };
  return {
    run,
    contexts: await contexts(directory, run.registrations),
    config: project.config,
    ciphertexts: ciphertexts(file),
  };
}

const [directory = "", stack = "", answer = ""] = process.argv.slice(2);
baseRun(directory, stack)
  .catch((error: unknown): BaseRun => ({ ...NOTHING, error: error instanceof Error ? error.message : String(error) }))
  .then((result) => {
    // Values of secrets are in it; the directory is this user's alone, and goes with the checkout.
    writeFileSync(answer, JSON.stringify(result), { mode: 0o600 });
  })
  .catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  });
