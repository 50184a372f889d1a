import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { RULES } from "../../policy/all-rules";
import { ASKED } from "./analyzer";

const ROOT = join(__dirname, "../..");
const documents = ["README.md", "docs", ".github/workflows"].flatMap((path) =>
  path.endsWith(".md")
    ? [path]
    : readdirSync(join(ROOT, path), { recursive: true, encoding: "utf8" })
        .filter((file) => /\.(md|yaml)$/.test(file))
        .map((file) => join(path, file)),
);

test("every command of this project with the policy pack has what the project asks of it", () => {
  const commands = documents.flatMap((file) =>
    readFileSync(join(ROOT, file), "utf8")
      .split("\n")
      .filter((line) => /^\s*(- run: )?pulumi .*--policy-pack policy\b/.test(line))
      .map((line) => `${file}: ${line.trim()}`),
  );
  expect(commands.length).toBeGreaterThan(5);
  expect(commands.filter((command) => !command.includes(" --policy-pack-config policy-config.json"))).toEqual([]);
});

test("what the project asks of its pack are rules that only advise others", () => {
  const advisory = RULES.filter(({ level }) => level === "advisory").map(({ name }) => name);
  expect(Object.keys(ASKED).filter((name) => !advisory.includes(name))).toEqual([]);
  expect(new Set(Object.values(ASKED))).toEqual(new Set(["mandatory"]));
});
