// eslint-disable-next-line @typescript-eslint/no-require-imports -- Stryker loads it as JavaScript, without types
const { disagreements, listed } = require("./survivors") as {
  readonly listed: (markdown: string) => readonly string[];
  readonly disagreements: (
    report: object,
    list: readonly string[],
  ) => { readonly unlisted: readonly string[]; readonly gone: readonly string[] };
};

const SOURCE = "if (a &&\n  b) refuse();\n";
const mutant = (status: string, replacement: string) => ({
  status,
  replacement,
  location: { start: { line: 1, column: 5 }, end: { line: 2, column: 4 } },
});
const report = (...mutants: object[]) => ({ files: { "policy/rules/some-rule.ts": { source: SOURCE, mutants } } });
const ALWAYS = "some-rule: if ([[a && b => true]]) refuse();";

test("a mutant that survives without a reason is told in its line", () => {
  const survived = report(mutant("Survived", "true"), mutant("Killed", "false"), mutant("Timeout", "a || b"));
  expect(disagreements(survived, [])).toEqual({ unlisted: [ALWAYS], gone: [] });
  expect(disagreements(report(mutant("NoCoverage", "true")), [])).toEqual({ unlisted: [ALWAYS], gone: [] });
});

test("a mutant that survives with a reason is no news", () => {
  const page = `# Survivors\n\nA reason.\n\n\`\`\`text\n${ALWAYS}\n\`\`\`\n`;
  expect(listed(page)).toEqual([ALWAYS]);
  expect(disagreements(report(mutant("Survived", "true")), listed(page))).toEqual({ unlisted: [], gone: [] });
});

test("a reason whose mutant is killed or no longer made is told, unless its rule was not looked at", () => {
  const list = [ALWAYS, "some-rule: gone", "other-rule: if ([[a => true]]) refuse();"];
  expect(disagreements(report(mutant("Killed", "true")), list).gone).toEqual([ALWAYS, "some-rule: gone"]);
});
