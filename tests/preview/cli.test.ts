import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { cli } from "../../preview/cli";
import { HIDDEN } from "../../preview/escape";
import { ROOT } from "../support/program";
import { type Spawned, spawned } from "../support/spawned";
import type { Call, Called } from "./run-cli";

const MAIN = join(ROOT, "tools", "preview", "main.ts");
const RUN_CLI = join(__dirname, "run-cli.ts");
const FIXTURES = join(ROOT, "tests", "preview", "fixtures");
/** What a newcomer's shell has: no cloud, no Pulumi, no network needed. */
const BARE = { PATH: process.env["PATH"], HOME: "/nonexistent" };

/** A project whose program does what it is told, and further arguments. */
const FAULTY = [
  ["throws"],
  ["settings"],
  ["settings", "--json"],
  ["leaks"],
  ["acts on the terminal"],
  ["acts on the terminal", "--json"],
  ["logs"],
] as const;

let directory: string;
/** What the second preview of dev did, and each of {@link FAULTY}. */
let second: Called;
let faulty: ReadonlyMap<string, Called>;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "gocd-preview-"));
  const dev = { directory: ROOT, program: join(ROOT, "index.ts"), args: ["--out", join(directory, "two"), "--json"] };
  const { stdout, stderr } = await spawned(RUN_CLI, [JSON.stringify([dev, ...FAULTY.map(faultyCall)])], BARE);
  if (stderr !== "") throw new Error(stderr);
  const [ofDev, ...others] = JSON.parse(stdout) as readonly Called[];
  second = ofDev as Called;
  faulty = new Map(others.map((called, index) => [FAULTY[index]?.join(" ") ?? "", called]));
});

function faultyCall([how, ...args]: readonly string[]): Call {
  const project = mkdtempSync(join(directory, "faulty-"));
  for (const file of ["Pulumi.yaml", "Pulumi.dev.yaml"])
    copyFileSync(join(FIXTURES, "faulty", file), join(project, file));
  writeFileSync(
    join(project, "Pulumi.dev.yaml"),
    `config:\n  faulty:how: ${how}\n  faulty:password:\n    secure: v1:abc:def\n`,
  );
  const out = ["--out", join(project, "out")];
  return { directory: project, program: join(FIXTURES, "faulty", "index.ts"), args: [...out, ...args] };
}

afterAll(() => {
  rmSync(directory, { recursive: true });
});

function files(root: string): Map<string, string> {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(paths.map((path) => [path.slice(root.length + 1), readFileSync(path, "utf8")]));
}

