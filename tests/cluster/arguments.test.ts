import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readArguments } from "./arguments";
import { missingOfficialImages } from "./official-images";
import { spawned } from "../support/spawned";

const SUITES = join(__dirname, "gocd/suites");
const read = (...args: readonly string[]) => readArguments("cluster", args, SUITES, {});

test("without arguments all suites run", () => {
  expect(read()).toEqual({ mode: "test", suites: [], except: [], required: false, official: false });
});

test("parts of a test's name and of suites' paths are handed to Jest", () => {
  expect(read("-t", "a name", "daemons/03", "drain")).toEqual({
    mode: "test",
    suites: ["--testNamePattern", "a name", "daemons/03", "drain"],
    except: [],
    required: false,
    official: false,
  });
});

test("folders of suites can be left out", () => {
  expect(read("--except", "network", "--except", "access")).toMatchObject({
    suites: [],
    except: ["network", "access"],
  });
});

test("with --required a prerequisite that is missing is a failure, and counts as one", async () => {
  expect(read("--required")).toEqual({ mode: "test", suites: [], except: [], required: true, official: false });
  const main = join(__dirname, "main.ts");
  const environment = { PATH: process.env["PATH"] ?? "", KUBECONFIG: "/nowhere" };
  const ended = await spawned(main, ["--required"], environment);
  expect(ended.stderr).toMatch(/^cluster tests cannot run: KUBECONFIG is set and GOCD_TEST_IMAGES/);
  expect(ended).toMatchObject({ status: 1, stdout: "0 passed, 1 failed, 0 skipped\n" });
});

test("the official images are asked for by name, or taken on GitHub", () => {
  const onGitHub = (...args: readonly string[]) => readArguments("cluster", args, SUITES, { GITHUB_ACTIONS: "true" });
  expect(onGitHub()).toMatchObject({ mode: "test", official: true });
  expect(onGitHub("--images", "stand-ins")).toMatchObject({ mode: "test", official: false });
  expect(read("--images", "official")).toMatchObject({ mode: "test", official: true });
  expect(read("--images", "stand-ins")).toMatchObject({ mode: "test", official: false });
});

test("official images that cannot be pulled end the run in one line, before anything is started", async () => {
  const folder = mkdtempSync(join(tmpdir(), "docker-"));
  writeFileSync(join(folder, "docker"), "#!/bin/sh\necho 'no such host' >&2\nexit 1\n", { mode: 0o755 });
  const main = join(__dirname, "main.ts");
  const { status, stdout, stderr } = await spawned(main, ["--images", "official", "--required"], { PATH: folder });
  rmSync(folder, { recursive: true });
  expect(stderr).toMatch(/^cluster tests cannot run: gocd\/gocd-server:v[\d.]+ cannot be pulled: no such host\n$/);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "0 passed, 1 failed, 0 skipped\n" });
});

test.each(["hold", "bench"] as const)("--%s stands alone", (mode) => {
  expect(read(`--${mode}`)).toEqual({ mode });
});

test.each([
  [["--foo"], /^test:cluster: Unknown option '--foo'; usage: /],
  [["--hold", "--bench"], /^test:cluster: --hold and --bench cannot be asked for together; usage: /],
  [["--hold", "drain"], /^test:cluster: --hold and drain cannot be asked for together; usage: /],
  [["--images", "mine"], /^test:cluster: --images is "mine", wanted is official or stand-ins; usage: /],
  [["drian"], /^test:cluster: no suite in \S+suites has drian in its path; usage: /],
  [["--hold", "--except", "walls"], /^test:cluster: --hold and --except walls cannot be asked for together; usage: /],
  [["--except", "netwrok"], /^test:cluster: --except is "netwrok", wanted is one of access, .*network.*; usage: /],
  [["--except", "daemons/02-docker.test.ts"], /^test:cluster: --except is "daemons.02\S+", wanted is one of /],
  [["-t"], /^test:cluster: Option '-t, --testNamePattern <value>' argument missing; usage: /],
])("%j is refused in one line that says what is wrong and what is wanted", (args, line) => {
  const found = read(...args);
  expect(found).toEqual({ mode: "wrong", line: expect.stringMatching(line) as string });
  expect("line" in found && found.line.split("\n")).toHaveLength(1);
});

test("an unknown option ends with status 2, before anything is started, and --help with 0", async () => {
  const main = join(__dirname, "main.ts");
  expect(await spawned(main, ["--foo"])).toMatchObject({ status: 2, stdout: "" });
  expect(await spawned(main, ["--help"])).toMatchObject({ status: 0, stderr: "" });
});

test("the options are told under the name of what is tested", async () => {
  const { stdout } = await spawned(join(__dirname, "main.ts"), ["--help"], { ...process.env, TEST_TARGET: "engine" });
  expect(stdout).toMatch(/^usage: npm run test:engine -- /);
});

test("where there is no docker, the official images are missing for that reason", () => {
  expect(missingOfficialImages({ PATH: "/nowhere" })).toBe("there is no docker, which pulls the official images");
});
