const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
/** The most that each month can have. */
const LENGTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
  /** Items that only this field knows, such as `LW` for the last weekday. */
  readonly special?: RegExp;
  /** The same, for items that have to stand alone: beside others Quartz refuses them or forgets the others. */
  readonly alone?: RegExp;
}

/** Quartz's fields in order; the seventh, the year, may be left out. */
const FIELDS: readonly Field[] = [
  { name: "seconds", least: 0, most: 59 },
  { name: "minutes", least: 0, most: 59 },
  { name: "hours", least: 0, most: 23 },
  {
    name: "day of month",
    least: 1,
    most: 31,
    special: /^(L|LW|L-([12]?\d|30)W?|([1-9]|[12]\d|3[01])W)$/,
    alone: /^\?$/,
  },
  { name: "month", least: 1, most: 12, names: MONTHS },
  {
    name: "day of week",
    least: 1,
    most: 7,
    names: DAYS,
    alone: new RegExp(`^(\\?|L|([1-7]|${DAYS.join("|")})(L|#[1-5]))$`),
  },
  { name: "year", least: 1970, most: 2099 },
];
const [, , , DAY_OF_MONTH, MONTH, , YEAR] = FIELDS as readonly [Field, Field, Field, Field, Field, Field, Field];

/** From `from` to `to`, around the end of the field where `to` is less. */
interface Values {
  readonly from: number;
  readonly to: number;
}

/** The normal form: one blank between fields. Quartz does not mind blanks, and GoCD's own answers are compared with this. */
export const normalSchedule = (schedule: string): string => schedule.trim().split(/\s+/).join(" ");

/**
 * What is wrong with a Quartz schedule, or undefined if nothing is. Quartz differs from cron: seconds come first, and exactly
 * one of day of month and day of week is `?`. A schedule that it refuses keeps GoCD from starting, so nothing passes here that does
 * not pass there; what it takes and then ignores (`MON/2`, `2#1,3`) is refused as well.
 *
 * @param year the one that it is: a schedule for years that are over never fires.
 */
export function quartzProblem(schedule: string, year = new Date().getUTCFullYear()): string | undefined {
  const parts = normalSchedule(schedule).toUpperCase().split(" ");
  if (parts.length !== 6 && parts.length !== 7) {
    return `a Quartz schedule of 6 or 7 fields such as "0 0 2 * * ?" (this has ${parts.length})`;
  }
  for (const [index, field] of FIELDS.entries()) {
    const part = parts[index];
    if (part !== undefined && !isValid(part, field)) return wanted(part, field);
  }
  const [, , , dayOfMonth = "", months = "", dayOfWeek = "", years = "*"] = parts;
  if ((dayOfMonth === "?") === (dayOfWeek === "?")) {
    return "a Quartz schedule with ? for exactly one of day of month and day of week";
  }
  if (items(years, YEAR).every(({ from, to }) => Math.max(from, to) < year)) {
    return `a Quartz schedule that fires in ${year} or later`;
  }
  return hasDay(dayOfMonth, months) ? undefined : "a Quartz schedule for a day that one of its months has";
}

function wanted(part: string, { name, least, most, names }: Field): string {
  const within = `a Quartz schedule whose ${name} is within ${least} to ${most}`;
  if (names === undefined || !/[A-Z]/.test(part)) return within;
  return `${within}, or ${names[0] ?? ""} to ${names.at(-1) ?? ""} (a range has two numbers or two names; a step needs numbers)`;
}

const isValid = (part: string, field: Field): boolean =>
  field.alone?.test(part) === true || part.split(",").every((item) => itemIsValid(item, field));

function itemIsValid(item: string, field: Field): boolean {
  if (field.special?.test(item) === true) return true;
  const [range = "", step, ...rest] = item.split("/");
  if (rest.length > 0) return false;
  if (step !== undefined && !(/^\d+$/.test(step) && Number(step) > 0 && Number(step) <= field.most)) return false;
  if (range === "*" || (range === "" && step !== undefined)) return true;
  const ends = range.split("-");
  const named = ends.map((end) => field.names?.includes(end) === true);
  if (ends.length > 2 || (named.includes(true) && (named.includes(false) || step !== undefined))) return false;
  const values = ends.map((end) => valueOf(end, field));
  if (!values.every((value) => value >= field.least && value <= field.most)) return false;
  // Years do not begin again.
  return field !== YEAR || ends.length === 1 || Number(values[0]) <= Number(values[1]);
}

function valueOf(text: string, field: Field): number {
  const index = field.names?.indexOf(text) ?? -1;
  if (index >= 0) return index + 1;
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

/** What the items of a valid part name; an item with a step, or of another kind, may reach the end of the field. */
function items(part: string, field: Field): Values[] {
  return part.split(",").map((item) => {
    const [first = "", last = first] = item.split("-");
    const [from, to] = [valueOf(first, field), valueOf(last, field)];
    return { from: Number.isNaN(from) ? field.least : from, to: Number.isNaN(to) ? field.most : to };
  });
}

/** Whether one of the months is long enough for one of the days: there is no 30 February. */
function hasDay(days: string, months: string): boolean {
  if (!/^[\d,-]+$/.test(days)) return true;
  const first = Math.min(...items(days, DAY_OF_MONTH).map(({ from, to }) => (to < from ? 1 : from)));
  const longest = LENGTHS.filter((_length, index) =>
    items(months, MONTH).some(({ from, to }) =>
      to < from ? index + 1 >= from || index + 1 <= to : index + 1 >= from && index + 1 <= to,
    ),
  );
  return longest.some((length) => first <= length);
}
