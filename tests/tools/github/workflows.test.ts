import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as ts from "typescript";
import { parse } from "yaml";
import { calls, fake, run } from "./fakes";

const root = join(__dirname, "../../..");

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly with?: Record<string, unknown>;
}
interface Job {
  readonly permissions?: Record<string, string>;
  readonly "timeout-minutes"?: number;
  readonly environment?: string;
  readonly if?: string;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: Record<string, unknown>;
  readonly permissions: unknown;
  readonly concurrency?: { readonly group?: string };
  readonly jobs: Record<string, Job>;
}

const WORKFLOWS = readdirSync(join(root, ".github/workflows"));
const ACTIONS = readdirSync(join(root, ".github/actions")).map((name) => `.github/actions/${name}/action.yaml`);
const text = (file: string) => readFileSync(join(root, file), "utf8");
const workflow = (file: string) => parse(text(`.github/workflows/${file}`)) as Workflow;
const jobs = WORKFLOWS.flatMap((file) =>
  Object.entries(workflow(file).jobs).map(([name, job]) => ({ of: `${file} ${name}`, job })),
);
const steps = [
  ...jobs.flatMap(({ of, job }) => job.steps.map((step) => ({ of, step }))),
  ...ACTIONS.flatMap((of) => {
    const { runs } = parse(text(of)) as { readonly runs: { readonly steps: readonly Step[] } };
    return runs.steps.map((step) => ({ of, step }));
  }),
];

