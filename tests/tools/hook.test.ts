import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(__dirname, "..", "..");
const hook = join(root, ".githooks", "pre-commit");

let directory: string;
const git = (...args: string[]) => execFileSync("git", args, { cwd: directory });
const called = () => {
  try {
    return readFileSync(join(directory, "node_modules", "calls"), "utf8")
      .trim()
      .split("\n");
  } catch {
    return [];
  }
};

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "hook-"));
  git("init", "--quiet");
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

function tools(status: { readonly prettier?: number; readonly eslint?: number } = {}): void {
  mkdirSync(join(directory, "node_modules", ".bin"), { recursive: true });
  for (const name of ["prettier", "eslint"] as const) {
    const file = join(directory, "node_modules", ".bin", name);
    writeFileSync(file, `#!/bin/sh\necho "${name} $*" >>node_modules/calls\nexit ${status[name] ?? 0}\n`);
    chmodSync(file, 0o755);
  }
}

function stage(...files: string[]): void {
  for (const file of files) writeFileSync(join(directory, file), "x\n");
  git("add", "--", ...files);
}

const run = () => spawnSync("sh", [hook], { cwd: directory, encoding: "utf8" });

describe("the commit hook", () => {
  test("checks the format of all that is staged and lints what ESLint reads, and nothing else", () => {
    tools();
    stage("a.ts", "with blank.md");
    writeFileSync(join(directory, "unstaged.ts"), "x\n");
    expect(run().status).toBe(0);
    expect(called()).toEqual([
      "prettier --check --ignore-unknown --no-error-on-unmatched-pattern a.ts with blank.md",
      "eslint --no-warn-ignored a.ts",
    ]);
  });

  test.each([{ prettier: 1 }, { eslint: 1 }])(
    "stops the commit, after both have spoken, when one objects: %j",
    (status) => {
      tools(status);
      stage("a.ts");
      const ended = run();
      expect({ status: ended.status, calls: called().length }).toEqual({ status: 1, calls: 2 });
      expect(ended.stderr).toContain("npm run format");
    },
  );

  test("has nothing to say when only a file is deleted", () => {
    tools();
    stage("a.ts");
    git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--message", "x");
    git("rm", "--quiet", "a.ts");
    expect(run().status).toBe(0);
    expect(called()).toEqual([]);
  });

  test("says what is missing when packages are", () => {
    const { status, stderr } = run();
    expect({ status, stderr }).toEqual({ status: 1, stderr: "pre-commit: run npm ci first\n" });
  });

  test("is what npm run hooks switches on", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      readonly scripts: Record<string, string>;
    };
    expect(scripts["hooks"]).toBe("git config core.hooksPath .githooks");
  });
});
