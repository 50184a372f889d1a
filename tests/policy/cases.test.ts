import { pack, refusals, resourceOf } from "./analyzer";
import { CASES } from "./cases/all";
import { directly } from "./direct";

// A thousand cases: tests/policy/host.slow.ts asks Pulumi's own host all of them, and host.test.ts some of each rule.
const { analyze } = directly(pack());
const reviewed = CASES.filter(({ tags }) => tags !== "admission");

describe("the policy pack in review", () => {
  test.each(reviewed.filter(({ expect: expected }) => expected === "refused"))("refuses $name", async (each) => {
    const found = refusals(await analyze(resourceOf(each)));
    const messages = found.filter(({ policy }) => policy === each.rule).map(({ message }) => message);
    expect(messages).not.toEqual([]);
    expect(messages.join("\n")).toContain(each.says ?? "");
    // The whole report as people read it; `npx jest tests/policy/cases -u` after a change of words.
    expect(found.map(({ policy, message }) => `${policy}: ${message}`)).toMatchSnapshot();
  });

  test.each(reviewed.filter(({ expect: expected }) => expected === "allowed"))("allows $name", async (each) => {
    expect(refusals(await analyze(resourceOf(each)))).toEqual([]);
  });

  test("has a name of its own for each case", () => {
    const names = CASES.map(({ name, expect: expected }) => `${expected} ${name}`);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });
});
