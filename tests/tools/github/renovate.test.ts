import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "../../..");
const read = (file: string) => readFileSync(join(root, file), "utf8");

interface Renovate {
  readonly extends: readonly string[];
  readonly rangeStrategy?: string;
  readonly packageRules: readonly {
    readonly description: string;
    readonly matchPackageNames?: readonly string[];
    readonly matchFileNames?: readonly string[];
    readonly matchManagers?: readonly string[];
    readonly enabled?: boolean;
    readonly groupName?: string;
  }[];
  readonly customManagers: readonly {
    readonly managerFilePatterns: readonly string[];
    readonly matchStrings: readonly string[];
  }[];
}
const renovate = JSON.parse(read("renovate.json")) as Renovate;

const packages = (() => {
  const { dependencies, devDependencies } = JSON.parse(read("package.json")) as Record<string, Record<string, string>>;
  const bases = ["agent", "dind", "server", "housekeeping"].flatMap((image) =>
    [...read(`images/${image}/Dockerfile`).matchAll(/^(?:ARG \w+=|FROM )([\w./-]+):/gm)].map(([, name]) => name ?? ""),
  );
  return [...Object.keys({ ...dependencies, ...devDependencies }), ...bases, "pulumi/pulumi"];
})();

const matches = (pattern: string) => (name: string) =>
  pattern.endsWith("/**") ? name.startsWith(pattern.slice(0, -2)) : name === pattern;

describe("Renovate", () => {
  test.each(renovate.packageRules)("has a rule for something that is here: $description", (rule) => {
    const unused = (rule.matchPackageNames ?? []).filter((pattern) => !packages.some(matches(pattern)));
    expect(unused).toEqual([]);
    expect(rule.matchPackageNames ?? rule.matchFileNames).toBeDefined();
  });

  test("moves together what must have one version", () => {
    const groupOf = (name: string) =>
      renovate.packageRules.findLast(
        (rule) => rule.groupName !== undefined && rule.matchPackageNames?.some((pattern) => matches(pattern)(name)),
      )?.groupName;
    expect(["@pulumi/pulumi", "@pulumi/gcp", "@pulumi/policy", "pulumi/pulumi"].map(groupOf)).toEqual(
      Array(4).fill("Pulumi"),
    );
    expect(["gocd/gocd-server", "gocd/gocd-agent-debian-13"].map(groupOf)).toEqual(["GoCD", "GoCD"]);
  });

  test("leaves the supported versions of Node alone, in engines and in workflows", () => {
    // A range strategy for everything would pin engines, which this preset leaves out.
    expect(renovate.rangeStrategy).toBeUndefined();
    expect(renovate.extends).toContain(":pinAllExceptPeerDependencies");
    const workflows = renovate.packageRules.find(({ matchManagers }) => matchManagers?.includes("github-actions"));
    expect(workflows).toMatchObject({ matchPackageNames: ["node"], enabled: false });
  });

  test("finds the versions that only expressions of ours find", () => {
    const files = [...readdirSync(join(root, ".github")).map((file) => `.github/${file}`), ".ci/lint"];
    for (const { managerFilePatterns, matchStrings } of renovate.customManagers) {
      const pattern = new RegExp(managerFilePatterns[0]?.slice(1, -1) ?? "");
      const file = files.find((name) => pattern.test(name));
      const version = new RegExp(matchStrings[0] ?? "").exec(read(file ?? ""))?.groups?.["currentValue"];
      expect(version).toMatch(/^v?\d+\.\d+\.\d+$/);
    }
  });
});

describe("the changelog", () => {
  test("says for every version what pulumi up replaces", () => {
    const versions = read("CHANGELOG.md").split(/^## /m).slice(1);
    expect(versions.length).toBeGreaterThan(0);
    expect(
      versions.filter((version) => !/\n### On `pulumi up`\n\n- /.test(version)).map((text) => text.split("\n")[0]),
    ).toEqual([]);
  });
});
