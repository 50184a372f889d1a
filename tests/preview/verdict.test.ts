import type { Policies } from "@pulumi/policy";
import { judge } from "../../preview/verdict";
import { secret, UNKNOWN } from "../../preview/run/wire";
import { resource } from "../support/resource";

const policies: Policies = [
  {
    name: "no-red",
    description: "Nothing is red.",
    enforcementLevel: "mandatory",
    validateResource: ({ props, name }, report) => {
      if (props["colour"] === "red") report(`${name} is red`);
    },
  },
  {
    name: "short-names",
    description: "Names are short.",
    enforcementLevel: "advisory",
    validateResource: ({ name }, report) => {
      if (name.length > 5) report(`${name} is long`);
    },
  },
  {
    name: "a-pair",
    description: "There are two.",
    enforcementLevel: "mandatory",
    validateStack: ({ resources }, report) => {
      if (resources.length !== 2) report("", resources[0]?.urn);
    },
  },
  {
    name: "off",
    description: "Says no to all.",
    enforcementLevel: "disabled",
    validateResource: (_, report) => {
      report("no");
    },
  },
];

describe("the verdict of a policy pack", () => {
  test("names policy, resource and what is special about it", async () => {
    const { findings } = await judge(policies, [
      resource({ urn: "one", name: "one", inputs: { colour: "red" } }),
      resource({ urn: "two" }),
    ]);
    expect(findings).toEqual([{ policy: "no-red", level: "mandatory", urn: "one", message: "one is red" }]);
  });

  test("puts what stops a deployment before what does not", async () => {
    const resources = [
      resource({ urn: "longest", name: "longest" }),
      resource({ urn: "two", inputs: { colour: "red" } }),
    ];
    const { findings } = await judge(policies, resources);
    expect(findings.map(({ level }) => level)).toEqual(["mandatory", "advisory"]);
  });

  test("looks at the stack as a whole, and keeps the description when there is nothing to add", async () => {
    const { findings } = await judge(policies, [resource({ urn: "one" })]);
    expect(findings).toEqual([{ policy: "a-pair", level: "mandatory", urn: "one", message: "There are two." }]);
  });

  test("takes a policy that needs an unknown value for undecided, never for kept or broken", async () => {
    const { findings } = await judge(policies, [
      resource({ urn: "one", inputs: { colour: UNKNOWN } }),
      resource({ urn: "two" }),
    ]);
    expect(findings).toMatchObject([{ policy: "no-red", level: "undecided", urn: "one" }]);
  });

  test("shows policies what secrets hold, as the engine does", async () => {
    const { findings } = await judge(policies, [
      resource({ urn: "one", inputs: { colour: secret("red") } }),
      resource({ urn: "two" }),
    ]);
    expect(findings).toMatchObject([{ policy: "no-red", level: "mandatory" }]);
  });

  test("lists who was asked, in one order, and nobody who is disabled", async () => {
    expect((await judge(policies, [])).policies).toEqual(["a-pair", "no-red", "short-names"]);
  });
});
