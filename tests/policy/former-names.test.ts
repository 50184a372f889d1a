import { formerNamePolicies, withFormer, type FormerConfigs } from "../../policy/former-names";
import { RULES } from "../../policy/all-rules";
import type { Rule } from "../../policy/rule";

const ruleOf = (name: string) => RULES.find((rule) => rule.name === name) as Rule;
const policies = (given: FormerConfigs) =>
  formerNamePolicies(RULES, given) as readonly {
    readonly name: string;
    readonly configSchema: object;
    readonly validateResource: (args: object, report: (message: string) => void) => void;
  }[];

/** Asks the policy of a former name about a stack, and returns what it reports. */
function configure(given: FormerConfigs, name: string, config: object): readonly string[] {
  const said: string[] = [];
  const policy = policies(given).find((each) => each.name === name);
  policy?.validateResource({ getConfig: () => config }, (message) => said.push(message));
  return said;
}

test.each([
  ["certificates-last", "certificates-not-expiring"],
  ["readable", "well-formed-pods"],
  ["images-versioned", "images-pinned"],
])("configuration of %s counts for %s, with a warning", (former, now) => {
  const given: FormerConfigs = new Map();
  const exceptions = [{ object: "Pod shop/web", reason: "an old one, to be replaced" }];
  expect(configure(given, former, { exceptions })).toEqual([
    `The rule ${former} is called ${now} now. Rename it in the policy configuration.`,
  ]);
  expect(withFormer(ruleOf(now), {}, given)).toEqual({ exceptions });
});

test("a former name that nobody configures says nothing and changes nothing", () => {
  const given: FormerConfigs = new Map([["images-pinned", { exceptions: [{}] }]]);
  expect(configure(given, "images-versioned", {})).toEqual([]);
  expect(withFormer(ruleOf("images-pinned"), { a: 1 }, given)).toEqual({ a: 1 });
});

test("what the engine fills in does not hide what is given under the former name", () => {
  const given: FormerConfigs = new Map([["certificates-not-expiring", { days: 30 }]]);
  const rule = ruleOf("certificates-not-expiring");
  expect(withFormer(rule, { days: 90 }, given)).toMatchObject({ days: 30 });
  expect(withFormer(rule, { days: 60 }, given)).toMatchObject({ days: 60 });
  expect(JSON.stringify(policies(given).map(({ configSchema }) => configSchema))).not.toContain('"default"');
});

test("exceptions under both names count together", () => {
  const given: FormerConfigs = new Map([["images-pinned", { exceptions: ["former"] }]]);
  expect(withFormer(ruleOf("images-pinned"), { exceptions: ["own"] }, given)).toEqual({
    exceptions: ["own", "former"],
  });
});
