// Runs Pulumi in a workflow and keeps what it says: `preview` for a pull request, `drift` for the weekly look at the cloud.
import { appendFileSync } from "node:fs";
import { UsageError } from "../../preview/command";
import { keep, write } from "./keep";

/** The CLI's exit status for `--expect-no-changes` when there are some (`cmdutil.ExitNoChanges`). */
const CHANGES = 7;

const MODES = {
  preview: ["preview", "--policy-pack", "policy", "--policy-pack-config", "policy-config.json"],
  // The state stays as it is: what the refresh finds is shown and forgotten.
  drift: ["preview", "--refresh", "--expect-no-changes"],
} as const;

/**
 * @param mode `preview` or `drift`.
 * @param file where the output goes.
 * @returns the exit status of the step; drift itself is a result, not a failure.
 */
export async function pulumi(mode: string, file: string, environment: NodeJS.ProcessEnv): Promise<number> {
  if (mode !== "preview" && mode !== "drift") throw new UsageError(`${mode}: preview or drift is wanted`);
  const stack = environment["PULUMI_STACK"];
  if (!stack) throw new Error("PULUMI_STACK is not set: the repository's variable names the stack");
  const { status, text } = await keep(
    "pulumi",
    [...MODES[mode], "--stack", stack, "--non-interactive", "--color", "never"],
    environment,
  );
  write(file, text);
  if (mode === "preview" || (status !== 0 && status !== CHANGES)) return status;
  appendFileSync(environment["GITHUB_OUTPUT"] ?? "", `result=${status === CHANGES ? "drift" : "none"}\n`);
  return 0;
}
