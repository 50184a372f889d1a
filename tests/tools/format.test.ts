import { execFileSync } from "node:child_process";
import { join } from "node:path";

const root = join(__dirname, "..", "..");

function isJudged(file: string): boolean {
  const info = execFileSync(join(root, "node_modules/.bin/prettier"), ["--file-info", file], { cwd: root });
  return !(JSON.parse(info.toString()) as { readonly ignored: boolean }).ignored;
}

describe("the format check", () => {
  test.each(["Pulumi.dev.yaml", "Pulumi.my-team.yaml"])(
    "leaves %s to Pulumi, which writes stack files in a form of its own (stack init, config set)",
    (file) => {
      expect(isJudged(file)).toBe(false);
    },
  );

  test.each(["Pulumi.yaml", "policy/PulumiPolicy.yaml", "compose.yaml"])(
    "judges %s, which only people write",
    (file) => {
      expect(isJudged(file)).toBe(true);
    },
  );
});
