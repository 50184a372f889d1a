import type { WireValue } from "./run/wire";

/** Characters that a terminal obeys or hides: controls, and those that turn or join text. Tab and line feed are fine. */
// eslint-disable-next-line no-control-regex -- finding control characters is the point
export const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

const EVERY_HIDDEN = new RegExp(HIDDEN, "g");

/** Text that cannot act on a terminal: hidden characters are spelled out. */
export function printable(text: string): string {
  return text.replace(EVERY_HIDDEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The same on one line. */
export function oneLine(text: string): string {
  return printable(text.replace(/\s*\n\s*/g, " ").replace(/\t/g, " "));
}

/**
 * Characters that act, hide, or pretend to be others: controls, line breaks of every kind, what turns the direction of
 * text, blanks that are not the blank, what has no width, halves of pairs, private and unassigned ones.
 */
const UNSEEN = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/gu;

/** A blank is the only one of those that is what it looks like. */
const BLANK = " ";

/** Untrusted text on one line, in which everything can be seen: `\u{202e}` for what could not. */
export function escapeHidden(text: string): string {
  return text.replace(UNSEEN, (character) => {
    if (character === BLANK) return BLANK;
    if (character === "\n") return "\\n";
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

/** A value on one line: texts as they are, quoted where the ends could not be seen, everything else as JSON. */
export function valueText(value: WireValue): string {
  if (typeof value !== "string") return escapeHidden(JSON.stringify(value));
  return value === "" || value.trim() !== value ? `"${escapeHidden(value)}"` : escapeHidden(value);
}

/** The beginning of a text, with an ellipsis where something is missing. */
export function shortened(text: string, most: number): string {
  const characters = Array.from(text);
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join("")}…`;
}
