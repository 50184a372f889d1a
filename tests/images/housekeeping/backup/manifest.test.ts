import { compareVersions, versionIn } from "../../../../images/housekeeping/src/backup/manifest";

describe("versions", () => {
  test("are compared part by part", () => {
    expect(compareVersions("26.1.0", "26.1.0")).toBe(0);
    expect(compareVersions("26.10.0", "26.9.0")).toBeGreaterThan(0);
    expect(compareVersions("25.4.0", "26.1.0")).toBeLessThan(0);
  });

  test("are at the start of GoCD's version.txt", () => {
    expect(versionIn("26.1.0 (22543-abc)\n")).toBe("26.1.0");
    expect(versionIn("nonsense")).toBeUndefined();
  });
});
