import { execFileSync } from "node:child_process";
import { join } from "node:path";

const root = join(__dirname, "..", "..");
const LEFT_ALONE = ["Pulumi.dev.yaml", "Pulumi.my-team.yaml"];
const JUDGED = ["Pulumi.yaml", "policy/PulumiPolicy.yaml", "compose.yaml"];

/** Says of each file whether Prettier passes it over; in a process of its own, as Prettier is an ES module, which Jest cannot load. */
const ASK = `
  const files = JSON.parse(process.argv[1]);
  import("prettier").then(async ({ getFileInfo }) => {
    const infos = await Promise.all(files.map((file) => getFileInfo(file, { ignorePath: ".prettierignore" })));
    console.log(JSON.stringify(infos.map(({ ignored }) => ignored)));
  });
`;

let ignored: ReadonlyMap<string, boolean>;
beforeAll(() => {
  const files = [...LEFT_ALONE, ...JUDGED];
  const said = execFileSync(process.execPath, ["-e", ASK, JSON.stringify(files)], { cwd: root, encoding: "utf8" });
  const answers = JSON.parse(said) as readonly boolean[];
  ignored = new Map(files.map((file, index) => [file, answers[index] ?? false]));
});

describe("the format check", () => {
  test.each(LEFT_ALONE)(
    "leaves %s to Pulumi, which writes stack files in a form of its own (stack init, config set)",
    (file) => {
      expect(ignored.get(file)).toBe(true);
    },
  );

  test.each(JUDGED)("judges %s, which only people write", (file) => {
    expect(ignored.get(file)).toBe(false);
  });
});
