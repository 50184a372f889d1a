import { readFileSync } from "node:fs";
import { join } from "node:path";
import { policiesPage } from "../../policy/document";
import { RULES } from "../../policy/all-rules";

test("docs/policies.md says what the rules say (npm run docs:policies)", () => {
  expect(readFileSync(join(__dirname, "../../docs/policies.md"), "utf8")).toBe(policiesPage(RULES));
});

test("every rule tells what breaks it, what obeys it and what to do instead", () => {
  for (const { breaks, obeys, instead } of RULES) {
    expect(breaks.length).toBeGreaterThan(0);
    expect(obeys.length).toBeGreaterThan(0);
    expect(instead).toMatch(/\.$/);
  }
});
