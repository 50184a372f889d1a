import { backup } from "../../settings/backup";
import { normalSchedule, quartzProblem } from "../../settings/cron";

// Each was given to CronExpression of Quartz 2.5.2, which GoCD 26.1.0 uses, in 2026; with it 33,769 made of such parts: none of what
// passes here was refused there.
const ACCEPTED = [
  "0 0 2 * * ?",
  "0 15 10 ? * MON-FRI",
  "0 0/5 14,18 * * ?",
  "0 /5 2 * * ?",
  "0 50-5 22-2 * * ?",
  "0 0 12 L * ?",
  "0 0 12 LW * ?",
  "0 0 12 1,L * ?",
  "0 0 12 L-0 * ?",
  "0 0 12 L-30 * ?",
  "0 0 12 L-3W * ?",
  "0 0 0 1W,15W * ?",
  "0 0 2 29 FEB ?",
  "0 0 2 28-2 2 ?",
  "0 0 2 31 11-1 ?",
  "0 0 12 ? * L",
  "0 0 12 ? * 6L",
  "0 0 12 ? * FRIL",
  "0 0 12 ? * 6#3",
  "0 0 12 ? * MON#5",
  "0 0 2 ? 1-3 SUN 2027",
  "0 0 2 ? * fri-mon 2026-2030",
  "0 0 2 * * ? 2020,2026",
  "0 0 2 * * ? 2025/1",
];
const REFUSED: readonly (readonly [string, RegExp])[] = [
  ["0 2 * * *", /6 or 7 fields/],
  ["0 0 2 * * ? 2027 1", /6 or 7 fields/],
  ["60 0 2 * * ?", /seconds/],
  ["0/60 0 2 * * ?", /seconds/],
  ["0 60 2 * * ?", /minutes/],
  ["0 0 24 * * ?", /hours/],
  ["0 0 0/24 * * ?", /hours/],
  ["0 0 2 32 * ?", /day of month/],
  ["0 0 2 L-31 * ?", /day of month/],
  ["0 0 2 0W * ?", /day of month/],
  ["0 0 2 ? 13 MON", /month/],
  ["0 0 2 ? MAR-5 MON", /month .* two numbers or two names/],
  ["0 0 2 ? 5-MAR MON", /month .* two numbers or two names/],
  ["0 0 2 ? JAN-12 MON", /month .* two numbers or two names/],
  ["0 0 2 ? * 8", /day of week/],
  ["0 0 2 ? * 0L", /day of week/],
  ["0 0 2 ? * MON-6", /day of week .* two numbers or two names/],
  ["0 0 2 ? * 2-FRI", /day of week .* two numbers or two names/],
  ["0 0 2 ? * 6L,2", /day of week/],
  ["0 0 2 ? * MON,L", /day of week/],
  ["0 0 2 ? * 2#1,3#1", /day of week/],
  ["0 0 2 ? * 2#6", /day of week/],
  ["0 0 2 ? * MON 3000", /year/],
  ["0 0 2 * * ? 2030-2028", /year/],
  ["0 0 2 * * *", /exactly one/],
  ["0 0 2 ? * ?", /exactly one/],
  ["0 0 2 ?,1 * ?", /day of month/],
  ["a b c d e f", /seconds/],
];
/** Quartz takes these: the first four never fire, of the others it forgets a part. */
const USELESS: readonly (readonly [string, RegExp])[] = [
  ["0 0 2 * * ? 2020", /fires in 2026 or later/],
  ["0 0 2 * * ? 2020-2025", /fires in 2026 or later/],
  ["0 0 2 30 2 ?", /a day that one of its months has/],
  ["0 0 2 31 4,6,SEP,NOV ?", /a day that one of its months has/],
  ["0 0/0 2 * * ?", /minutes/],
  ["0 1-2-3 2 * * ?", /minutes/],
  ["0 1/2/3 2 * * ?", /minutes/],
  ["0 5X 2 * * ?", /minutes/],
  ["0 0 2 ? JAN/2 MON", /month .* a step needs numbers/],
  ["0 0 2 ? * MON/2", /day of week .* a step needs numbers/],
  ["0 0 2 ? * 2#1,3", /day of week/],
];

describe("a Quartz schedule", () => {
  test.each(ACCEPTED)("%s is one", (schedule) => {
    expect(quartzProblem(schedule, 2026)).toBeUndefined();
  });

  test.each([...REFUSED, ...USELESS])("%s is none, and the field at fault is named", (schedule, problem) => {
    expect(quartzProblem(schedule, 2026)).toMatch(problem);
  });

  test.each(["0  0 2 * * ?", " 0 0 2 * * ?", "0 0 2 * * ? ", "0\t0 2 * *\n?\n"])(
    "%j has one blank between its fields wherever it is used",
    (schedule) => {
      expect(normalSchedule(schedule)).toBe("0 0 2 * * ?");
      expect(backup.parse({ schedule }).schedule).toBe("0 0 2 * * ?");
    },
  );
});
