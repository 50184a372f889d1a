import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { missingPrerequisite } from "./machine";

const ROOT = 0;
const temporary = mkdtempSync(path.join(tmpdir(), "machine-"));

afterAll(() => {
  rmSync(temporary, { recursive: true });
});

/** Another user, on a machine on which all else is as it must be. */
const become = (user: number) => {
  Object.defineProperties(process, {
    platform: { value: "linux", configurable: true },
    arch: { value: "x64", configurable: true },
    getuid: { value: () => user, configurable: true },
  });
};

/** Has these programs alone on the PATH, which do nothing and end well. */
function onlyPrograms(...names: readonly string[]): void {
  const folder = mkdtempSync(path.join(temporary, "programs-"));
  for (const name of names) writeFileSync(path.join(folder, name), "#!/bin/sh\n", { mode: 0o755 });
  process.env["PATH"] = folder;
}

describe("tests that build a cluster", () => {
  test("tell somebody who is not root that they take root", () => {
    become(1000);
    expect(missingPrerequisite()).toMatch(/^it takes root/);
  });

  test("tell that they take Go where it is not on the PATH, whatever was built before", () => {
    become(ROOT);
    onlyPrograms("apt-get");
    expect(missingPrerequisite()).toBe("it takes Go, and go is not on the PATH");
  });

  test("name what is missing first: one line, not all", () => {
    become(ROOT);
    onlyPrograms();
    expect(missingPrerequisite()).toBe("it takes Debian or a relative: there is no apt-get");
  });
});
