// Each rule by itself over the table of cases: what one rule says is no concern of a mutant of another. Only for mutation tests,
// which run it for every mutant; `cases.test.ts` asks all rules together.
import { join } from "node:path";
import { RULES } from "../../policy/all-rules";
import { configured } from "../../policy/configured";
import { makePolicies } from "../../policy/policies";
import { ASKED, outside, refusals, resourceOf } from "./analyzer";
import { CASES } from "./cases/all";
import { directly } from "./direct";

const REVIEWED = CASES.filter(({ tags }) => tags !== "admission");
/** What cases.test.ts keeps of the reports, by the name of its test. */
const REPORTS = outside(join(__dirname, "__snapshots__/cases.test.ts.snap")) as Readonly<Record<string, string>>;

/** What one rule says in a report, as a snapshot spells it. */
function expectedOf(rule: string, name: string): readonly string[] {
  const report = REPORTS[`the policy pack in review refuses ${name} 1`] ?? "";
  return report.split("\n").filter((line) => line.startsWith(`  "${rule}: `));
}

/** The rules whose refusals are in the reports. */
const IN_REPORTS = RULES.filter(({ name, level }) => level === "mandatory" || name in ASKED).map(({ name }) => name);

test.each(IN_REPORTS)("%s says of every case what the reports say", async (rule) => {
  const only = RULES.filter(({ name }) => name === rule);
  const { analyze } = directly(configured(makePolicies(only), { [rule]: "mandatory" }));
  for (const each of REVIEWED) {
    const found = refusals(await analyze(resourceOf(each)));
    const lines = found.map(({ message }) => `  "${rule}: ${message}",`);
    expect([each.name, lines]).toEqual([each.name, expectedOf(rule, each.name)]);
  }
});
