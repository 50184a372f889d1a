import { displayType, naturalCompare } from "./tree";
import { table, wrapped, type Cell, type Style } from "./terminal";
import {
  counts,
  isEmpty,
  isRefused,
  type Change,
  type Difference,
  type Named,
  type Removal,
  type Versions,
} from "../difference/difference";
import type { FieldChange } from "../difference/fields";
import { shortened, escapeHidden } from "../escape";
import { causeText, countsText, fieldWord, fieldWords, names, rolloutText, type FieldWords } from "./format";

const NOTE_LENGTH = 400;
/** In a narrow terminal lines rather wrap than say nothing. */
const LEAST_VALUE_WIDTH = 12;

/**
 * The difference for people at a terminal, without the verdict of the policies: first what is replaced, lost or restarted. Ends
 * without a line break.
 *
 * @param columns width of the terminal, if it goes to one: values are cut to it
 */
export function differenceText(
  result: Difference,
  { stack, ref, commit }: Versions,
  style: Style,
  columns?: number,
): string {
  const versions = escapeHidden(`stack ${stack} against ${ref} (${commit})`);
  const lines = (text: string, as: (text: string) => string) => wrapped(text, columns).map(as);
  if (isEmpty(result)) return lines(`${versions} · nothing changes`, style.bold).join("\n");
  const { own, cascading } = partitionCascades(result.changed);
  const [replaced, others] = split(own, ({ replacement }) => replacement !== undefined);
  const [restarted, rest] = split(others, ({ rollouts }) => rollouts.some(({ kind }) => kind !== "add"));
  const block = (entry: Change) => changeBlock(entry, style, columns);
  const blocks = [
    ...replaced.map(block),
    ...cascadeBlock(cascading, style, columns),
    ...result.removed.filter(({ component }) => !component).map((entry) => removalBlock(entry, style, columns)),
    ...restarted.map(block),
    ...rest.map(block),
    addedBlock(result.added, style, columns),
    section("settings", result.settings, style, columns),
    section("outputs", result.outputs, style, columns),
    result.notes.flatMap((note) => lines(`note ${shortened(escapeHidden(note), NOTE_LENGTH)}`, style.notice)),
  ];
  const shown = blocks.filter((block) => block.length > 0).flatMap((block) => [...block, ""]);
  return [...shown, ...lines(`${versions} · ${countsText(counts(result))}`, style.bold)].join("\n");
}

/** Objects that only go along with their provider are alike: one block says it for all. */
function partitionCascades(changed: readonly Change[]): {
  readonly own: Change[];
  readonly cascading: Change[];
} {
  const isCascading = ({ fields, replacement }: Change) =>
    fields.length === 0 &&
    replacement !== undefined &&
    replacement.refused.length === 0 &&
    replacement.causes.every(({ field }) => field === "provider");
  return { own: changed.filter((entry) => !isCascading(entry)), cascading: changed.filter(isCascading) };
}

/** What is lost and kept of all that go along, each thing once. */
function cascadeEffects(cascading: readonly Change[]): {
  readonly destroyed: string;
  readonly retained: string;
} {
  const all = (what: "destroyed" | "retained") => {
    const texts = cascading.map(({ replacement }) => replacement?.[what] ?? "").filter((text) => text !== "");
    return [...new Set(texts)].join("; ");
  };
  return { destroyed: all("destroyed"), retained: all("retained") };
}

function changeBlock(entry: Change, style: Style, columns?: number): string[] {
  const { replacement, movedFrom } = entry;
  const verb = replacement === undefined ? "change " : "replace";
  const color = replacement === undefined ? style.notice : style.bad;
  const details: Line[] = [];
  if (movedFrom !== undefined) details.push(["moved", `from ${movedFrom}`]);
  if (replacement !== undefined) {
    details.push(
      ["because", causeText(replacement.causes)],
      ["lost", replacement.destroyed],
      ["kept", replacement.retained],
    );
  }
  details.push(
    ...entry.rollouts.map((rollout): Line => ["pods", rolloutText(rollout)]),
    ...entry.effects.map((effect): Line => ["effect", effect]),
  );
  const refused = [...entry.refused, ...(replacement?.refused ?? [])];
  return [
    heading(verb, entry, color, style),
    ...detailLines(details, refused, style, columns),
    ...fieldLines(fieldWords(entry), style, columns),
  ];
}

