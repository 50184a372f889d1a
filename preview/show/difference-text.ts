import { naturally } from "./tree";
import { table } from "./terminal";
import type { Cell, Palette } from "./terminal";
import type { Change, Difference, Named, Removal, Versions } from "../difference/difference";
import { counts, isEmpty, isRefused } from "../difference/difference";
import type { FieldChange } from "../difference/fields";
import { shortened, spelled } from "../escape";
import { causeText, countsText, fieldWord, fieldWords, kindText, names, rolloutText } from "./words";
import type { FieldWords } from "./words";

const NOTE_LENGTH = 400;

/** The difference for people at a terminal, without the verdict of the policies. Ends without a line break. */
export function differenceText(result: Difference, { stack, ref, commit }: Versions, look: Palette): string {
  const versions = spelled(`stack ${stack} against ${ref} (${commit})`);
  if (isEmpty(result)) return look.bold(`${versions} · nothing changes`);
  const { own, carried } = apart(result.changed);
  const blocks = [
    section("settings", result.settings, look),
    ...own.filter(({ replacement }) => replacement !== undefined).map((entry) => changeBlock(entry, look)),
    ...carriedBlock(carried, look),
    ...result.removed.filter(({ component }) => !component).map((entry) => removalBlock(entry, look)),
    ...own.filter(({ replacement }) => replacement === undefined).map((entry) => changeBlock(entry, look)),
    addedBlock(result.added, look),
    section("outputs", result.outputs, look),
    result.notes.map((note) => look.notice(`note ${shortened(spelled(note), NOTE_LENGTH)}`)),
  ];
  const lines = blocks.filter((block) => block.length > 0).flatMap((block) => [...block, ""]);
  return [...lines, look.bold(`${versions} · ${countsText(counts(result))}`)].join("\n");
}

/** Objects that only go along with their provider are alike: one block says it for all. */
export function apart(changed: readonly Change[]): { readonly own: Change[]; readonly carried: Change[] } {
  const isCarried = ({ fields, replacement }: Change) =>
    fields.length === 0 &&
    replacement !== undefined &&
    replacement.refused.length === 0 &&
    replacement.causes.every(({ field }) => field === "provider");
  return { own: changed.filter((entry) => !isCarried(entry)), carried: changed.filter(isCarried) };
}

/** What is lost and kept of all that go along, each thing once. */
export function carriedFate(carried: readonly Change[]): { readonly lost: string; readonly kept: string } {
  const all = (what: "lost" | "kept") => {
    const texts = carried.map(({ replacement }) => replacement?.[what] ?? "").filter((text) => text !== "");
    return [...new Set(texts)].join("; ");
  };
  return { lost: all("lost"), kept: all("kept") };
}

function changeBlock(entry: Change, look: Palette): string[] {
  const { replacement, movedFrom } = entry;
  const verb = replacement === undefined ? "change " : "replace";
  const style = replacement === undefined ? look.notice : look.bad;
  const details: Line[] = [];
  if (movedFrom !== undefined) details.push(["moved", `from ${movedFrom}`]);
  if (replacement !== undefined) {
    details.push(["because", causeText(replacement.causes)], ["lost", replacement.lost], ["kept", replacement.kept]);
  }
  details.push(
    ...entry.rollouts.map((rollout): Line => ["pods", rolloutText(rollout)]),
    ...entry.effects.map((effect): Line => ["effect", effect]),
  );
  const refused = [...entry.refused, ...(replacement?.refused ?? [])];
  return [
    heading(verb, entry, style, look),
    ...detailLines(details, refused, look),
    ...fieldLines(fieldWords(entry), look),
  ];
}

function removalBlock(entry: Removal, look: Palette): string[] {
  const details: Line[] = [
    ["lost", entry.lost],
    ["kept", entry.kept],
  ];
  return [heading("remove ", entry, look.bad, look), ...detailLines(details, entry.refused, look)];
}

function carriedBlock(carried: readonly Change[], look: Palette): string[][] {
  const [first] = carried;
  if (first === undefined) return [];
  const rows = carried.map((entry) => [{ text: `    ${spelled(kindText(entry))}` }, { text: spelled(entry.name) }]);
  const because = causeText(first.replacement?.causes ?? []);
  const { lost, kept } = carriedFate(carried);
  const details = detailLines(
    [
      ["lost", lost],
      ["kept", kept],
    ],
    [],
    look,
  );
  const title = `${look.bad("replace")} ${String(carried.length)} objects with their ${spelled(because)}`;
  return [[title, ...details, ...table(rows)]];
}

function addedBlock(added: readonly Named[], look: Palette): string[] {
  const byKind = new Map<string, string[]>();
  for (const entry of added.filter(({ component }) => !component)) {
    byKind.set(kindText(entry), [...(byKind.get(kindText(entry)) ?? []), entry.name]);
  }
  const rows = [...byKind]
    .sort(([a], [b]) => naturally(a, b))
    .map(([kind, list]): Cell[] => [
      { text: "add", style: look.good },
      { text: spelled(kind) },
      { text: spelled(names([...list].sort(naturally))) },
    ]);
  return table(rows);
}

function section(title: string, changes: readonly FieldChange[], look: Palette): string[] {
  return changes.length === 0 ? [] : [look.bold(title), ...fieldLines(changes.map(fieldWord), look)];
}

type Line = readonly [label: string, text: string];

function heading(verb: string, entry: Named & Partial<Change>, style: (text: string) => string, look: Palette): string {
  const refused = entry.refused !== undefined && isRefused(entry as Change) ? look.bad("  REFUSED") : "";
  return `${style(verb)} ${spelled(kindText(entry))} ${look.bold(spelled(entry.name))}${refused}`;
}

function detailLines(details: readonly Line[], refused: readonly string[], look: Palette): string[] {
  const rows = [
    ...refused.map((text): Cell[] => [{ text: "    refused", style: look.bad }, { text: spelled(text) }]),
    ...details
      .filter(([, text]) => text !== "")
      .map(([label, text]): Cell[] => [{ text: `    ${label}`, style: look.dim }, { text: spelled(text) }]),
  ];
  return table(rows);
}

function fieldLines(words: readonly FieldWords[], look: Palette): string[] {
  return table(
    words.map(({ field, before, after }): Cell[] => [
      { text: `    ${spelled(field)}` },
      { text: spelled(before), style: look.dim },
      { text: `→ ${spelled(after)}` },
    ]),
  );
}
