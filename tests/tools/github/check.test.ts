import { compareSync } from "bcryptjs";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { calls, fake, run } from "./fakes";

const ROOT = join(__dirname, "../../..");
/** What needs an image, or Google's provider, that only GitHub's machines are sure to get. */
const ELSEWHERE = ["contract", ".ci/google-preview"];
const text = (file: string) => readFileSync(join(ROOT, file), "utf8");

interface Job {
  readonly strategy?: {
    readonly matrix: {
      readonly check?: readonly string[];
      readonly node?: readonly number[];
      readonly suites?: readonly string[];
      readonly include?: readonly { readonly kubernetes: string; readonly image: string }[];
    };
  };
  readonly steps: readonly { readonly run?: string }[];
}
const { jobs } = parse(text(".github/workflows/check.yaml")) as { readonly jobs: Readonly<Record<string, Job>> };

/** The checks in a text of shell commands: scripts of package.json, and those of .ci. */
const checksIn = (commands: string) =>
  [...commands.matchAll(/npm (?:run (?:--silent )?)?((?:format:|test:)?\w+)\b|\.ci\/(lint|google-preview)/g)]
    .map(([, script, own]) => script ?? `.ci/${own ?? ""}`)
    .filter((name) => !["ci", "run"].includes(name));

test("each check of .ci/run is a job of its own, so that a red one says which", () => {
  const inJobs = Object.values(jobs).flatMap(({ strategy, steps }) =>
    strategy?.matrix.check === undefined
      ? [new Set(steps.flatMap(({ run: command = "" }) => checksIn(command)))]
      : strategy.matrix.check.map((name) => new Set([name])),
  );
  expect(inJobs.filter(({ size }) => size !== 1)).toEqual([]);
  const own = checksIn(text(".ci/run").replaceAll(/^\s*#.*$/gm, ""));
  expect(own.length).toBeGreaterThan(5);
  expect(new Set(inJobs.flatMap((names) => [...names]))).toEqual(new Set([...own, ...ELSEWHERE]));
});

test("the end of .ci/run can say once more which tests failed, and why", () => {
  const directory = mkdtempSync(join(tmpdir(), "report-"));
  const report = join(directory, "report.json");
  const failed = {
    status: "failed",
    fullName: "a pool keeps its claims",
    failureMessages: ["\u001b[31mwanted 2\u001b[39m"],
  };
  const testResults = [
    { name: join(ROOT, "tests/a.test.ts"), status: "failed", assertionResults: [failed, { status: "passed" }] },
    { name: join(ROOT, "tests/b.test.ts"), status: "failed", message: "no such module", assertionResults: [] },
    { name: join(ROOT, "tests/c.test.ts"), status: "passed", assertionResults: [{ status: "passed" }] },
  ];
  writeFileSync(report, JSON.stringify({ testResults }));
  const told = execFileSync(process.execPath, [join(ROOT, ".ci/failures.js"), report], { cwd: ROOT, encoding: "utf8" });
  rmSync(directory, { recursive: true });
  expect(told).toBe(
    "✗ tests/a.test.ts: a pool keeps its claims\n    wanted 2\n✗ tests/b.test.ts\n    no such module\n",
  );
});

test("the tests run on each supported version of Node, the oldest one included", () => {
  const { engines } = JSON.parse(text("package.json")) as { readonly engines: { readonly node: string } };
  const nodes = jobs["tests"]?.strategy?.matrix.node ?? [];
  expect(nodes).toEqual([20, 22, 24, 26]);
  expect(engines.node).toMatch(new RegExp(`^>=${nodes[0] ?? ""}\\b`));
});

test("the jobs of the engine tests share its folders of suites, each of which one runs", () => {
  const suites = jobs["engine"]?.strategy?.matrix.suites ?? [];
  const folders = suites.flatMap((names) => names.split(" "));
  expect(suites.length).toBeGreaterThan(1);
  expect(folders.sort()).toEqual(readdirSync(join(ROOT, "tests/engine/suites")).sort());
});

test("the cluster tests run on several versions of Kubernetes, by images with a digest", () => {
  const images = jobs["kind"]?.strategy?.matrix.include ?? [];
  expect(images.length).toBeGreaterThan(2);
  for (const { kubernetes, image } of images)
    expect(image).toMatch(new RegExp(`^kindest/node:v${kubernetes.replace(".", "\\.")}\\.\\d+@sha256:[0-9a-f]{64}$`));
});

test("a cluster of kind gets storage and this project's images by digest, and says so to the next step", async () => {
  const directory = mkdtempSync(join(tmpdir(), "kind-"));
  const log = join(directory, "calls");
  fake(directory, "go", `printf '#!/bin/sh\\necho "kind $*" >>${log}\\n' >"$GOBIN/kind"; chmod +x "$GOBIN/kind"`);
  fake(
    directory,
    "git",
    `for last; do :; done; folder=$last/deploy/kubernetes-latest; mkdir -p "$folder"
    printf '#!/bin/sh\\necho deploy.sh >>${log}\\n' >"$folder/deploy.sh"; chmod +x "$folder/deploy.sh"`,
  );
  fake(directory, "kubectl");
  fake(directory, "docker", 'for last; do :; done; [ "$2" != inspect ] || echo "${last%:*}@sha256:0123"');
  const environment = join(directory, "env");
  const ended = await run(directory, "sh", [".ci/kind-cluster", "kindest/node:v1", environment], {});
  const made = calls(directory);
  const variables = Object.fromEntries(
    readFileSync(environment, "utf8")
      .trim()
      .split("\n")
      .map((line): [string, string] => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
  rmSync(directory, { recursive: true });
  expect(ended).toMatchObject({ status: 0 });
  expect(made).toContain("kind create cluster --image kindest/node:v1 --wait 120s");
  expect(made).toContain("deploy.sh");
  expect(made.filter((call) => call.startsWith("docker push"))).toHaveLength(4);
  expect(Object.keys(variables)).toEqual(["KUBECONFIG", "GOCD_TEST_STORAGE_CLASS", "GOCD_TEST_IMAGES"]);
  expect(JSON.parse(variables["GOCD_TEST_IMAGES"] ?? "")).toEqual(
    Object.fromEntries(
      ["dind", "agent", "server", "housekeeping"].map((name) => [name, `localhost:5001/${name}@sha256:0123`]),
    ),
  );
});

test("a cluster that cannot be made ends the step, and hands nothing on", async () => {
  const directory = mkdtempSync(join(tmpdir(), "kind-"));
  fake(directory, "go", "exit 1");
  const ended = await run(directory, "sh", [".ci/kind-cluster", "kindest/node:v1", join(directory, "env")], {});
  expect(ended.status).not.toBe(0);
  expect(calls(directory)).toHaveLength(1);
  rmSync(directory, { recursive: true });
});

test("the official GoCD server gets log-ins of its own, and only their hashes, and tells the next step", async () => {
  const directory = mkdtempSync(join(tmpdir(), "gocd-"));
  // The real program, which the command would not find in an environment without variables.
  fake(directory, "node", `exec '${process.execPath}' "$@"`);
  fake(directory, "docker", `cp -r "$(echo "$8" | cut -d : -f 1)" '${directory}'`);
  const environment = join(directory, "env");
  const ended = await run(directory, "sh", [".ci/gocd-server", environment], { TMPDIR: directory });
  expect(ended).toMatchObject({ status: 0 });
  const given = Object.fromEntries(
    readFileSync(environment, "utf8")
      .trim()
      .split("\n")
      .map((line) => line.split("=") as [string, string]),
  );
  expect(Object.keys(given).sort()).toEqual([
    "GOCD_AUTO_REGISTER_KEY",
    "GOCD_PASSWORD",
    "GOCD_USERNAME",
    "GOCD_VIEWER_PASSWORD",
    "GOCD_VIEWER_USERNAME",
  ]);
  const [, server] = calls(directory);
  expect(server).toMatch(
    /^docker run --detach --name gocd --publish 127\.0\.0\.1:8153:8153 .* gocd\/gocd-server:v[\d.]+$/,
  );
  const config = readFileSync(join(directory, "godata/config/cruise-config.xml"), "utf8");
  const passwords = readFileSync(join(directory, "godata/config/passwd"), "utf8");
  expect(config).toContain(`agentAutoRegisterKey="${given["GOCD_AUTO_REGISTER_KEY"] ?? "no key"}"`);
  expect(config).toContain("<user>admin</user>");
  for (const user of ["GOCD", "GOCD_VIEWER"]) {
    const password = given[`${user}_PASSWORD`] ?? "";
    expect(password).toMatch(/^[0-9a-f]{32}$/);
    expect(`${config}${passwords}${calls(directory).join("")}`).not.toContain(password);
    const hash = new RegExp(`^${given[`${user}_USERNAME`] ?? ""}:(.*)$`, "m").exec(passwords)?.[1] ?? "";
    expect(compareSync(password, hash)).toBe(true);
  }
  rmSync(directory, { recursive: true });
});

test("the plan by Google's provider gets its one answer, leaves stack files alone, and fails with the first stack that does", async () => {
  const directory = mkdtempSync(join(tmpdir(), "google-"));
  fake(directory, "node", `exec '${process.execPath}' "$@"`);
  fake(directory, "npm");
  // As `stack init` does with a passphrase, and as the provider asks.
  const ask = `fetch(process.env.GOOGLE_RESOURCE_MANAGER_CUSTOM_ENDPOINT + "projects/p").then((answer) => answer.json()).then(console.log)`;
  fake(
    directory,
    "pulumi",
    `[ "$2" != init ] || echo 'encryptionsalt: v1' >>"Pulumi.$3.yaml"
    [ "$1" != preview ] || '${process.execPath}' -e '${ask}'
    [ "$1 $3" != "preview pools" ] || exit 3`,
  );
  const before = text("Pulumi.dev.yaml");
  const ended = await run(directory, "sh", [".ci/google-preview"], { TMPDIR: directory });
  const made = calls(directory).filter((call) => call.startsWith("pulumi"));
  rmSync(directory, { recursive: true });
  expect(ended).toMatchObject({ status: 3 });
  expect(ended.stdout).toContain("projectNumber: '123456789012'");
  expect(text("Pulumi.dev.yaml")).toBe(before);
  expect(made.map((call) => call.split(" ").slice(1, 4).join(" "))).toEqual([
    "stack init dev",
    "preview --stack dev",
    "stack init pools",
    "preview --stack pools",
  ]);
});
