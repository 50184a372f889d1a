import { quartzProblem } from "../../settings/cron";

describe("a Quartz schedule", () => {
  test.each([
    "0 0 2 * * ?",
    "0 15 10 ? * MON-FRI",
    "0 0/5 14,18 * * ?",
    "0 0 12 L * ?",
    "0 0 12 ? * 6#3",
    "0 0 0 1W * ?",
    "0 0 2 ? 1-3 SUN 2027",
    "0 0 2 ? * fri-mon",
  ])("%s is one", (schedule) => {
    expect(quartzProblem(schedule)).toBeUndefined();
  });

  test.each([
    ["0 2 * * *", /6 or 7 fields/],
    ["0 0 2 * * ? 2027 1", /6 or 7 fields/],
    ["60 0 2 * * ?", /seconds/],
    ["0 60 2 * * ?", /minutes/],
    ["0 0 24 * * ?", /hours/],
    ["0 0 2 32 * ?", /day of month/],
    ["0 0 2 ? 13 MON", /month/],
    ["0 0 2 ? * 8", /day of week/],
    ["0 0 2 ? * MON 3000", /year/],
    ["0 0 2 * * *", /exactly one/],
    ["0 0 2 ? * ?", /exactly one/],
    ["0 0 2 ?,1 * ?", /day of month/],
    ["0 0/0 2 * * ?", /minutes/],
    ["0 1-2-3 2 * * ?", /minutes/],
    ["0 1/2/3 2 * * ?", /minutes/],
    ["a b c d e f", /seconds/],
  ])("%s is none, and the field at fault is named", (schedule, problem) => {
    expect(quartzProblem(schedule)).toMatch(problem);
  });
});
