import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support/program";

const COMMANDS = [
  "tools/schema/main.ts",
  "tools/policies/main.ts",
  "tools/github/difference-main.ts",
  "tools/github/pulumi-main.ts",
  "tools/github/issue-main.ts",
  "tests/bench/main.ts",
  "tools/preview/main.ts",
  "tools/images/main.ts",
  "tools/picture/main.ts",
  "tools/move-in/main.ts",
  "tests/support/gocd-stand-in/contract/main.ts",
];
/** What takes other arguments than its own options: Pulumi's and Jest's. Their own tests break them. */
const WITH_OTHERS = ["tools/down/main.ts", "tests/cluster/main.ts"];

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Runs a command in this process, which it takes no process of its own to refuse or to explain. */
async function called(file: string, ...args: readonly string[]) {
  const [argv, written] = [process.argv, { stdout: "", stderr: "" }];
  for (const stream of ["stdout", "stderr"] as const)
    jest.spyOn(process[stream], "write").mockImplementation((text) => {
      written[stream] += String(text);
      return true;
    });
  process.argv = [...argv.slice(0, 1), join(ROOT, file), ...args];
  try {
    jest.isolateModules(() => {
      jest.requireActual(join(ROOT, file));
    });
    while (process.exitCode === undefined && written.stdout === "") await turn();
    await turn();
    return { ...written, status: process.exitCode ?? 0 };
  } finally {
    process.argv = argv;
    process.exitCode = undefined;
    process.stdout.removeAllListeners("error");
    jest.restoreAllMocks();
  }
}

describe.each(COMMANDS)("%s", (file) => {
  test("refuses an unknown option in one line", async () => {
    const { status, stdout, stderr } = await called(file, "--hepl");
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^[^\n]+: unknown option --hepl; did you mean --help\?; --help lists the options\n$/);
  });

  test("explains itself", async () => {
    const { status, stdout, stderr } = await called(file, "--help");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^Usage: /);
  });

  test("refuses an argument too many", async () => {
    const { status, stderr } = await called(file, "one", "two", "three");
    expect(status).toBe(2);
    expect(stderr).toMatch(/^[^\n]+: unexpected argument (one|two|three); --help lists the options\n$/);
  });
});

describe("the scripts of package.json", () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    readonly scripts: Readonly<Record<string, string>>;
  };

  test("start no command that is not tested here", () => {
    const started = Object.values(scripts).flatMap((script) => /\S+\/main\.ts/.exec(script) ?? []);
    expect(started.length).toBeGreaterThan(5);
    expect(started.filter((file) => ![...COMMANDS, ...WITH_OTHERS].includes(file))).toEqual([]);
  });
});
