import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "..", "..");
const read = (file: string) => readFileSync(join(ROOT, file), "utf8");

test("the engine that the tests build is the version that the workflows install", () => {
  const [, built] =
    /github\.com\/pulumi\/pulumi\/pkg\/v3 v(\S+)/.exec(read("tests/cluster/modules/pulumi/go.mod")) ?? [];
  expect(built).toBe(read(".github/pulumi-version").trim());
});
