import type { Rule } from "./rule";
import { FRAMEWORKS, type Standard } from "./tables/standards";

/** The page about the rules, as Prettier would lay it out. */
export function policiesPage(all: readonly Rule[]): string {
  const table = aligned([
    ["rule", "level", "severity", "looks at", "holds when"],
    ...all.map((rule) => [
      `\`${rule.name}\``,
      rule.level,
      rule.severity,
      "check" in rule ? "each resource" : "the stack",
      rule.description,
    ]),
  ]);
  return `${[
    "# Policies",
    "Generated from `policy/rules` by `npm run docs:policies`; a test fails when this page is out of date. How to install, run and configure the pack: [policy/README.md](../policy/README.md).",
    table,
    "The level is what a violation does as long as nobody configures another; a rule that is `disabled` runs when configuration gives it a level.",
    "What rules cannot check, tolerate where it stands, or let pass by an exception with its reason is reported by the advisory policies `notes` and `stack-notes`.",
    ...all.map(section),
  ].join("\n\n")}\n`;
}

function section(rule: Rule): string {
  const settings = Object.entries(rule.settings ?? {}).map(
    ([name, { description }]) => `\`${name}\`: ${description ?? ""}`,
  );
  return [
    `## ${rule.name}`,
    rule.description,
    "Breaks it:",
    items(rule.breaks),
    "Obeys it:",
    items(rule.obeys),
    `Instead: ${rule.instead}`,
    ...("remedy" in rule ? ["At the level `remediate` it mends what it finds."] : []),
    ...(rule.standards.length > 0 ? [`In standards: ${rule.standards.map(inStandard).join("; ")}.`] : []),
    `More: <${rule.url}>`,
    ...(settings.length > 0 ? ["Settings beside `exceptions`:", items(settings)] : []),
  ].join("\n\n");
}

function inStandard({ framework, reference }: Standard): string {
  const { name, version } = FRAMEWORKS[framework];
  return `${name} ${version}, ${reference}`;
}

function items(entries: readonly string[]): string {
  return entries.map((entry) => `- ${escaped(entry)}`).join("\n");
}

/** Stars and angle brackets are text here. */
function escaped(entry: string): string {
  return entry.replace(/[*<>]/g, "\\$&");
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, column) => (row[column] ?? "").padEnd(width)).join(" | ")} |`;
  const rule = widths.map((width) => "-".repeat(width));
  return [line(rows[0] ?? []), line(rule), ...rows.slice(1).map(line)].join("\n");
}
