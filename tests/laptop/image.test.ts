import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");

describe("the image of the laptop's setup", () => {
  interface Lock {
    packages: Record<string, { version?: string; hasInstallScript?: boolean }>;
  }
  const json = (name: string): unknown => JSON.parse(readFileSync(join(ROOT, name), "utf8"));
  const argument = (name: string) => /^ARG BASE=(.*)$/m.exec(readFileSync(join(ROOT, name, "Dockerfile"), "utf8"))?.[1];

  it("has the versions that are tested, and no script that runs at their installation", () => {
    const tested = (json("package-lock.json") as Lock).packages;
    const own = Object.entries((json("laptop/package-lock.json") as Lock).packages).filter(([name]) => name !== "");
    expect(own.map(([name, { version }]) => [name, version])).toEqual(
      own.map(([name]) => [name, (tested[`laptop/${name}`] ?? tested[name])?.version]),
    );
    expect(own.filter(([, { hasInstallScript }]) => hasInstallScript)).toEqual([]);
  });

  it("starts from housekeeping's base, and runs as nobody's root", () => {
    expect(argument("laptop")).toBe(argument("images/housekeeping"));
    expect(readFileSync(join(ROOT, "laptop/Dockerfile"), "utf8")).toMatch(/\nUSER 1000:0\nENTRYPOINT/);
  });
});
