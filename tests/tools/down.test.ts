import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { down } from "../../tools/down/down";
import { holds } from "../../tools/down/left";
import { plannedRun, succeeded } from "../support/program";

const root = join(__dirname, "..", "..");

const urn = (type: string, name: string) => `urn:pulumi:dev::gocd::${type}::${name}`;
const DISK = "gcp:compute/disk:Disk";
const BYTES = "random:index/randomBytes:RandomBytes";

const STATE = {
  version: 3,
  deployment: {
    resources: [
      { urn: urn("pulumi:pulumi:Stack", "gocd-dev"), type: "pulumi:pulumi:Stack", custom: false },
      { urn: urn("gocd:disks:Disks", "gocd-dev"), type: "gocd:disks:Disks", custom: false },
      { urn: urn("pulumi:providers:gcp", "default"), type: "pulumi:providers:gcp", custom: true },
      {
        urn: urn("gcp:compute/resourcePolicy:ResourcePolicy", "gocd-dev"),
        type: "gcp:compute/resourcePolicy:ResourcePolicy",
        custom: true,
      },
      { urn: urn(`gocd:disks:Disks$${DISK}`, "gocd-dev-data"), type: DISK, custom: true, protect: true },
      {
        urn: urn(BYTES, "gocd-dev-cipher"),
        type: BYTES,
        custom: true,
        protect: true,
        outputs: { hex: { ciphertext: "v1:SECRET" } },
      },
    ],
  },
};

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "down-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** A `pulumi` that writes down how it was called, and answers as told. */
function fakePulumi({ destroy = 0, state = JSON.stringify(STATE), exporting = 0 } = {}): void {
  writeFileSync(join(directory, "state.json"), state);
  const script = [
    "#!/bin/sh",
    `echo "$*" >>${directory}/calls`,
    `env | grep '^PULUMI_OPTION' >>${directory}/environment`,
    'case "$1" in',
    `  destroy) exit ${destroy} ;;`,
    `  stack) cat ${directory}/state.json; exit ${exporting} ;;`,
    "esac",
    "exit 99",
    "",
  ].join("\n");
  writeFileSync(join(directory, "pulumi"), script);
  chmodSync(join(directory, "pulumi"), 0o755);
}

function run(args: string[], environment: Record<string, string> = {}) {
  const written = { stdout: "", stderr: "" };
  const status = down(args, {
    environment: { PATH: `${directory}:/usr/bin:/bin`, ...environment },
    stdout: { write: (text) => (written.stdout += text) },
    stderr: { write: (text) => (written.stderr += text) },
  });
  const read = (file: string) => {
    try {
      return readFileSync(join(directory, file), "utf8").split("\n").filter(Boolean);
    } catch {
      return [];
    }
  };
  return { status, ...written, calls: read("calls"), options: read("environment") };
}

