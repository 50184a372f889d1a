import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { difference as compare, stacks } from "../../../tools/github/difference";
import { pulumi as runPulumi } from "../../../tools/github/pulumi";
import { calls, fake } from "./fakes";

const ROOT = join(__dirname, "../../..");

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pulumi-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const inside = (file: string) => join(directory, file);
const text = (file: string) => readFileSync(inside(file), "utf8");

/** The fakes come first. */
const path = () => `${inside("bin")}:/usr/bin:/bin`;

/** Runs a tool; what it shows is kept. */
async function ran(tool: () => Promise<number>) {
  const shown = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    jest.spyOn(process[stream], "write").mockImplementation((chunk) => {
      shown[stream] += String(chunk);
      return true;
    });
  try {
    return { status: await tool(), ...shown };
  } finally {
    jest.restoreAllMocks();
  }
}

describe("pulumi in a workflow", () => {
  const pulumi = (mode: string, environment: Record<string, string> = { PULUMI_STACK: "dev" }) =>
    ran(() =>
      runPulumi(mode, inside("out/kept.txt"), { PATH: path(), GITHUB_OUTPUT: inside("output"), ...environment }),
    );

  test("previews with the policy pack and keeps what both streams say, which the log shows too", async () => {
    fake(directory, "pulumi", "echo '+ disk'; echo 'warning: w' >&2");
    const { status, stdout, stderr } = await pulumi("preview");
    expect(calls(directory)).toEqual([
      "pulumi preview --policy-pack policy --policy-pack-config policy-config.json --stack dev --non-interactive --color never",
    ]);
    expect(text("out/kept.txt").split("\n").sort()).toEqual(["", "+ disk", "warning: w"]);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "+ disk\n", stderr: "warning: w\n" });
  });

  test("fails as the preview fails, with its output kept", async () => {
    fake(directory, "pulumi", "echo 'policy broken'; exit 5");
    expect((await pulumi("preview")).status).toBe(5);
    expect(text("out/kept.txt")).toBe("policy broken\n");
  });

  test.each([
    [0, "none"],
    [7, "drift"],
  ])("takes the status %i of the look at the cloud for the result %s, not for a failure", async (ended, result) => {
    fake(directory, "pulumi", `exit ${ended}`);
    const { status } = await pulumi("drift");
    expect(calls(directory)).toEqual([
      "pulumi preview --refresh --expect-no-changes --stack dev --non-interactive --color never",
    ]);
    expect({ status, output: text("output") }).toEqual({ status: 0, output: `result=${result}\n` });
  });

  test("gives no result when the look at the cloud itself fails", async () => {
    fake(directory, "pulumi", "exit 3");
    expect((await pulumi("drift")).status).toBe(3);
    expect(existsSync(inside("output"))).toBe(false);
  });

  test.each([
    ["no stack is named", "preview", {}, "PULUMI_STACK is not set"],
    ["it is asked for something else", "destroy", { PULUMI_STACK: "dev" }, "preview or drift is wanted"],
  ])("calls nothing when %s", async (_, mode, environment: Record<string, string>, message) => {
    fake(directory, "pulumi");
    await expect(pulumi(mode, environment)).rejects.toThrow(message);
    expect(calls(directory)).toEqual([]);
  });
});

describe("the difference that a pull request makes", () => {
  const difference = () =>
    ran(() => compare(ROOT, "HEAD^1", inside("out"), { PATH: path(), GITHUB_STEP_SUMMARY: inside("summary") }));

  test("is taken of every committed stack, and shown on the run's page as text", async () => {
    fake(directory, "npm", 'echo "txt"; echo "comparing" >&2');
    expect((await difference()).status).toBe(0);
    expect(stacks(ROOT)).toContain("dev");
    expect(calls(directory)).toEqual(
      stacks(ROOT).map((stack) => `npm run --silent preview -- --stack ${stack} --against HEAD^1`),
    );
    expect(text("out/preview.txt")).toContain("Stack dev\n\ntxt\n");
    expect(text("summary")).toBe(`\`\`\`text\n${text("out/preview.txt")}\`\`\`\n`);
  });

  test("says of a stack whose settings are deleted that this takes nothing down", async () => {
    fake(directory, "npm", "echo same");
    fake(directory, "git", "printf '%s\\n' README.md Pulumi.yaml Pulumi.dev.yaml Pulumi.old.yaml");
    expect((await difference()).status).toBe(0);
    expect(calls(directory)).toContain("git ls-tree --name-only HEAD^1");
    const notice = "The settings of old are deleted, which takes nothing down: npm run down -- --stack old does";
    expect(text("out/preview.txt").split(notice)).toHaveLength(3);
    expect(text("out/preview.txt")).not.toContain("settings of dev");
  });

  test("says nothing of the kind where git cannot tell", async () => {
    fake(directory, "npm", "echo same");
    fake(directory, "git", "echo Pulumi.old.yaml; exit 128");
    expect((await difference()).status).toBe(0);
    expect(text("out/preview.txt")).not.toContain("deleted");
  });

  test("fails as the worst of the stacks, with everything kept", async () => {
    fake(directory, "npm", 'case "$*" in *"--stack dev "*) echo broken >&2; exit 2 ;; *) echo fine ;; esac');
    expect((await difference()).status).toBe(2);
    expect(text("out/preview.txt")).toMatch(/Stack dev\n\nbroken\n[^]*fine/);
  });

  test("ends with what every stack comes to, which is what a comment keeps of it", async () => {
    fake(directory, "npm", 'echo "much to say"; echo; echo "$6: 2 replaced"');
    await difference();
    expect(text("out/preview.txt")).toMatch(
      /\n\nIn short\n\ndev: 2 replaced\nexisting: 2 replaced\npools: 2 replaced\n$/,
    );
  });

  test("shows the reasons where there is no result", async () => {
    fake(directory, "npm", "echo '</details> @everyone' >&2; exit 2");
    await difference();
    expect(text("summary")).toMatch(/^```text\n[^`]*<\/details> @everyone\n[^`]*```\n$/);
  });
});