describe("the workflows", () => {
  test("are the five that docs/operations/teams.md explains", () => {
    expect([...WORKFLOWS].sort()).toEqual(["check.yaml", "comment.yaml", "drift.yaml", "preview.yaml", "up.yaml"]);
  });

  test.each(WORKFLOWS)("start with no rights, never twice at once, and never by pull_request_target: %s", (file) => {
    const { on, permissions, concurrency } = workflow(file);
    expect(permissions).toEqual({});
    expect(concurrency?.group).toEqual(expect.any(String));
    expect(Object.keys(on)).not.toContain("pull_request_target");
  });

  test("share no concurrency group, in which one that joins cancels another's run that waits", () => {
    const groups = WORKFLOWS.map((file) => workflow(file).concurrency?.group?.replace(/\$\{\{.*/, ""));
    expect(groups).toEqual([...new Set(groups)]);
    expect(workflow("up.yaml").concurrency).toEqual({ group: "up", "cancel-in-progress": false });
  });

  test.each(jobs)("give each job its own rights and an end: $of", ({ job }) => {
    expect(job.permissions).toEqual(expect.any(Object));
    expect(job["timeout-minutes"]).toBeGreaterThan(0);
  });

  test("pin every action by commit, with its version beside it, and each action only once", () => {
    const lines = [...WORKFLOWS.map((file) => `.github/workflows/${file}`), ...ACTIONS]
      .flatMap((file) => text(file).split("\n"))
      .filter((line) => line.includes("uses:") && !line.includes("uses: ./"))
      .map((line) => line.replace(/^[\s-]*uses: /, ""));
    expect(lines.filter((line) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
    const names = [...new Set(lines)].map((line) => line.split("@")[0]);
    expect(names).toEqual([...new Set(names)]);
  });

  test("leave no credentials of git behind a checkout", () => {
    const checkouts = steps.filter(({ step }) => step.uses?.startsWith("actions/checkout@"));
    expect(checkouts.length).toBeGreaterThan(4);
    expect(checkouts.filter(({ step }) => step.with?.["persist-credentials"] !== false)).toEqual([]);
  });

  test("put no expression into a shell, where its value could be a command", () => {
    expect(steps.filter(({ step }) => step.run?.includes("${{"))).toEqual([]);
  });

  test("keep what is longer than two lines in scripts", () => {
    expect(steps.filter(({ step }) => (step.run ?? "").trim().split("\n").length > 2)).toEqual([]);
  });

  test("may write only in jobs that run no code of a pull request", () => {
    const writing = jobs.filter(({ job }) =>
      Object.entries(job.permissions ?? {}).some(([right, access]) => access === "write" && right !== "id-token"),
    );
    expect(writing.map(({ of }) => of)).toEqual(["comment.yaml comment", "drift.yaml report"]);
  });

  test("give Google's log-in to no fork", () => {
    const loggingIn = jobs.filter(({ job }) => job.permissions?.["id-token"] === "write");
    expect(loggingIn.map(({ of, job }) => [of, job.environment])).toEqual([
      ["drift.yaml drift", "preview"],
      ["preview.yaml pulumi", "preview"],
      ["up.yaml up", "production"],
    ]);
    for (const { job } of loggingIn) {
      expect(job.if).toMatch(/head\.repo\.full_name == github\.repository|github\.ref == 'refs\/heads\/main'/);
      expect(job.if).toContain("vars.PULUMI_BACKEND_URL != ''");
    }
  });
});

/** "This syntax is not allowed when 'erasableSyntaxOnly' is enabled." */
const NOT_ERASABLE = 1294;

describe("the workflow that comments", () => {
  test("checks nothing out", () => {
    expect(text(".github/workflows/comment.yaml")).not.toMatch(/uses: (actions\/checkout|\.\/)/);
  });

  test("runs a file that needs no other and whose types Node can strip", () => {
    const file = join(root, "tools/github/comment.ts");
    const imports = [...readFileSync(file, "utf8").matchAll(/ from "([^"]+)"/g)].map(([, from]) => from);
    expect(imports.filter((from) => !from?.startsWith("node:"))).toEqual([]);
    // Its types are checked with all others; without those of Node and of the language this takes a moment.
    const program = ts.createProgram([file], { erasableSyntaxOnly: true, noResolve: true, noLib: true, types: [] });
    const problems = program.getSemanticDiagnostics(program.getSourceFile(file));
    expect(problems.map(({ code }) => code)).not.toContain(NOT_ERASABLE);
  });
});

describe("every step in a shell", () => {
  const EXPECTED: Readonly<Record<string, string[]>> = {
    'npm run "$CHECK"': ["npm run types"],
    "sh .ci/lint": ["sh .ci/lint"],
    "npm test": ["npm test -- --ci --coverage"],
    "npm run test:cluster": ["npm run test:cluster -- --required"],
    "npm run test:cluster -- --required --images": [
      "sudo env PATH=* npm run test:cluster -- --required --images stand-ins",
    ],
    "npm run test:engine": [
      "sudo env PATH=* PULUMI_HOME=TEMP/.pulumi npm run test:engine -- --required dev scale rotate afterwards",
    ],
    "pulumi install": ["pulumi install --no-dependencies"],
    "sh .ci/google-preview": ["sh .ci/google-preview"],
    "sh .ci/kind-cluster": ["sh .ci/kind-cluster kindest/node:v1 TEMP/env"],
    "sh .ci/gocd-server": ["sh .ci/gocd-server TEMP/env"],
    "npm run contract": ["npm run contract -- --server http://127.0.0.1:8153/go --disposable --wait 600"],
    "docker logs": ["docker logs gocd"],
    ".cache/cluster": ["sudo chmod -R a+rX .cache/cluster"],
    "npm ci --ignore-scripts": ["npm ci --ignore-scripts"],
    "npm ci --ignore-scripts && npm run build:policy": ["npm ci --ignore-scripts", "npm run build:policy"],
    "difference-main.ts": ["node -r offline-preview/register tools/github/difference-main.ts HEAD^1 out/comment"],
    "preview out/": ["node -r offline-preview/register tools/github/pulumi-main.ts preview out/comment/preview.txt"],
    "drift out/": ["node -r offline-preview/register tools/github/pulumi-main.ts drift out/drift/drift.txt"],
    "issue-main.ts": ["node -r offline-preview/register tools/github/issue-main.ts out/drift/drift.txt"],
    "comment.ts": [
      "gh api -H Accept: application/vnd.github.raw repos/acme/gocd/contents/tools/github/comment.ts?ref=abc",
      "node TEMP/comment.ts TEMP/artifacts",
    ],
    "pulumi up": [
      "pulumi up --stack dev --policy-pack policy --policy-pack-config policy-config.json --yes --non-interactive --color never",
    ],
  };

  test.each(
    steps.flatMap(({ of, step }) => (step.run === undefined ? [] : [{ of, run: step.run, shell: step.shell }])),
  )("calls what it should: $of: $run", async ({ run: command, shell }) => {
    const directory = mkdtempSync(join(tmpdir(), "step-"));
    for (const name of ["sudo", "sh", "npm", "node", "gh", "pulumi", "docker"]) fake(directory, name);
    // As GitHub starts it: https://docs.github.com/actions, "shell".
    const { status } = await run(directory, `/bin/${shell ?? "bash"}`, ["-e", "-c", command], {
      CHECK: "types",
      GITHUB_ENV: join(directory, "env"),
      GITHUB_REPOSITORY: "acme/gocd",
      GITHUB_SHA: "abc",
      IMAGE: "kindest/node:v1",
      HOME: directory,
      RUNNER_TEMP: directory,
      SUITES: "dev scale rotate afterwards",
      PULUMI_STACK: "dev",
    });
    const made = calls(directory).map((call) => call.replaceAll(directory, "TEMP").replace(/PATH=\S+/, "PATH=*"));
    rmSync(directory, { recursive: true });
    const key =
      Object.keys(EXPECTED)
        .filter((part) => command.trim().includes(part))
        .at(-1) ?? "";
    expect({ status, made }).toEqual({ status: 0, made: EXPECTED[key] });
  });

  test("names files that exist", () => {
    const named = steps.flatMap(({ step }) => step.run?.match(/(tools|\.ci)\/[\w./-]+/g) ?? []);
    expect(named.length).toBeGreaterThan(4);
    expect(named.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });
});