describe("npm run preview", () => {
  let first: Spawned;
  const [one, two] = ["one", "two"];

  beforeAll(async () => {
    first = await spawned(MAIN, ["--out", join(directory, one)], BARE);
  });

  test("shows the dev stack and ends well", () => {
    expect({ status: first.status, stderr: first.stderr }).toEqual({ status: 0, stderr: "" });
    for (const part of [
      "gcp container Cluster",
      "gcp compute Disk",
      "docker Image",
      "kubernetes StatefulSet",
      "kubernetes Secret",
      "Policy",
    ]) {
      expect(first.stdout).toContain(part);
    }
  });

  test("shows many of a kind as one line with their number", () => {
    expect(first.stdout).toMatch(/^ *tls PrivateKey +4 +gocd-dev-docker-docker-0-client-r1 … 3 more$/m);
  });

  test("says what is protected", () => {
    expect(first.stdout).toMatch(/^ *gcp compute Disk +2 +protected +gocd-dev-artifacts, gocd-dev-data$/m);
    expect(first.stdout).toMatch(/^ *gcp container Cluster +gocd-dev$/m);
  });

  test("ends in one line of totals and the next step", () => {
    const [totals, next] = first.stdout.trimEnd().split("\n").slice(-2);
    expect(totals).toMatch(
      /^stack dev · \d+ resources, \d+ protected · \d+ manifests in .+\/ · 0 violations, 0 warnings$/,
    );
    expect(next).toMatch(/^Next: .*pulumi up --stack dev/);
  });

  test("writes the same bytes each time", () => {
    expect(files(join(directory, one)).size).toBeGreaterThan(20);
    expect(files(join(directory, one))).toEqual(files(join(directory, two)));
  });

  test("writes one complete Kubernetes object a file, under its namespace", () => {
    for (const [file, text] of files(join(directory, one))) {
      const [document, ...others] = parseAllDocuments(text);
      expect(others).toEqual([]);
      const { apiVersion, kind, metadata } = document?.toJS() as {
        readonly apiVersion: string;
        readonly kind: string;
        readonly metadata: { readonly name: string; readonly namespace?: string };
      };
      expect(apiVersion).toMatch(/^([a-z0-9.]+\/)?v\d/);
      expect(file).toBe(`${metadata.namespace ?? "_cluster"}/${kind.toLowerCase()}-${metadata.name}.yaml`);
    }
  });

  test("gives the same to scripts", () => {
    const report = JSON.parse(second.stdout) as Record<string, unknown>;
    expect(Object.keys(report)).toEqual([
      "version",
      "project",
      "stack",
      "settings",
      "exitCode",
      "totals",
      "resources",
      "outputs",
      "manifests",
      "policies",
      "findings",
      "logs",
      "errors",
    ]);
    expect(report).toMatchObject({
      version: 1,
      project: "gocd",
      stack: "dev",
      settings: "Pulumi.dev.yaml",
      exitCode: 0,
      errors: [],
    });
    const { resources, manifests, totals } = report as {
      readonly resources: { readonly protect: boolean }[];
      readonly manifests: { readonly file: string }[];
      readonly totals: Record<string, number>;
    };
    expect(manifests.map(({ file }) => file)).toEqual([...files(join(directory, two)).keys()]);
    expect(totals).toMatchObject({
      resources: resources.length,
      protected: resources.filter(({ protect }) => protect).length,
      manifests: manifests.length,
    });
  });

  test("sends no control character and no colour where nobody looks", () => {
    expect(HIDDEN.test(first.stdout)).toBe(false);
    expect(HIDDEN.test(second.stdout)).toBe(false);
  });

  /** What is refused before the program runs needs no process. */
  const here = async (...args: readonly string[]) => {
    const written = { stdout: "", stderr: "" };
    const stream = (name: keyof typeof written) => ({
      write: (text: string) => {
        written[name] += text;
      },
    });
    const status = await cli(args, {
      directory: ROOT,
      program: join(ROOT, "index.ts"),
      policies: [],
      environment: {},
      stdout: stream("stdout"),
      stderr: stream("stderr"),
    });
    return { status, ...written };
  };

  test("explains itself", async () => {
    const { status, stdout } = await here("--help");
    expect(status).toBe(0);
    for (const option of ["--stack", "--out", "--json", "--help", "Exit status"]) expect(stdout).toContain(option);
  });

  test.each([
    [
      ["--stacks", "dev"],
      /^npm run preview: unknown option --stacks; did you mean --stack\?; --help lists the options\n$/,
    ],
    [["--stack", "dev", "--stack", "pools"], /^npm run preview: --stack is given twice[^\n]*\n$/],
    [["--out", "package.json"], /^npm run preview: --out: [^\n]*package.json is no folder; [^\n]*\n$/],
    [["--out", "package.json/below"], /is no folder/],
    [
      ["--out", "/proc/nowhere"],
      /^npm run preview: --out: the folder \/proc\/nowhere cannot be made \(ENOENT\)[^\n]*\n$/,
    ],
    [["--stack", "../dev"], /a stack's name/],
    [["--stack", "absent"], /Pulumi\.absent\.yaml/],
    [["dev"], /unexpected argument dev/],
  ])("refuses %j", async (args, message) => {
    const { status, stdout, stderr } = await here(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(message);
  });
});

describe("the preview of a project that is not well", () => {
  const did = (how: string) => faulty.get(how) as Called;

  test("ends with 1 when the program fails, and says where", () => {
    const { status, stdout, stderr } = did("throws");
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^error the program broke\n/);
  });

  test("ends with 2 when the settings are wrong, and gives the program's own words", () => {
    const { status, stderr } = did("settings");
    expect(status).toBe(2);
    expect(stderr).toContain("1 problem in the settings");
    expect(stderr).toContain("Correct Pulumi.dev.yaml");
    // Where the program noticed is of no use to whoever wrote the settings.
    expect(stderr).not.toMatch(/^ *at /m);
  });

  test("puts what is wrong with the settings into the JSON", () => {
    const { status, stdout } = did("settings --json");
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      exitCode: 2,
      errors: [{ problems: [{ key: "faulty:how" }] }],
      manifests: [],
    });
  });

  test("takes secrets out of errors that quote them", () => {
    const { status, stderr } = did("leaks");
    expect(status).toBe(1);
    expect(stderr).toContain("cannot log in with «secret»");
    expect(stderr).not.toContain("placeholder");
  });

  test("keeps names that would act on the terminal from doing so", () => {
    const { status, stdout } = did("acts on the terminal");
    expect(status).toBe(0);
    expect(HIDDEN.test(stdout)).toBe(false);
    expect(stdout).toContain("evil\\u001b[2J\\u202ename");
  });

  test("does the same in JSON, and in files inside its own directory", () => {
    const { stdout } = did("acts on the terminal --json");
    expect(HIDDEN.test(stdout)).toBe(false);
    const { manifests } = JSON.parse(stdout) as {
      readonly manifests: { readonly file: string; readonly name: string }[];
    };
    expect(manifests.map(({ name }) => name)).toEqual(["evil\u001b]0;title\u0007"]);
    expect(manifests[0]?.file).toMatch(/^[a-z_][a-z0-9._-]*\/configmap-[a-z0-9._-]+\.yaml$/);
  });

  test("shows warnings of the program", () => {
    const { status, stderr } = did("logs");
    expect(status).toBe(1);
    expect(stderr).toContain("warning take care\\u001b[2J");
    expect(stderr).toContain("error gave up");
  });
});
