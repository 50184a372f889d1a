import type { Change, Counts } from "../difference/difference";
import type { FieldChange } from "../difference/fields";
import type { Cause, UnknownValueChange } from "../difference/forecast";
import { pathText, type Path } from "../difference/path";
import type { Rollout } from "../difference/rollout";
import { shortened, valueText } from "../escape";
import { nameOf } from "../run/registration";

/** Longer values are cut: whoever wants them whole has `--json`. */
const VALUE_LENGTH = 100;
/** A list's element may be named by a sentence. */
const ELEMENT_LENGTH = 40;
/** More names than this are counted. */
const NAMES = 6;

/** What a field was and is, for people; the parts are safe on one line. */
export interface FieldWords {
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

/** Every difference inside a resource, options and renewed values included. */
export function fieldWords({
  fields,
  options,
  unknownValues,
}: Pick<Change, "fields" | "options" | "unknownValues">): FieldWords[] {
  return [
    ...fields.map(fieldWord),
    ...options.map(({ option, before, after }) => ({ field: `option ${option}`, before, after })),
    ...unknownValues.map(unknownValueWords),
  ];
}

/** One field. Of generated texts, which have many lines, the first that differs stands for all. */
export function fieldWord({ path, before, after }: FieldChange): FieldWords {
  const field = fieldText(path);
  if (typeof before === "string" && typeof after === "string" && /\n./.test(before + after)) {
    const [olds, news] = [before.split("\n"), after.split("\n")];
    const place = olds.findIndex((line, index) => line !== news[index]);
    const at = place < 0 ? olds.length : place;
    const line = (lines: readonly string[]) => {
      const text = shortened(valueText(lines[at]?.trim() ?? ""), VALUE_LENGTH);
      return `line ${String(at + 1)} of ${String(lines.length)}: ${text}`;
    };
    return { field, before: line(olds), after: line(news) };
  }
  const text = (value: FieldChange["before"]) =>
    value === undefined ? "none" : shortened(valueText(value), VALUE_LENGTH);
  return { field, before: text(before), after: text(after) };
}

const fieldText = (path: Path): string =>
  pathText(
    path.map((step) => (typeof step === "string" ? step : { element: shortened(step.element, ELEMENT_LENGTH) })),
  );

function unknownValueWords({ property, from }: UnknownValueChange): FieldWords {
  return { field: property, before: "«known after up»", after: `another value, from ${names(from.map(nameOf))}` };
}

/** Why a resource is replaced: the fields, and whose new values they take. */
export function causeText(causes: readonly Cause[]): string {
  const byField = new Map<string, string[]>();
  for (const { field, from } of causes) {
    byField.set(field, [...(byField.get(field) ?? []), ...(from === undefined ? [] : [nameOf(from)])]);
  }
  const parts = [...byField].map(([field, from]) => (from.length === 0 ? field : `${field} (from ${names(from)})`));
  return parts.join(", ");
}

/** What happens to pods. */
export function rolloutText({ kind, pods, note }: Rollout): string {
  const list = names(pods);
  const also = note === "" ? "" : ` (${note})`;
  switch (kind) {
    case "restart":
      return pods.length === 1 ? `restarts ${list}${also}` : `restarts one after the other: ${list}${also}`;
    case "add":
      return `adds ${list}; restarts none for it`;
    case "remove":
      return `stops ${list} for good; restarts none for it${also}`;
    case "recreate":
      return `stops ${list}, then starts again${also}`;
    case "wait":
      return `waits until somebody deletes ${list}${also}`;
  }
}

/** The numbers, the same in every output. */
export function countsText({ added, removed, changed, replaced, refused }: Counts): string {
  const parts = [`${added} added`, `${removed} removed`, `${changed} changed`, `${replaced} replaced`];
  return [...parts, ...(refused > 0 ? [`${refused} refused`] : [])].join(", ");
}

/** Names that differ, and their number where there are many. */
export function names(all: readonly string[]): string {
  const list = [...new Set(all)];
  if (list.length <= NAMES) return list.join(", ");
  return `${list.slice(0, NAMES - 1).join(", ")} … ${list.at(-1) ?? ""} (${String(list.length)})`;
}
