// What Quartz 2.5.2 refuses in a schedule, as far as anybody here has seen it refuse something.

const FIELD = "(?:[0-9*?/,LW#-]|[A-Z]{3})+";
const SHAPE = new RegExp(`^\\s*(${FIELD}\\s+){5}${FIELD}(\\s+[0-9*/,-]+)?\\s*$`, "i");

interface Rule {
  readonly why: string;
  readonly breaks: (fields: readonly string[]) => boolean;
}

const anyOf = (fields: readonly string[], pattern: RegExp): boolean => fields.some((field) => pattern.test(field));

const RULES: readonly Rule[] = [
  {
    why: "'?' can only be specified for Day-of-Month or Day-of-Week.",
    breaks: (fields) => fields.some((field, at) => field === "?" && at !== 3 && at !== 5),
  },
  {
    why: "Support for specifying both a day-of-week AND a day-of-month parameter is not implemented.",
    breaks: ([, , , day, , weekday]) => day !== "?" && weekday !== "?",
  },
  {
    why: "'?' can only be specified for one of both.",
    breaks: ([, , , day, , weekday]) => day === "?" && weekday === "?",
  },
  { why: "Illegal cron expression format", breaks: (fields) => anyOf(fields, /[A-Z]{3}-\d|\d-[A-Z]{3}/i) },
  { why: "Offset from last day must be <= 30", breaks: (fields) => anyOf(fields, /^L-(3[1-9]|[4-9]\d|\d{3,})/i) },
  {
    why: "Support for specifying 'L' or '#' with other days is not implemented",
    breaks: (fields) => anyOf(fields, /[L#].*,|,.*[L#]/i),
  },
];

/** Why the schedule is refused, in words that are much like the server's; undefined when it is taken. */
export function refusedSchedule(schedule: string): string | undefined {
  const text = schedule.trim();
  const refused = (why: string): string => `Invalid cron syntax for backup configuration at offset 0: ${why}`;
  if (text === "") return undefined;
  const fields = text.split(/\s+/);
  const broken = RULES.find(({ breaks }) => breaks(fields));
  if (/^[a-z]{3,}$/i.test(fields[0] ?? ""))
    return refused(`Illegal characters for this position: '${text.toUpperCase()}'`);
  if (broken !== undefined) return refused(broken.why);
  return SHAPE.test(text) ? undefined : refused("Unexpected end of expression.");
}
