// What a pull request changes in the program, for every committed stack, without credentials: as Markdown for the run's page
// and for comments on branches of this repository, as text for comments on forks.
import { spawnSync } from "node:child_process";
import { appendFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fenced } from "./comment";
import { keep, write, type Kept } from "./keep";

/** Characters of reasons that are shown. */
const REASONS = 10_000;

/** Names of the stacks whose settings are committed. */
export function stacks(root: string): string[] {
  return stacksOf(readdirSync(root));
}

/** Names of the stacks whose settings were committed at a revision and are not any more; none where git does not know it. */
function gone(root: string, against: string): string[] {
  const { status, stdout } = spawnSync("git", ["ls-tree", "--name-only", against], { cwd: root, encoding: "utf8" });
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
 * @param directory where `preview.md` and `preview.txt` go.
 * @returns the worst exit status of `npm run preview`.
 */
export async function difference(
  root: string,
  against: string,
  directory: string,
  environment: NodeJS.ProcessEnv,
): Promise<number> {
  const parts: { readonly markdown: string; readonly text: string; readonly last: string; readonly status: number }[] =
    [];
  for (const stack of stacks(root)) {
    const run = (...form: string[]) =>
      keep("npm", ["run", "--silent", "preview", "--", "--stack", stack, "--against", against, ...form]);
    const text = await run();
    const markdown = await run("--markdown");
    parts.push({
      status: Math.max(text.status, markdown.status),
      text: `Stack ${stack}\n\n${shown(text)}`,
      last: shown(text).trimEnd().split("\n").at(-1) ?? "",
      // Where there is no Markdown there are reasons, which quote what the pull request's author wrote.
      markdown: `#### Stack \`${stack}\`\n\n${isEmpty(markdown) ? fenced(markdown.text, REASONS) : markdown.output}`,
    });
  }
  for (const stack of gone(root, against)) {
    // Nobody sees it otherwise, and the stack goes on costing money.
    const said = `The settings of ${stack} are deleted, which takes nothing down: npm run down -- --stack ${stack} does, while they are there.`;
    parts.push({
      status: 0,
      text: `Stack ${stack}\n\n${said}`,
      last: said,
      markdown: `#### Stack \`${stack}\`\n\n${said}`,
    });
  }
  const markdown = parts.map((part) => part.markdown).join("\n\n");
  write(join(directory, "preview.md"), markdown);
  // A comment keeps the end of a text that is too long: what each stack comes to stands there.
  const totals = ["In short", "", ...parts.map(({ last }) => last)].join("\n");
  write(join(directory, "preview.txt"), [...parts.map(({ text }) => text.trimEnd()), `${totals}\n`].join("\n\n"));
  const summary = environment["GITHUB_STEP_SUMMARY"];
  if (summary) appendFileSync(summary, `${markdown}\n`);
  return Math.max(0, ...parts.map(({ status }) => status));
}

/** The result; what stands on the other stream only where there is none, since progress goes there as well as reasons. */
function shown(kept: Kept): string {
  return isEmpty(kept) ? kept.text : kept.output;
}

function isEmpty({ output }: Kept): boolean {
  return output.trim() === "";
}
