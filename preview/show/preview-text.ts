import { totals, type Preview } from "../preview";
import type { Failure } from "../run/run";
import { oneLine, printable, shortened } from "../escape";
import { table, wrapped, type Cell, type Style } from "./terminal";
import { displayType, tree, type Branch, type Group } from "./tree";
import type { Finding } from "../verdict";

/** Names beyond this many characters are counted instead of listed, where there is no terminal whose width could be filled. */
const NAMES_WIDTH = 56;
/** With less room for names what is protected has no column of its own. */
const ENOUGH_FOR_NAMES = 24;
/** In a narrower terminal lines rather wrap than say nothing. */
const LEAST_NAMES_WIDTH = 12;
const PROTECTED = "protected";
/** Long enough for a command, which people copy. */
const VALUE_WIDTH = 200;

/** How and where the preview is shown. */
export interface View {
  /** Where the manifests are, for people. */
  readonly out: string;
  /** Where to read on before `pulumi up`, in brackets. */
  readonly upNote?: string;
  /** What else there is to say of the resources; the last lines but one. */
  readonly closing?: (resources: Preview["resources"]) => readonly string[];
  /** Policies that tell of something and refuse nothing: they are no rules. */
  readonly notePolicies?: readonly string[];
  readonly style: Style;
  /** Width of the terminal, if it goes to one. */
  readonly columns?: number | undefined;
}

/** The preview for people. */
export function toText(result: Preview, view: View): string {
  const { style, columns } = view;
  if (result.errors.length > 0) return [...logs(result, style), ...errors(result, style), ""].join("\n");
  return [
    ...treeLines(tree(result.resources), style, columns),
    "",
    ...outputs(result, style),
    ...logs(result, style),
    ...policies(result, view),
    "",
    ...summary(result, view),
    "",
  ].join("\n");
}

/** An error, for people. */
export function failureText({ message, trace }: Failure, style: Style): string {
  return [
    `${style.bad("error")} ${printable(message)}`,
    ...trace.map((frame) => style.dim(`    ${printable(frame)}`)),
  ].join("\n");
}

/** What it is, how many, what is protected, and their names: in this order, so that a narrow terminal hides nothing but names. */
function treeLines(root: Branch, style: Style, columns: number | undefined): string[] {
  const rows = branchRows(root, 0, style);
  const [widest = 0, counts = 0] = [0, 1].map((column) => Math.max(...rows.map(({ cells }) => length(cells[column]))));
  const room = columns === undefined ? NAMES_WIDTH : columns - widest - counts - PROTECTED.length - 6;
  const wide = room >= ENOUGH_FOR_NAMES;
  const marked = (isProtected: boolean) => cell(isProtected ? PROTECTED : "", style.notice);
  const named = ({ isProtected, names, style: own }: Row) => {
    if (wide) return cell(listed(names, room), own);
    const before = isProtected ? `${PROTECTED} ` : "";
    const left = room + PROTECTED.length + 2 - before.length;
    return cell(before + listed(names, Math.max(left, LEAST_NAMES_WIDTH)), isProtected ? style.notice : own);
  };
  const head = ["resource", "", ...(wide ? [""] : []), "name"];
  return table([
    head.map((text) => cell(text, style.dim)),
    ...rows.map((row) => [...row.cells, ...(wide ? [marked(row.isProtected)] : []), named(row)]),
  ]);
}

interface Row {
  readonly cells: readonly Cell[];
  readonly isProtected: boolean;
  readonly names: readonly string[];
  readonly style?: (text: string) => string;
}

function branchRows(branch: Branch, depth: number, style: Style): Row[] {
  const kind = branch.type.split(":").at(-1) ?? "";
  const title = cell(indent(depth) + oneLine(kind), style.bold);
  return [
    { cells: [title, cell("")], isProtected: branch.protect, names: [branch.name], style: style.bold },
    ...branch.groups.map((group) => groupRow(group, depth + 1)),
    ...branch.branches.flatMap((child) => branchRows(child, depth + 1, style)),
  ];
}

function groupRow({ type, names, protect }: Group, depth: number): Row {
  const count: Cell = { text: names.length === 1 ? "" : String(names.length), align: "right" };
  return { cells: [cell(indent(depth) + oneLine(displayType(type))), count], isProtected: protect, names };
}