function removalBlock(entry: Removal, style: Style, columns?: number): string[] {
  const details: Line[] = [
    ["lost", entry.destroyed],
    ["kept", entry.retained],
  ];
  return [heading("remove ", entry, style.bad, style), ...detailLines(details, entry.refused, style, columns)];
}

function cascadeBlock(cascading: readonly Change[], style: Style, columns?: number): string[][] {
  const [first] = cascading;
  if (first === undefined) return [];
  const rows = cascading.map((entry) => [
    { text: `    ${escapeHidden(displayType(entry.type))}` },
    { text: escapeHidden(entry.name) },
  ]);
  const because = causeText(first.replacement?.causes ?? []);
  const { destroyed, retained } = cascadeEffects(cascading);
  const details = detailLines(
    [
      ["lost", destroyed],
      ["kept", retained],
    ],
    [],
    style,
    columns,
  );
  const title = `${style.bad("replace")} ${String(cascading.length)} objects with their ${escapeHidden(because)}`;
  return [[title, ...details, ...table(rows)]];
}

function addedBlock(added: readonly Named[], style: Style, columns?: number): string[] {
  const byKind = new Map<string, string[]>();
  for (const entry of added.filter(({ component }) => !component)) {
    byKind.set(displayType(entry.type), [...(byKind.get(displayType(entry.type)) ?? []), entry.name]);
  }
  const rows = [...byKind]
    .sort(([a], [b]) => naturalCompare(a, b))
    .map(([kind, list]): Cell[] => [
      { text: "add", style: style.good },
      { text: escapeHidden(kind) },
      { text: escapeHidden(names([...list].sort(naturalCompare))) },
    ]);
  return table(rows, columns);
}

function section(title: string, changes: readonly FieldChange[], style: Style, columns?: number): string[] {
  return changes.length === 0 ? [] : [style.bold(title), ...fieldLines(changes.map(fieldWord), style, columns)];
}

type Line = readonly [label: string, text: string];

function heading(verb: string, entry: Named & Partial<Change>, color: (text: string) => string, style: Style): string {
  const refused = entry.refused !== undefined && isRefused(entry as Change) ? style.bad("  REFUSED") : "";
  return `${color(verb)} ${escapeHidden(displayType(entry.type))} ${style.bold(escapeHidden(entry.name))}${refused}`;
}

function detailLines(details: readonly Line[], refused: readonly string[], style: Style, columns?: number): string[] {
  const rows = [
    ...refused.map((text): Cell[] => [{ text: "    refused", style: style.bad }, { text: escapeHidden(text) }]),
    ...details
      .filter(([, text]) => text !== "")
      .map(([label, text]): Cell[] => [{ text: `    ${label}`, style: style.dim }, { text: escapeHidden(text) }]),
  ];
  return table(rows, columns);
}

function fieldLines(words: readonly FieldWords[], style: Style, columns?: number): string[] {
  const fields = words.map(({ field }) => cutTo(escapeHidden(field), columns && Math.floor(columns / 2)));
  const widest = Math.max(0, ...fields.map(({ length }) => length));
  // Four blanks before the field, two between columns, the arrow.
  const room = columns && Math.max(LEAST_VALUE_WIDTH, Math.floor((columns - widest - 10) / 2));
  return table(
    words.map(({ before, after }, row): Cell[] => [
      { text: `    ${fields[row] ?? ""}` },
      { text: cutTo(escapeHidden(before), room), style: style.dim },
      { text: `→ ${cutTo(escapeHidden(after), room)}` },
    ]),
  );
}

function cutTo(text: string, room: number | undefined): string {
  return room === undefined ? text : shortened(text, room);
}

function split<T>(list: readonly T[], first: (item: T) => boolean): readonly [T[], T[]] {
  return [list.filter(first), list.filter((item) => !first(item))];
}
