import { exitCode, totals } from "../preview";
import type { Preview } from "../preview";
import { naturally } from "../tree";
import type { Comparison } from "./against";
import { counts, isEmpty, isRefused } from "./difference";
import type { Change, Difference, Named, Removal } from "./difference";
import { shortened, spelled } from "./spelled";
import { apart } from "./text";
import { causeText, countsText, fieldWord, fieldWords, kindText, names, rolloutText } from "./words";
import type { FieldWords } from "./words";

/** First line of every comment. Whoever posts one looks for it, and edits the comment that begins with it. */
export const COMMENT_MARKER = "<!-- gocd-on-kubernetes: preview -->";

/** The longest comment that GitHub takes, in characters. */
export const COMMENT_LIMIT = 65_536;

/** One line with more than this is cut. */
const TEXT_LENGTH = 400;
/** Rows of the table at the top; the rest is in the details. */
const TABLE_ROWS = 20;
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

/** Untrusted text as a code span: one line, everything visible, and no backtick run as long as the fence. */
export function code(text: string): string {
  const content = shortened(spelled(text), TEXT_LENGTH) || " ";
  const longest = Math.max(0, ...Array.from(content.matchAll(/`+/g), ([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const room = /^[` ]|[` ]$/.test(content) ? " " : "";
  return `${fence}${room}${content}${room}${fence}`;
}

/** The same for a table, whose cells end at any bar, even within code. */
function cell(text: string): string {
  return code(text.replaceAll("|", "\u00a6"));
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

/** What nobody may overlook: what is refused, replaced or removed. */
function summary(result: Difference): string[] {
  const { own, carried } = apart(result.changed);
  const rows = [
    ...own.flatMap((entry) => replacementRow(entry)),
    ...carriedRow(carried),
    ...result.removed.filter(({ component }) => !component).map(removalRow),
  ].sort((a, b) => Number(b.refused) - Number(a.refused));
  const more = rows.length > TABLE_ROWS ? [`… and ${rows.length - TABLE_ROWS} more below.`] : [];
  const pods = result.changed.flatMap(({ rollouts }) => rollouts).map((rollout) => code(rolloutText(rollout)));
  const table =
    rows.length === 0
      ? []
      : [
          [
            "| what | resource | because | lost |",
            "|---|---|---|---|",
            ...rows.slice(0, TABLE_ROWS).map(({ row }) => row),
          ].join("\n"),
        ];
  return [
    ...table,
    ...more,
    ...(pods.length === 0 ? [] : [`**Pods:**\n\n${list(pods.slice(0, TABLE_ROWS))}`]),
    ...(result.notes.length === 0 ? [] : [`**Notes:**\n\n${list(result.notes.slice(0, TABLE_ROWS).map(code))}`]),
  ];
}

interface Row {
  readonly refused: boolean;
  readonly row: string;
}

function replacementRow(entry: Change): Row[] {
  const { replacement } = entry;
  const refused = isRefused(entry);
  if (replacement === undefined && !refused) return [];
  const verb = replacement === undefined ? "change" : "replace";
  const because = [...entry.refused, ...(replacement?.refused ?? [])].join("; ");
  const causes = replacement === undefined ? "" : causeText(replacement.causes);
  return [
    row(
      verb,
      entry,
      refused ? `${causes}${causes === "" ? "" : "; "}${because}` : causes,
      replacement?.lost ?? "",
      refused,
    ),
  ];
}

function removalRow(entry: Removal): Row {
  return row("remove", entry, entry.refused.join("; "), entry.lost, isRefused(entry));
}

function carriedRow(carried: readonly Change[]): Row[] {
  const [first] = carried;
  if (first === undefined) return [];
  const because = causeText(first.replacement?.causes ?? []);
  return [{ refused: false, row: `| replace | ${carried.length} objects | ${cell(because)} | |` }];
}

function row(verb: string, entry: Named, because: string, lost: string, refused: boolean): Row {
  const words = refused ? `**refused:** ${verb}` : verb;
  const texts = [`${kindText(entry)} ${entry.name}`, because, lost].map((text) => (text === "" ? "" : cell(text)));
  return { refused, row: `| ${words} | ${texts.join(" | ")} |` };
}

/** Everything, a line for each fact. */
function details(result: Difference): string[] {
  if (isEmpty(result)) return [];
  const { own, carried } = apart(result.changed);
  return [
    ...(result.settings.length > 0
      ? [title("Settings"), ...result.settings.map((field) => fieldLine(fieldWord(field)))]
      : []),
    ...own.flatMap(changeLines),
    ...(carried.length > 0 ? [title("Replaced with their provider"), ...byKind(carried)] : []),
    ...(result.removed.some(({ component }) => !component) ? [title("Removed")] : []),
    ...result.removed.filter(({ component }) => !component).map(removalLine),
    ...(result.added.some(({ component }) => !component) ? [title("Added"), ...byKind(result.added)] : []),
    ...(result.outputs.length > 0
      ? [title("Outputs"), ...result.outputs.map((field) => fieldLine(fieldWord(field)))]
      : []),
  ];
}

function changeLines(entry: Change): string[] {
  const { replacement } = entry;
  const verb = replacement === undefined ? "Changed" : "Replaced";
  const facts = [
    ...(entry.movedFrom === undefined ? [] : [`moved from ${code(entry.movedFrom)}`]),
    ...(replacement === undefined ? [] : [`because ${code(causeText(replacement.causes))}`, ...fate(replacement)]),
    ...[...entry.refused, ...(replacement?.refused ?? [])].map((text) => `**refused:** ${code(text)}`),
    ...entry.effects.map(code),
  ];
  return [
    `\n**${verb}** ${code(`${kindText(entry)} ${entry.name}`)}\n`,
    ...facts.map((fact) => `- ${fact}`),
    ...fieldWords(entry).map(fieldLine),
  ];
}

function removalLine(entry: Removal): string {
  const facts = [...fate(entry), ...entry.refused.map((text) => `**refused:** ${code(text)}`)];
  return `- ${code(`${kindText(entry)} ${entry.name}`)}${facts.length === 0 ? "" : ` · ${facts.join(" · ")}`}`;
}

function fate({ lost, kept }: { readonly lost: string; readonly kept: string }): string[] {
  return [...(lost === "" ? [] : [`lost: ${code(lost)}`]), ...(kept === "" ? [] : [`kept: ${code(kept)}`])];
}

function fieldLine({ field, before, after }: FieldWords): string {
  return `- ${code(field)}: ${code(before)} → ${code(after)}`;
}

function byKind(entries: readonly Named[]): string[] {
  const kinds = new Map<string, string[]>();
  for (const entry of entries.filter(({ component }) => !component)) {
    kinds.set(kindText(entry), [...(kinds.get(kindText(entry)) ?? []), entry.name]);
  }
  return [...kinds]
    .sort(([a], [b]) => naturally(a, b))
    .map(([kind, all]) => `- ${code(kind)}: ${code(names([...all].sort(naturally)))}`);
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
function shortenedBlock(lines: readonly string[], limit: number, used: number): { text: string; missing: number } {
  let length = used;
  let count = 0;
  for (const line of lines) {
    length += line.length + 1;
    if (length > limit) break;
    count += 1;
  }
  return { text: lines.slice(0, count).join("\n"), missing: lines.length - count };
}

function title(text: string): string {
  return `\n**${text}**\n`;
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join("\n");
}
