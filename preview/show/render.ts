import { toJson } from "./preview-json";
import { exitCode, totals, type Preview } from "../preview";
import { table, type Cell, type Style } from "./terminal";
import { toText, type View } from "./preview-text";
import type { Comparison } from "../base/against";
import { differenceJson } from "./difference-json";
import { escapeHidden } from "../escape";
import { differenceText } from "./difference-text";

/** How the preview is shown, and in which form. */
export interface Rendering extends View {
  readonly form: "text" | "json";
}

/** The preview, or what it says of the difference to another version, in the form that was asked for. */
export function render(result: Preview, comparison: Comparison | undefined, rendering: Rendering): string {
  switch (rendering.form) {
    case "json":
      return toJson(result, comparison && differenceJson(comparison.difference, comparison.versions));
    case "text":
      return comparison === undefined
        ? toText(result, rendering)
        : [
            ...policyLines(result, rendering.style),
            differenceText(comparison.difference, comparison.versions, rendering.style, rendering.columns),
            "",
          ].join("\n");
  }
}

/** What the policies refuse in the current version; nothing when they hold. */
function policyLines(result: Preview, style: Style): string[] {
  if (exitCode(result) === 0) return [];
  const names = new Map(result.resources.map(({ urn, name }) => [urn, name]));
  const rows = result.verdict.findings
    .filter(({ level }) => level === "mandatory")
    .map(({ policy, urn, message }): Cell[] => [
      { text: "    violation", style: style.bad },
      { text: escapeHidden(policy) },
      { text: escapeHidden(names.get(urn) ?? "the stack") },
      { text: escapeHidden(message) },
    ]);
  return [style.bad(`policy  ${String(totals(result).mandatory)} violations`), ...table(rows), ""];
}
