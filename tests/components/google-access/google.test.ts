import { armorRules, entrances, isRestricting, nameForHost } from "../../../components/google-access/google";

const IAP = { clientId: "c", members: ["group:g@example.com"] };

describe("a load balancer of Google's", () => {
  test("takes ten ranges in a rule, and refuses everybody else in the last one", () => {
    const ranges = Array.from({ length: 23 }, (_, index) => `203.0.113.${index}/32`);
    const rules = armorRules(ranges);
    expect(rules.map(({ match }) => match.config.srcIpRanges.length)).toEqual([10, 10, 3, 1]);
    expect(rules.slice(0, -1).flatMap(({ match }) => match.config.srcIpRanges)).toEqual(ranges);
    expect(new Set(rules.map(({ priority }) => priority)).size).toBe(4);
    expect(rules.at(-1)).toMatchObject({ action: "deny(403)", match: { config: { srcIpRanges: ["*"] } } });
  });

  test.each([
    ["a list", ["203.0.113.0/24"], true],
    ["everybody", ["0.0.0.0/0"], false],
    ["everybody, and others", ["203.0.113.0/24", "0.0.0.0/0"], false],
    ["nobody in particular", [], false],
  ])("asks Cloud Armor only where it keeps somebody out: %s", (_, allow, is) => {
    expect(isRestricting(allow)).toBe(is);
  });

  test.each([
    ["people and machines come the same way", { allow: ["0.0.0.0/0"] }, ["people"]],
    ["machines have a way beside IAP", { allow: [], iap: IAP }, ["people iap", "machines"]],
    [
      "machines have a list of their own",
      { allow: ["0.0.0.0/0"], machines: { paths: ["webhooks"], allow: ["192.0.2.0/24"] } },
      ["people", "machines"],
    ],
    ["no machine comes past IAP", { allow: [], iap: IAP, machines: { paths: [] } }, ["people iap"]],
  ] as const)("has a Service for each kind of visitor: %s", (_, spec, expected) => {
    const ways = entrances({ address: "external", ...spec });
    expect(ways.map(({ visitor, iap }) => `${visitor}${iap ? " iap" : ""}`)).toEqual(expected);
  });

  test("lets machines ask for nothing but webhooks and what agents ask", () => {
    const [, machines] = entrances({ address: "external", allow: [], iap: IAP, machines: { paths: ["webhooks"] } });
    expect(machines?.paths).toEqual([{ type: "PathPrefix", value: "/go/api/webhooks" }]);
  });

  test("has a name for each host within Google's limit", () => {
    const long = `${"a".repeat(60)}.example.com`;
    expect(nameForHost("gocd-dev", "ci.example.com")).toBe("gocd-dev-ci-example-com");
    expect(nameForHost("gocd-dev", long)).toMatch(/^gocd-dev-[0-9a-f]{12}$/);
    expect(nameForHost("gocd-dev", long)).not.toBe(nameForHost("gocd-dev", `b${long}`));
  });
});
