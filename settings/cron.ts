const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
  /** Forms that only this field knows, such as `L` for the last day. */
  readonly special?: RegExp;
  /** Whether `?` may stand for the whole field. */
  readonly any?: true;
}

/** Quartz's fields in order; the seventh, the year, may be left out. */
const FIELDS: readonly Field[] = [
  { name: "seconds", least: 0, most: 59 },
  { name: "minutes", least: 0, most: 59 },
  { name: "hours", least: 0, most: 23 },
  { name: "day of month", least: 1, most: 31, special: /^(L|LW|L-\d{1,2}|\d{1,2}W)$/, any: true },
  { name: "month", least: 1, most: 12, names: MONTHS },
  { name: "day of week", least: 1, most: 7, names: DAYS, special: /^(L|[1-7]L|[1-7]#[1-5])$/, any: true },
  { name: "year", least: 1970, most: 2099 },
];

/**
 * What is wrong with a Quartz schedule, or undefined if nothing is. Quartz differs from cron: seconds come first, and exactly
 * one of day of month and day of week is `?`.
 */
export function quartzProblem(schedule: string): string | undefined {
  const parts = schedule.trim().toUpperCase().split(/\s+/);
  if (parts.length !== 6 && parts.length !== 7) {
    return `a Quartz schedule of 6 or 7 fields such as "0 0 2 * * ?" (this has ${parts.length})`;
  }
  for (const [index, field] of FIELDS.entries()) {
    const part = parts[index];
    if (part === undefined || (part === "?" && field.any)) continue;
    if (!part.split(",").every((item) => itemIsValid(item, field))) {
      return `a Quartz schedule whose ${field.name} is within ${field.least} to ${field.most}`;
    }
  }
  if ((parts[3] === "?") === (parts[5] === "?")) {
    return "a Quartz schedule with ? for exactly one of day of month and day of week";
  }
  return undefined;
}

function itemIsValid(item: string, field: Field): boolean {
  if (field.special?.test(item)) return true;
  const [range, step, ...rest] = item.split("/");
  if (range === undefined || rest.length > 0) return false;
  if (step !== undefined && !(/^\d+$/.test(step) && Number(step) > 0 && Number(step) <= field.most)) return false;
  if (range === "*") return true;
  const ends = range.split("-").map((end) => valueOf(end, field));
  return ends.length <= 2 && ends.every((end) => end >= field.least && end <= field.most);
}

function valueOf(text: string, field: Field): number {
  const index = field.names?.indexOf(text) ?? -1;
  if (index >= 0) return index + 1;
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}
