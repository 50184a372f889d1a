import { settingsChanges } from "../../../preview/base/configuration";
import { secretPlaceholder } from "../../../preview/run/project";

const placeholder = secretPlaceholder("gocd:adminPassword");

describe("the settings of two versions", () => {
  test("differ in an encrypted value that one of them has, which is called a secret, and so is what it was before", () => {
    expect(settingsChanges({}, { "gocd:adminPassword": placeholder })).toEqual([
      { path: ["gocd:adminPassword"], after: "«secret»" },
    ]);
    const nested = (value: string) => ({ "gocd:adminPassword": JSON.stringify({ name: "a", value }) });
    expect(settingsChanges(nested("plain"), nested(placeholder))).toEqual([
      { path: ["gocd:adminPassword", "value"], before: "«not secret»", after: "«secret»" },
    ]);
  });

  test("do not differ in encrypted values that both have, of which nothing is known here", () => {
    const both = { "gocd:adminPassword": placeholder };
    expect(settingsChanges(both, both)).toEqual([]);
  });
});
