import { readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../../cluster/kubernetes/paths";

/** Pages with commands that people type. */
type Page =
  | "README.md"
  | "docs/operations/destroy.md"
  | "docs/operations/install.md"
  | "docs/operations/lost-cluster.md"
  | "docs/operations/restore.md"
  | "docs/operations/rotate.md"
  | "docs/operations/scale.md"
  | "docs/operations/upgrade.md";

/** A command as a page has it. */
interface DocumentedCommand {
  readonly page: Page;
  readonly text: string;
}

const BLOCK = /^ *```sh\n([\s\S]*?)^ *```$/gm;
const SPAN = /`((?:pulumi|npm run down|PULUMI_\w+=\S+ pulumi) [^`\n]+)`/g;

/** Every command of a page: lines of its `sh` blocks, continued ones joined, and what stands in backquotes and calls Pulumi. */
function commandsOf(page: Page): DocumentedCommand[] {
  const text = readFileSync(path.join(ROOT, page), "utf8");
  const lines = [...text.matchAll(BLOCK)].flatMap(([, block = ""]) =>
    block
      .replace(/\\\n\s*/g, "")
      .split("\n")
      // A comment begins after a blank, so that `#` in a word is none.
      .map((line) => line.replace(/(^|\s+)#.*$/, "").trim())
      .filter((line) => line !== ""),
  );
  const spans = [...text.replace(BLOCK, "").matchAll(SPAN)].map(([, span = ""]) => span);
  return [...lines, ...spans].map((command) => ({ page, text: command }));
}

/**
 * The command of a page that matches, as it is written there. Throws where none does, or several that differ: then the page
 * has changed, and the test that asks must follow.
 */
export function documented(page: Page, pattern: RegExp): string {
  const found = [...new Set(commandsOf(page).map(({ text }) => text))].filter((text) => pattern.test(text));
  const [command] = found;
  if (command === undefined || found.length > 1)
    throw new Error(`${page} has ${found.length} commands like ${String(pattern)}: ${found.join(" | ")}`);
  return command;
}
