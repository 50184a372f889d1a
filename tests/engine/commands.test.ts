import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { commandsOf, PAGES } from "./harness/docs";
import { NOT_RUN } from "./not-run";

/** `documented(PAGE, /PATTERN/)`; the page may be a constant of the file, or come with `command(/PATTERN/)` from several pages. */
const CALL = /(?:documented\(\s*(?:"([^"]+)"|([A-Z]+)),|command\()\s*\/((?:[^/\\\n]|\\.)+)\//g;
const CONSTANT = /const ([A-Z]+) = "([^"]+\.md)";/g;
/** Patterns that `test.each` hands to `documented`, one a line. */
const ROWS = /test\.each\(\[([\s\S]*?)\]\)/g;
const ROW = /\/((?:[^/\\\n]|\\.)+)\/(?=[,\s]|$)/g;

const COMMANDS = PAGES.flatMap(commandsOf);

/** The commands that a suite asks the pages for. */
function askedIn(suite: string): readonly string[] {
  const constants = Object.fromEntries([...suite.matchAll(CONSTANT)].map(([, name = "", page]) => [name, page]));
  const calls = [...suite.matchAll(CALL)].map(([, page, name = "", pattern = ""]) => ({
    page: page ?? constants[name],
    pattern,
  }));
  const rows = [...suite.matchAll(ROWS)].flatMap(([, list = ""]) =>
    [...list.matchAll(ROW)].map(([, pattern = ""]) => ({ page: undefined, pattern })),
  );
  return [...calls, ...rows].flatMap(({ page, pattern }) =>
    COMMANDS.filter((command) => page === undefined || command.page === page)
      .map(({ text }) => text)
      .filter((text) => new RegExp(pattern).test(text)),
  );
}

const run = new Set(
  ["suites", "harness"].flatMap((folder) =>
    readdirSync(path.join(__dirname, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) => askedIn(readFileSync(path.join(__dirname, folder, file), "utf8"))),
  ),
);
const isRun = (text: string) => run.has(text);
const isExcused = (text: string) => NOT_RUN.some(({ pattern }) => pattern.test(text));

describe("a command of README.md and docs/operations", () => {
  test("is found there at all", () => {
    expect(COMMANDS.length).toBeGreaterThan(100);
    expect(run.size).toBeGreaterThan(20);
  });

  test("is run by the real Pulumi, or it is said why not", () => {
    const forgotten = COMMANDS.filter(({ text }) => !isRun(text) && !isExcused(text));
    expect(forgotten.map(({ page, text }) => `${page}: ${text}`)).toEqual([]);
  });

  test.each(NOT_RUN.map(({ pattern }) => pattern))("is no longer excused when no page has it: %s", (pattern) => {
    expect(COMMANDS.map(({ text }) => text).filter((text) => pattern.test(text))).not.toEqual([]);
  });

  test("is not excused and run", () => {
    expect(COMMANDS.map(({ text }) => text).filter((text) => isRun(text) && isExcused(text))).toEqual([]);
  });
});
