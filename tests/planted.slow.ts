// Slow: lint with types, and the search for what nobody uses, read the whole tree.
import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./support/program";

/** A fault, the file that has it, and what lint says of it. */
const FAULTS: readonly (readonly [fault: string, file: string, text: string, message: string])[] = [
  ["a constant in small letters", "kubernetes/planted-constant.ts", "export const daysKept = 30;", "in CAPITALS"],
  ["a member that can change", "kubernetes/planted-member.ts", "export interface A { days: number }", "is readonly"],
  [
    "zod by another name",
    "settings/planted.ts",
    'import * as z from "zod";\nexport const A = z.string();',
    "Import zod",
  ],
  [
    "a type imported as a value",
    "preview/planted.ts",
    'import { type A } from "./cli";\nexport type B = A;',
    "top-level type",
  ],
  [
    "two imports from one module",
    "preview/planted-twice.ts",
    'import { cli } from "./cli";\nimport type { Output } from "./cli";\nexport type A = Output | typeof cli;',
    "import is duplicated",
  ],
  ["a file name in another case", "kubernetes/plantedName.ts", "export {};", "does not match"],
  ["a test called it", "tests/planted.test.ts", 'it("is one", () => { expect(1).toBe(1); });', "Prefer using 'test'"],
  ["a file of 301 lines", "tests/planted-long.ts", Array(301).fill("// A line.").join("\n"), "too many lines (301)"],
  [
    "a function of 81 lines",
    "kubernetes/planted-function.ts",
    `export function planted(): void {\n${Array(79).fill("  // A line.").join("\n")}\n}`,
    "too many lines (81)",
  ],
  ["a broken law", "kubernetes/planted-law.ts", 'export * from "../settings/types";', "Law 1: "],
];

const TREE = mkdtempSync(join(tmpdir(), "gocd-planted-"));

/** Runs a tool in a copy of the tree. */
function run(tool: string, ...args: readonly string[]) {
  return spawnSync(join("node_modules", ".bin", tool), args, { cwd: TREE, encoding: "utf8", maxBuffer: 1 << 28 });
}

beforeAll(() => {
  const files = execFileSync("git", ["ls-files", "-z"], { cwd: ROOT, encoding: "utf8" }).split("\0").filter(Boolean);
  for (const file of files) cpSync(join(ROOT, file), join(TREE, file), { recursive: true });
  mkdirSync(join(TREE, "node_modules"));
  for (const entry of readdirSync(join(ROOT, "node_modules"), { withFileTypes: true })) {
    const installed = join(ROOT, "node_modules", entry.name);
    // A link is to a workspace, of which the copy has its own.
    symlinkSync(entry.isSymbolicLink() ? readlinkSync(installed) : installed, join(TREE, "node_modules", entry.name));
  }
});

afterAll(() => {
  rmSync(TREE, { recursive: true, force: true });
});

describe("a planted fault", () => {
  test("is found by knip: an export that nobody imports", () => {
    expect(run("knip").stdout).toBe("");
    appendFileSync(join(TREE, "kubernetes", "labels.ts"), "export const PLANTED = 1;\n");
    const { status, stdout } = run("knip");
    expect(stdout).toContain("PLANTED");
    expect(status).toBe(1);
  });

  test("is found by knip: files that import each other", () => {
    appendFileSync(join(TREE, "settings", "values.ts"), 'import { nodes } from "./nodes";\nvoid nodes;\n');
    expect(run("knip").stdout).toMatch(/Circular dependencies \(1\)\s+settings\/values\.ts → settings\/nodes\.ts/);
  });

  test("is found by lint, each with its own message", () => {
    for (const [, file, text] of FAULTS) writeFileSync(join(TREE, file), `${text}\n`);
    const { stdout } = run("eslint", "--format", "json", ...FAULTS.map(([, file]) => file));
    const results = JSON.parse(stdout) as readonly {
      readonly filePath: string;
      readonly messages: readonly { readonly message: string; readonly severity: number }[];
    }[];
    const found = FAULTS.map(([fault, file, , message]) => {
      const { messages = [] } = results.find(({ filePath }) => filePath.endsWith(`/${file}`)) ?? {};
      return [fault, messages.some((one) => one.severity === 2 && one.message.includes(message))];
    });
    expect(found).toEqual(FAULTS.map(([fault]) => [fault, true]));
  });
});