/** As many names as fit, then how many there are besides. */
function listed(names: readonly string[], room: number): string {
  const [first = "", ...rest] = names.map(oneLine);
  const more = (count: number) => (count === 0 ? "" : ` … ${String(count)} more`);
  if (first.length + more(rest.length).length > room && rest.length > 0) {
    const count = ` ${String(rest.length)} more`;
    return shortened(`${first}…`, room - count.length) + count;
  }
  let line = shortened(first, room);
  for (const [shown, name] of rest.entries()) {
    const left = rest.length - shown - 1;
    if (line.length + name.length + 2 + more(left).length > room) return line + more(left + 1);
    line += `, ${name}`;
  }
  return line;
}

function outputs(result: Preview, style: Style): string[] {
  const entries = Object.entries(result.outputs);
  if (entries.length === 0) return [];
  const rows = entries.map(([key, value]) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return [cell(oneLine(key)), cell(shortened(oneLine(text), VALUE_WIDTH))];
  });
  return [style.bold("Outputs"), ...table(rows).map((line) => `  ${line}`), ""];
}

function logs(result: Preview, style: Style): string[] {
  const shown = result.logs.filter(({ severity }) => severity === "info" || severity === "warning");
  return shown.map(
    ({ severity, message }) => `${severity === "warning" ? style.notice(severity) : severity} ${printable(message)}`,
  );
}

function errors(result: Preview, style: Style): string[] {
  const wrongSettings = result.errors.some(({ problems }) => problems !== undefined);
  const next = wrongSettings
    ? `Correct ${result.file} and run npm run preview again.`
    : "The program failed; nothing was checked and no manifest was written.";
  return [...result.errors.map((error) => failureText(error, style)), "", style.bold(next)];
}

function policies(result: Preview, { style, columns, notePolicies = [] }: View): string[] {
  const counts = totals(result);
  const findings = result.verdict.findings.filter(({ level }) => level !== "undecided");
  const names = new Map(result.resources.map(({ urn, name, type }) => [urn, `${name} (${displayType(type)})`]));
  const row = ({ level, policy, urn, message }: Finding) => [
    cell(level, level === "mandatory" ? style.bad : style.notice),
    cell(oneLine(policy)),
    cell(oneLine(names.get(urn) ?? "the stack")),
    cell(oneLine(message)),
  ];
  const rules = result.verdict.policies.filter((name) => !notePolicies.includes(name)).length;
  const broken = new Set(findings.filter(({ level }) => level === "mandatory").map(({ policy }) => policy)).size;
  const verdict =
    broken === 0
      ? `${plural(rules, "rule")} ${style.good(rules === 1 ? "holds" : "hold")}`
      : `${style.bad(`${broken} of ${plural(rules, "rule")} broken`)}, ${plural(counts.mandatory, "violation")}`;
  const waiting = `${plural(counts.undecided, "check")} ${counts.undecided === 1 ? "waits" : "wait"} for values known after up`;
  const parts = [verdict, plural(counts.advisory, "warning"), ...(counts.undecided > 0 ? [waiting] : [])];
  const headline = `${style.bold("Policy")}  ${parts.join(", ")}`;
  const room = columns === undefined ? undefined : columns - 2;
  return [headline, ...table(findings.map(row), room).map((line) => `  ${line}`)];
}

function summary(result: Preview, { out, upNote, closing, style, columns }: View): string[] {
  const counts = totals(result);
  const line = [
    `stack ${result.stack}`,
    `${plural(counts.resources, "resource")}, ${String(counts.protected)} protected`,
    `${plural(counts.manifests, "manifest")} in ${out}/`,
    `${plural(counts.mandatory, "violation")}, ${plural(counts.advisory, "warning")}`,
  ].join(" · ");
  const next =
    counts.mandatory > 0
      ? "Next: mend what the policies refuse; pulumi up would stop there."
      : `Next: read ${out}/, then pulumi up --stack ${result.stack}${upNote ? ` ${upNote}` : ""}.`;
  const lines = (text: string) => wrapped(printable(text), columns);
  return [...(closing?.(result.resources) ?? []).flatMap(lines), ...lines(line).map(style.bold), ...lines(next)];
}

function plural(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? "" : "s"}`;
}

function indent(depth: number): string {
  return "  ".repeat(depth);
}

function cell(text: string, style?: (plain: string) => string): Cell {
  return style === undefined ? { text } : { text, style };
}

function length(one: Cell | undefined): number {
  return one?.text.length ?? 0;
}
