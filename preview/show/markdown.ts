import { exitCode, totals } from "../preview";
import type { Preview } from "../preview";
import type { Comparison } from "../base/against";
import { byKind, code, list, title } from "./comment";
import { details, summary } from "./comment-difference";
import { counts, isEmpty } from "../difference/difference";
import { countsText } from "./words";

/** First line of every comment. Whoever posts one looks for it, and edits the comment that begins with it. */
export const COMMENT_MARKER = "<!-- gocd-on-kubernetes: preview -->";

/** The longest comment that GitHub takes, in characters. */
export const COMMENT_LIMIT = 65_536;

/** Kept free for the line that says what is missing, and the end of the details. */
const RESERVE = 400;

/**
 * A comment for a pull request: what matters first, details folded away behind it. Details that do not fit are left out
 * from the end, so that the summary survives.
 *
 * Names and values come from whoever wrote the pull request. Each of them stands in a code span that it cannot end: no
 * markup, link, mention or reference in it comes to life.
 *
 * @param comparison what differs from another version; without one, the comment shows the preview alone
 */
export function toMarkdown(result: Preview, comparison?: Comparison, limit = COMMENT_LIMIT): string {
  const failed = result.errors.length > 0;
  const head = [
    COMMENT_MARKER,
    headline(result, comparison),
    ...(failed ? errors(result) : [...policies(result), ...(comparison ? summary(comparison.difference) : [])]),
  ];
  const body = failed ? [] : comparison ? details(comparison.difference) : contents(result);
  return fitted(head, body, limit);
}

function headline(result: Preview, comparison: Comparison | undefined): string {
  const counted = totals(result);
  const verdict =
    exitCode(result) === 0
      ? `policies hold (${counted.advisory} warnings)`
      : counted.mandatory > 0
        ? `**${counted.mandatory} policy violations**`
        : "**it fails**";
  const what =
    comparison === undefined ? "" : ` against ${code(comparison.versions.ref)} (${code(comparison.versions.commit)})`;
  const numbers =
    comparison === undefined
      ? `${counted.resources} resources, ${counted.protected} protected`
      : isEmpty(comparison.difference)
        ? "nothing changes"
        : countsText(counts(comparison.difference));
  const line = result.errors.length > 0 ? verdict : `**${numbers}** · ${verdict}`;
  return `### Preview of stack ${code(result.stack)}${what}\n\n${line}`;
}

function errors(result: Preview): string[] {
  return [
    list(
      result.errors
        .flatMap(({ message }) => message.split("\n"))
        .filter((line) => line.trim() !== "")
        .map(code),
    ),
  ];
}

function policies({ verdict, resources }: Preview): string[] {
  const byUrn = new Map(resources.map(({ urn, name }) => [urn, name]));
  const broken = verdict.findings.filter(({ level }) => level === "mandatory");
  return broken.length === 0
    ? []
    : [
        "#### Policy",
        list(
          broken.map(
            ({ policy, urn, message }) => `${code(policy)} ${code(byUrn.get(urn) ?? "the stack")}: ${code(message)}`,
          ),
        ),
      ];
}

/** The preview by itself: what there would be. */
function contents({ resources, verdict }: Preview): string[] {
  const entries = resources.map(({ urn, type, name, custom, protect }) => ({
    urn,
    type,
    name,
    component: !custom,
    protect,
  }));
  const warnings = verdict.findings.filter(({ level }) => level === "advisory");
  return [
    ...(warnings.length > 0
      ? [title("Warnings"), ...warnings.map(({ policy, message }) => `- ${code(policy)}: ${code(message)}`)]
      : []),
    title("Protected"),
    ...byKind(entries.filter(({ protect }) => protect)),
    title("Resources"),
    ...byKind(entries),
  ];
}

/** As much as fits: the head whole if that is possible at all, then details from the beginning. */
function fitted(head: readonly string[], body: readonly string[], limit: number): string {
  const top = shortenedBlock(head.join("\n\n").split("\n"), limit - RESERVE, 0);
  if (body.length === 0) return `${top.text}\n`;
  const opening = "\n\n<details><summary>Details</summary>\n\n";
  const closing = "\n\n</details>\n";
  const { text, missing } = shortenedBlock(body, limit - RESERVE - opening.length - closing.length, top.text.length);
  const end = missing === 0 ? "" : `\n\n… ${missing} more lines; \`npm run preview\` shows all.`;
  return text === "" ? `${top.text}${end}\n` : `${top.text}${opening}${text}${end}${closing}`;
}

/** Whole lines, as many as there is room for. */
function shortenedBlock(
  lines: readonly string[],
  limit: number,
  used: number,
): { readonly text: string; readonly missing: number } {
  let length = used;
  let count = 0;
  for (const line of lines) {
    length += line.length + 1;
    if (length > limit) break;
    count += 1;
  }
  return { text: lines.slice(0, count).join("\n"), missing: lines.length - count };
}
