import { readFileSync } from "node:fs";

interface Lock {
  readonly packages: Record<
    string,
    {
      readonly version?: string;
      readonly dev?: boolean;
      readonly hasInstallScript?: boolean;
      readonly resolved?: string;
    }
  >;
}
const json = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));
const FOLDER = "images/housekeeping";
const own = Object.entries((json(`${FOLDER}/package-lock.json`) as Lock).packages).filter(([path]) => path !== "");

describe("the image of housekeeping", () => {
  test("installs the versions that are tested", () => {
    const tested = (json("package-lock.json") as Lock).packages;
    const versionTested = (path: string) => (tested[`${FOLDER}/${path}`] ?? tested[path])?.version;
    expect(own.map(([path]) => [path, versionTested(path)])).toEqual(own.map(([path, { version }]) => [path, version]));
  });

  test("has few packages in production, and none that runs a script when it is installed", () => {
    expect(own.filter(([, { dev }]) => dev !== true).length).toBeLessThanOrEqual(21);
    expect(own.filter(([, { hasInstallScript }]) => hasInstallScript === true)).toEqual([]);
  });

  test("names its base with a full version, and runs without root, shell or package manager", () => {
    const lines = readFileSync(`${FOLDER}/Dockerfile`, "utf8").split("\n");
    expect(lines.find((line) => line.startsWith("ARG BASE="))).toMatch(/^ARG BASE=node:24\.\d+\.\d+-\w+-slim$/);
    const last = lines.slice(lines.lastIndexOf("FROM ${BASE}"));
    expect(last).toContain("USER 1000:0");
    expect(last.filter((line) => line.startsWith("RUN"))).toEqual([]);
    expect(last).toContain('ENTRYPOINT ["node", "/app/dist/bin.js"]');
  });
});
