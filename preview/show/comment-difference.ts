import { cell, code, list, title, byKind } from "./comment";
import { isEmpty, isRefused } from "../difference/difference";
import type { Change, Difference, Named, Removal } from "../difference/difference";
import { apart, carriedFate } from "./difference-text";
import { causeText, fieldWord, fieldWords, kindText, rolloutText } from "./words";
import type { FieldWords } from "./words";

/** Rows of the table at the top; the rest is in the details. */
const TABLE_ROWS = 20;

/** What nobody may overlook: what is refused, replaced or removed. */
export function summary(result: Difference): string[] {
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
  const { lost } = carriedFate(carried);
  return [
    {
      refused: false,
      row: `| replace | ${carried.length} objects | ${cell(because)} | ${lost === "" ? "" : cell(lost)} |`,
    },
  ];
}

function row(verb: string, entry: Named, because: string, lost: string, refused: boolean): Row {
  const words = refused ? `**refused:** ${verb}` : verb;
  const texts = [`${kindText(entry)} ${entry.name}`, because, lost].map((text) => (text === "" ? "" : cell(text)));
  return { refused, row: `| ${words} | ${texts.join(" | ")} |` };
}

/** Everything, a line for each fact. */
export function details(result: Difference): string[] {
  if (isEmpty(result)) return [];
  const { own, carried } = apart(result.changed);
  return [
    ...(result.settings.length > 0
      ? [title("Settings"), ...result.settings.map((field) => fieldLine(fieldWord(field)))]
      : []),
    ...own.flatMap(changeLines),
    ...(carried.length > 0
      ? [
          title("Replaced with their provider"),
          ...fate(carriedFate(carried)).map((fact) => `- ${fact}`),
          ...byKind(carried),
        ]
      : []),
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
