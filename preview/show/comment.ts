import { naturally } from "./tree";
import type { Named } from "../difference/difference";
import { shortened, spelled } from "../escape";
import { kindText, names } from "./words";

/** One text with more than this is cut. */
const TEXT_LENGTH = 400;

/** Untrusted text as a code span: one line, everything visible, and no backtick run as long as the fence. */
export function code(text: string): string {
  const content = shortened(spelled(text), TEXT_LENGTH) || " ";
  const longest = Math.max(0, ...Array.from(content.matchAll(/`+/g), ([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const room = /^[` ]|[` ]$/.test(content) ? " " : "";
  return `${fence}${room}${content}${room}${fence}`;
}

/** The same for a table, whose cells end at any bar, even within code. */
export function cell(text: string): string {
  return code(text.replaceAll("|", "\u00a6"));
}

/** A heading inside the details. */
export function title(text: string): string {
  return `\n**${text}**\n`;
}

/** Texts that are Markdown already, as a list. */
export function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join("\n");
}

/** Resources by kind, a line for each. Components are left out: they are nothing but names for what is in them. */
export function byKind(entries: readonly Named[]): string[] {
  const kinds = new Map<string, string[]>();
  for (const entry of entries.filter(({ component }) => !component)) {
    kinds.set(kindText(entry), [...(kinds.get(kindText(entry)) ?? []), entry.name]);
  }
  return [...kinds]
    .sort(([a], [b]) => naturally(a, b))
    .map(([kind, all]) => `- ${code(kind)}: ${code(names([...all].sort(naturally)))}`);
}
