// What is told of a server that was held against the contract.
import { shortened } from "../../../../preview/escape";
import { table, type Cell } from "../../../../preview/show/terminal";
import { GOCD_VERSION } from "./format";
import type { Result } from "./hold";

/** Together with the gaps between them, 80 columns. */
const WIDTHS = [30, 14, 15, 15];

const cells = (texts: readonly string[]): readonly Cell[] =>
  texts.map((text, column) => ({ text: shortened(text, WIDTHS[column] ?? 0) }));

const plural = (count: number): string => `${count} line${count === 1 ? "" : "s"}`;

/** Why lines were left out, and how many for each reason. */
function leftOut(results: readonly Result[]): readonly string[] {
  const reasons = new Map<string, number>();
  for (const { leftOut: why } of results) if (why !== undefined) reasons.set(why, (reasons.get(why) ?? 0) + 1);
  return [...reasons].map(([why, count]) => `left out: ${plural(count)}, as ${why}`);
}

export const differ = (results: readonly Result[]): readonly Result[] =>
  results.filter(({ differences }) => differences.length > 0);

export const held = (results: readonly Result[]): readonly Result[] =>
  results.filter(({ differences, leftOut: why }) => why === undefined && differences.length === 0);

/** A table of what differs, and how many lines do not. */
export function asText(results: readonly Result[]): string {
  const rows = differ(results).flatMap(({ scenario, line, differences }) =>
    differences.map(({ what, wanted, found }) => cells([`${scenario.name}: ${line.says}`, what, wanted, found])),
  );
  const head = cells(["line", "of the answer", `GoCD ${GOCD_VERSION}`, "this server"]);
  const lines = rows.length === 0 ? [] : [...table([head, ...rows]), ""];
  return [
    ...lines,
    ...leftOut(results),
    `${plural(held(results).length)} as GoCD ${GOCD_VERSION} answers, ${differ(results).length} not`,
    "",
  ].join("\n");
}

export const asJson = (results: readonly Result[]): string =>
  `${JSON.stringify(
    {
      version: GOCD_VERSION,
      lines: results.map(({ scenario, line, differences, leftOut: why }) => ({
        scenario: scenario.name,
        says: line.says,
        ask: line.ask,
        as: line.as ?? "admin",
        differences,
        ...(why !== undefined && { leftOut: why }),
      })),
    },
    undefined,
    2,
  )}\n`;