describe("npm run down", () => {
  test("destroys all but the protected, then says what is left and what it holds", () => {
    fakePulumi();
    const { status, stdout, calls } = run(["--stack", "dev", "--yes"]);
    expect(calls).toEqual(["destroy --exclude-protected --stack dev --yes", "stack export --stack dev"]);
    expect(stdout).toMatch(/because protected: 2\n +gocd-dev-cipher +the key of encrypted values/);
    expect(stdout).toMatch(/gocd-dev-data +GoCD's configuration, database and plugins/);
    expect(stdout).toMatch(/needs it: gocd-dev \(ResourcePolicy\)\n/);
    expect(stdout).toContain("docs/operations/destroy.md");
    expect(status).toBe(0);
  });

  test("says nothing of secrets, providers and components", () => {
    fakePulumi();
    const { stdout } = run([]);
    expect(stdout).not.toMatch(/SECRET|ciphertext|providers|Stack/);
  });

  test.each([
    [["-s=dev"], "stack export -s=dev"],
    [["-sdev"], "stack export -sdev"],
    [["-C", "elsewhere", "-y", "--stack=dev"], "stack export -C elsewhere --stack=dev"],
    [["--yes"], "stack export"],
  ])("reads the list from where %j points", (args, call) => {
    fakePulumi();
    expect(run(args).calls[1]).toBe(call);
  });

  test("says so when nothing is left", () => {
    fakePulumi({ state: JSON.stringify({ version: 3, deployment: {} }) });
    expect(run([]).stdout).toContain("Nothing is left.");
  });

  test("lists nothing, and fails as Pulumi does, when the destroy fails or is declined", () => {
    fakePulumi({ destroy: 255 });
    const { status, calls, stdout } = run(["--stack", "dev"]);
    expect({ status, stdout, calls: calls.length }).toEqual({ status: 255, stdout: "", calls: 1 });
  });

  test("lists nothing after a mere preview", () => {
    fakePulumi();
    expect(run(["--preview-only"]).calls).toEqual(["destroy --exclude-protected --preview-only"]);
  });

  test("says that the list is missing when the state cannot be read", () => {
    fakePulumi({ exporting: 3 });
    const { status, stderr } = run([]);
    expect(status).toBe(3);
    expect(stderr).toContain("could not be read");
  });

  test.each(["", "warning: no state", "{}", '{"deployment":{"resources":[{"urn":1}]}}'])(
    "says so when Pulumi prints %j for a state",
    (state) => {
      fakePulumi({ state });
      const { status, stdout, stderr } = run([]);
      expect(status).toBe(1);
      expect(stdout).toBe("");
      expect(stderr).toBe(
        "The stack is down, but what is left could not be read: pulumi stack export gave no state. To look: pulumi stack.\n",
      );
    },
  );

  test.each([
    "--ignore-protect",
    "--exclude-protected=false",
    "--remove",
    "--remove=true",
    "--target=urn",
    "-t",
    "-turn",
  ])("refuses %s and calls nothing", (option) => {
    fakePulumi();
    const { status, stderr, calls } = run(["--stack", "dev", option]);
    expect({ status, calls }).toEqual({ status: 2, calls: [] });
    expect(stderr).toContain(option);
  });

  test.each([
    [["--hepl"], "unknown option --hepl; did you mean --help?"],
    [["--stakc", "dev"], "unknown option --stakc; did you mean --stack?"],
    [["--exclude", "urn"], "unknown option --exclude"],
    [["dev"], "unexpected argument dev"],
    [["--stack", "dev", "-s", "test"], "--stack is given twice; once is wanted"],
  ])("refuses %j in one line, and calls nobody", (args, why) => {
    fakePulumi();
    const { status, stdout, stderr, calls } = run(args);
    expect({ status, stdout, calls }).toEqual({ status: 2, stdout: "", calls: [] });
    expect(stderr).toMatch(/^npm run down: [^\n]+; --help lists the options\n$/);
    expect(stderr).toContain(why);
  });

  test("does not let the environment add what the command line may not", () => {
    fakePulumi();
    const { options } = run([], {
      PULUMI_OPTION_IGNORE_PROTECT: "true",
      PULUMI_OPTION_REMOVE: "true",
      PULUMI_OPTION_EXCLUDE_PROTECTED: "false",
      PULUMI_OPTION_TARGET: "urn",
      PULUMI_OPTION_PARALLEL: "4",
    });
    expect([...new Set(options)]).toEqual(["PULUMI_OPTION_PARALLEL=4"]);
  });

  test("tells where to get the CLI when there is none", () => {
    const { status, stderr } = run(["--stack", "dev"], { PATH: directory });
    expect(status).toBe(127);
    expect(stderr).toContain("docs/operations/install.md");
  });

  test("is what npm run down starts", () => {
    fakePulumi();
    const { status, stdout } = spawnSync("npm", ["run", "-s", "down", "--", "--stack", "dev"], {
      cwd: root,
      encoding: "utf8",
      env: { ...process.env, PATH: `${directory}:${process.env["PATH"] ?? ""}` },
    });
    expect({ status, calls: readFileSync(join(directory, "calls"), "utf8") }).toEqual({
      status: 0,
      calls: "destroy --exclude-protected --stack dev\nstack export --stack dev\n",
    });
    expect(stdout).toContain("Left, because protected: 2");
  });

  test("explains itself without calling Pulumi", () => {
    const { status, stdout, calls } = run(["--help"]);
    expect({ status, calls }).toEqual({ status: 0, calls: [] });
    expect(stdout).toContain("pulumi destroy --exclude-protected");
  });
});

describe("the list of what is left", () => {
  test("knows a disk that was made from a snapshot", () => {
    expect(holds(DISK, "gocd-dev-data-before-upgrade")).toContain("configuration");
    expect(holds(DISK, "gocd-dev-artifacts-before-upgrade")).toContain("artifacts");
  });

  test("has words for everything that the program protects", async () => {
    const kept = succeeded(await plannedRun()).filter((resource) => resource.protect);
    expect(kept.length).toBeGreaterThan(5);
    expect(kept.filter(({ type, name }) => holds(type, name) === type)).toEqual([]);
  });
});
