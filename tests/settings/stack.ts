import { SettingsError, type Problem } from "../../settings/problems";
import { parseSettings } from "../../settings/parse";

/** Configuration by key, with its namespace. */
export interface Stack {
  readonly [key: string]: unknown;
}

/** The least that a stack must say. */
export const STACK: Stack = {
  "gcp:project": "my-project",
  "gcp:region": "us-central1",
  "gcp:zone": "us-central1-a",
  "gocd:cluster": { create: {} },
  "gocd:agents": { docker: { replicas: 2 } },
};

export const DIGEST = `sha256:${"a".repeat(64)}`;
export const PREBUILT = Object.fromEntries(
  ["server", "agent", "dind", "housekeeping"].map((name) => [name, `registry.example/${name}@${DIGEST}`]),
);
/** Configuration as Pulumi delivers it: text as it is, everything else as JSON. */
export function parse(stack: Stack, name = "dev", secretKeys: string[] = []) {
  const present = Object.entries(stack).filter(([, value]) => value !== undefined);
  const config = Object.fromEntries(
    present.map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
  return parseSettings(name, config, secretKeys);
}

/** What is wrong with the settings; nothing if they are read. */
export function problemsOf(run: () => unknown): readonly Problem[] {
  try {
    run();
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

/** A cluster that is made. */
export const create = (of: object) => ({ "gocd:cluster": { create: of } });
/** The one pool. */
export const pool = (of: object) => ({ "gocd:agents": { docker: of } });
/** A cluster that exists, with a class or on GKE. */
export const existing = (of: object = {}) => ({ "gocd:cluster": { existing: { context: "kind", ...of } } });

/** What is wrong, what is said about it, and what is said to be right. */
export type BadSetting = readonly [what: string, change: Stack, key: string, found: RegExp, wanted: RegExp];

/** A test for each: it is refused, and nothing else is. */
export function testBad(settings: readonly BadSetting[]): void {
  test.each(settings)(
    "%s is refused by its key, with what was found and what is wanted",
    (_what, change, key, found, wanted) => {
      const problems = problemsOf(() => parse({ ...STACK, ...change }));
      const problem = problems.find((one) => one.key === key);
      expect({ keys: problems.map((one) => one.key), found: problem?.found, wanted: problem?.wanted }).toEqual({
        keys: [key],
        found: expect.stringMatching(found) as string,
        wanted: expect.stringMatching(wanted) as string,
      });
    },
  );
}
