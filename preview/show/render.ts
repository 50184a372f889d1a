import { toJson } from "./preview-json";
import { exitCode, totals } from "../preview";
import type { Preview } from "../preview";
import { table } from "./terminal";
import type { Cell, Palette } from "./terminal";
import { toText } from "./preview-text";
import type { Comparison } from "../base/against";
import { differenceJson } from "./difference-json";
import { spelled } from "../escape";
import { differenceText } from "./difference-text";

/** How the preview is shown. */
export interface Rendering {
  readonly form: "text" | "json";
  /** Where the manifests are, for people. */
  readonly out: string;
  readonly look: Palette;
  /** Width of the terminal, if it goes to one. */
  readonly columns: number | undefined;
}

/** The preview, or what it says of the difference to another version, in the form that was asked for. */
export function render(
  result: Preview,
  comparison: Comparison | undefined,
  { form, out, look, columns }: Rendering,
): string {
  switch (form) {
    case "json":
      return toJson(result, comparison && differenceJson(comparison.difference, comparison.versions));
    case "text":
      return comparison === undefined
        ? toText(result, out, look, columns)
        : [...policyLines(result, look), differenceText(comparison.difference, comparison.versions, look), ""].join(
            "\n",
          );
  }
}

/** What the policies refuse in the current version; nothing when they hold. */
function policyLines(result: Preview, look: Palette): string[] {
  if (exitCode(result) === 0) return [];
  const names = new Map(result.resources.map(({ urn, name }) => [urn, name]));
  const rows = result.verdict.findings
    .filter(({ level }) => level === "mandatory")
    .map(({ policy, urn, message }): Cell[] => [
      { text: "    violation", style: look.bad },
      { text: spelled(policy) },
      { text: spelled(names.get(urn) ?? "the stack") },
      { text: spelled(message) },
    ]);
  return [look.bad(`policy  ${String(totals(result).mandatory)} violations`), ...table(rows), ""];
}
