import { styleText } from "node:util";

/** Styles of the preview. Each keeps the text as it is where colour is not wanted. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly notice: (text: string) => string;
}

/** Colour is for people at a terminal who have not asked for none (https://no-color.org). */
export function wantsColour(stream: { readonly isTTY?: boolean }, environment: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && (environment["NO_COLOR"] ?? "") === "" && environment["TERM"] !== "dumb";
}

/** Styles for a terminal, or none. */
export function styleFor(colour: boolean): Style {
  const format = (name: Parameters<typeof styleText>[0]) => (text: string) =>
    // Whether to colour is decided already, for the stream that the text goes to.
    colour && text !== "" ? styleText(name, text, { validateStream: false }) : text;
  return {
    bold: format("bold"),
    dim: format("dim"),
    good: format("green"),
    bad: format("red"),
    notice: format("yellow"),
  };
}

/** A cell of a table: what is seen, and how it looks. */
export interface Cell {
  readonly text: string;
  readonly style?: (text: string) => string;
  readonly align?: "right";
}

/** Between two columns. */
const GAP = 2;
/** In a narrow terminal lines rather wrap than say nothing. */
const LEAST_LAST_COLUMN = 24;

/**
 * Lines in which columns begin at the same place, whatever their style. The last column is not padded.
 *
 * @param columns width of the terminal, if the last column continues on further lines there
 */
export function table(rows: readonly (readonly Cell[])[], columns?: number): string[] {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach(({ text }, column) => {
      widths[column] = Math.max(widths[column] ?? 0, width(text));
    });
  const line = (row: readonly Cell[]) =>
    row
      .map(({ text, style = (plain: string) => plain, align }, column) => {
        const room = " ".repeat((widths[column] ?? 0) - width(text));
        if (align === "right") return room + style(text);
        return column === row.length - 1 ? style(text) : style(text) + room;
      })
      .join(" ".repeat(GAP))
      .trimEnd();
  if (columns === undefined) return rows.map(line);
  return rows.flatMap((row) => {
    const before = row.slice(0, -1);
    const start = before.reduce((sum, _, column) => sum + (widths[column] ?? 0) + GAP, 0);
    const [first = "", ...more] = wrapped(row.at(-1)?.text ?? "", Math.max(LEAST_LAST_COLUMN, columns - start));
    const last = (text: string): Cell => ({ ...row.at(-1), text });
    return [
      line([...before, last(first)]),
      ...more.map((text) => line([...before.map(() => ({ text: "" })), last(text)])),
    ];
  });
}

/** The lines of a text in a terminal, broken between words; a word that is longer than a line keeps whole. */
export function wrapped(text: string, columns: number | undefined): string[] {
  if (columns === undefined) return [text];
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/(?<=\S) (?=\S)/)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line === "" || width(longer) <= columns) {
      line = longer;
      continue;
    }
    lines.push(line);
    line = word;
  }
  return [...lines, line];
}

function width(text: string): number {
  return Array.from(text).length;
}
