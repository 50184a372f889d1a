/** One thing that is wrong with a stack's settings. */
export interface Problem {
  /** Path of the key, as it stands in the stack file: `gocd:agents.docker.replicas`. */
  readonly key: string;
  /** What stands there, shortened; never a secret, since secrets do not pass through here. */
  readonly found: string;
  /** What would be right. */
  readonly wanted: string;
}

/** Whether one of some key paths has a problem already, so that what a check would say of it means nothing. */
export type HasProblem = (...keys: string[]) => boolean;

/** Every problem of a stack's settings at once. Thrown before anything is registered. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";

  constructor(
    stack: string,
    readonly problems: readonly Problem[],
  ) {
    super(format(stack, problems));
  }
}

const LONGEST = 60;

/** A value as it is shown in a problem: JSON, control characters escaped, cut to one short line. */
export function formatValue(value: unknown): string {
  if (value === undefined || value === null || value === "") return "nothing";
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) return typeof value;
  // JSON escapes C0 only; C1 controls reach a terminal as well.
  const safe = text.replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return safe.length <= LONGEST ? safe : `${safe.slice(0, LONGEST - 1)}…`;
}

/** What stands at a key, in place of what is wanted. */
export const problem = (key: string, value: unknown, wanted: string): Problem => ({
  key,
  found: formatValue(value),
  wanted,
});

function format(stack: string, problems: readonly Problem[]): string {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const lines = problems.map((p) => `  ${p.key}\n    found   ${p.found}\n    wanted  ${p.wanted}`);
  return [`${count} in the settings of stack "${stack}" (Pulumi.${stack}.yaml):`, ...lines].join("\n");
}
