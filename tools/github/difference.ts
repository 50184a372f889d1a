// What a pull request changes in the program, for every committed stack, without credentials: as text for the run's page and
// for the comment.
import { spawnSync } from "node:child_process";
import { appendFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fenced } from "./comment";
import { keep, write } from "./keep";

/** Characters that the run's page shows of it; GitHub takes a mebibyte. */
const PAGE = 900_000;

/** What is said of one stack. */
interface Part {
  readonly text: string;
  readonly status: number;
}

/** Names of the stacks whose settings are committed. */
export function stacks(root: string): string[] {
  return stacksOf(readdirSync(root));
}

/** Names of the stacks whose settings were committed at a revision and are not any more; none where git does not know it. */
function gone(root: string, against: string, env: NodeJS.ProcessEnv): string[] {
  const { status, stdout } = spawnSync("git", ["ls-tree", "--name-only", against], {
    cwd: root,
    env,
    encoding: "utf8",
  });
  const here = stacks(root);
  return status === 0 ? stacksOf(stdout.split("\n")).filter((stack) => !here.includes(stack)) : [];
}

function stacksOf(files: readonly string[]): string[] {
  return files.flatMap((file) => /^Pulumi\.([a-z0-9-]+)\.yaml$/.exec(file)?.[1] ?? []).sort();
}

/**
 * Compares every stack with what it is at a revision.
 *
 * @param root the project's folder.
 * @param against a revision that git knows.
 * @param directory where `preview.txt` goes.
 * @returns the worst exit status of `npm run preview`.
 */
export async function difference(
  root: string,
  against: string,
  directory: string,
  environment: NodeJS.ProcessEnv,
): Promise<number> {
  const parts: Part[] = [];
  for (const stack of stacks(root)) {
    const args = ["run", "--silent", "preview", "--", "--stack", stack, "--against", against];
    const { status, text, output } = await keep("npm", args, environment);
    // Progress goes to the other stream as well as reasons, which count only where there is no result.
    parts.push({ status, text: `Stack ${stack}\n\n${output.trim() === "" ? text : output}`.trimEnd() });
  }
  for (const stack of gone(root, against, environment)) {
    // Nobody sees it otherwise, and the stack goes on costing money.
    const notice = `The settings of ${stack} are deleted, which takes nothing down: npm run down -- --stack ${stack} does, while they are there.`;
    parts.push({ status: 0, text: `Stack ${stack}\n\n${notice}` });
  }
  const bodies = parts.map(({ text }) => text);
  // A comment keeps the end of a text that is too long: what each stack comes to stands there.
  const totals = ["In short", "", ...bodies.map((text) => text.split("\n").at(-1) ?? "")].join("\n");
  const report = [...bodies, `${totals}\n`].join("\n\n");
  write(join(directory, "preview.txt"), report);
  const summary = environment["GITHUB_STEP_SUMMARY"];
  if (summary) appendFileSync(summary, `${fenced(report, PAGE)}\n`);
  return Math.max(0, ...parts.map(({ status }) => status));
}
