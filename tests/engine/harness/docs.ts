import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../../cluster/kubernetes/paths";

/** A command as a page has it. */
export interface DocumentedCommand {
  /** Path of the page in the checkout. */
  readonly page: string;
  readonly text: string;
}

const OPERATIONS = "docs/operations";
const BLOCK = /^ *```sh\n([\s\S]*?)^ *```$/gm;
/** What stands in backquotes within a sentence and is for a terminal. */
const SPAN =
  /`((?:(?:pulumi|npm run|npm ci|kubectl|gcloud|docker compose|docker version|docker login) ?|[\w-]+ --version(?=`)|apt-get |PULUMI_\w+=\S+ pulumi |rm ~|\$\(pulumi |echo )[^`\n]*)`/g;

/** Pages with commands that people type. */
export const PAGES: readonly string[] = [
  "README.md",
  ...readdirSync(path.join(ROOT, OPERATIONS))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `${OPERATIONS}/${name}`),
];

/** Every command of a page: lines of its `sh` blocks, continued ones joined, and what stands in backquotes and calls a program. */
export function commandsOf(page: string): readonly DocumentedCommand[] {
  const text = readFileSync(path.join(ROOT, page), "utf8");
  const lines = [...text.matchAll(BLOCK)].flatMap(([, block = ""]) =>
    block
      .replace(/\\\n\s*/g, "")
      .split("\n")
      // A comment begins after a blank, so that `#` in a word is none.
      .map((line) => line.replace(/(^|\s+)#.*$/, "").trim())
      .filter((line) => line !== ""),
  );
  const spans = [...text.replace(BLOCK, "").matchAll(SPAN)].map(([, span = ""]) => span.trim());
  return [...new Set([...lines, ...spans])].map((command) => ({ page, text: command }));
}

/** The stack of the suites that run in this process; the pages are written for dev. */
export const STACK = process.env["GOCD_TEST_STACK"] ?? "dev";

/** What a page says of the stack dev, said of another one. */
const forStack = (stack: string, text: string): string => text.replace(/(?<![/\w])dev\b/g, stack);

/**
 * The command of a page that matches, as it is written there, but for the stack's name. Throws where none does, or several that differ: then the page
 * has changed, and the test that asks must follow.
 */
export function documented(page: string, pattern: RegExp): string {
  const found = commandsOf(page)
    .map(({ text }) => text)
    .filter((text) => pattern.test(text));
  const [command] = found;
  if (command === undefined || found.length > 1)
    throw new Error(`${page} has ${found.length} commands like ${String(pattern)}: ${found.join(" | ")}`);
  return forStack(STACK, command);
}

/** The commands of all pages that match, each once. Throws where there is none. */
export function documentedAnywhere(pattern: RegExp): readonly string[] {
  const found = [...new Set(PAGES.flatMap(commandsOf).map(({ text }) => forStack(STACK, text)))].filter((text) =>
    pattern.test(text),
  );
  if (found.length === 0) throw new Error(`no page has a command like ${String(pattern)}`);
  return found;
}
