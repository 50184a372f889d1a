// Slow: each version is checked out, installed and run in Pulumi's own host, as in use.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../support/program";

const PROGRAM = (type: string, extra = "") => `import * as gcp from "@pulumi/gcp/compute";
new gcp.Disk("data", { zone: "us-central1-a", type: "${type}", size: 10 }, { protect: true });
${extra}`;

let home = "";
let repository = "";
let temporary = "";

const git = (...args: string[]) => execFileSync("git", args, { cwd: repository, encoding: "utf8" });
const write = (file: string, text: string) => {
  writeFileSync(join(repository, file), text);
};

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), "gocd-difference-test-")));
  repository = join(home, "repository");
  temporary = join(home, "temporary");
  mkdirSync(join(repository, "sub", "project"), { recursive: true });
  mkdirSync(temporary);
  git("init", "--quiet", "--initial-branch=main");
  git("config", "user.email", "test@example.com");
  git("config", "user.name", "Test");
  symlinkSync(join(ROOT, "node_modules"), join(repository, "node_modules"), "dir");
  write("package.json", '{ "name": "sample", "private": true }');
  write(".gitignore", "node_modules\nout\n");
  write("Pulumi.yaml", "name: sample\nruntime: nodejs\n");
  write("Pulumi.dev.yaml", "config: {}\n");
  write("index.ts", PROGRAM("pd-balanced"));
  git("add", ".");
  git("commit", "--quiet", "-m", "first");
  git("tag", "first");
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(
  args: readonly string[],
  directory = repository,
): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const child = spawn(
    process.execPath,
    ["-r", "offline-preview/register", join(__dirname, "preview-of.ts"), directory, ...args],
    { cwd: ROOT, env: { ...process.env, TMPDIR: temporary, NO_COLOR: "1" }, stdio: ["ignore", "pipe", "pipe"] },
  );
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].on("data", (chunk: Buffer) => {
      said[stream] += chunk.toString();
    });
  }
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (status, signal) => {
      resolve({ status, signal, ...said });
    });
  });
  return { child, ended };
}

const preview = (...args: string[]) => start(args).ended;

/** Nothing is left: no checkout, and git knows of none. */
function expectClean(): void {
  expect(readdirSync(temporary).filter((name) => name.startsWith("offline-preview-"))).toEqual([]);
  expect(git("worktree", "list", "--porcelain").match(/^worktree /gm)).toHaveLength(1);
}

describe("the comparison with another version", () => {
  test("is empty when nothing was edited", async () => {
    const { stdout, status } = await preview("--against", "HEAD");
    expect(stdout).toMatch(/^stack dev against HEAD \([0-9a-f]{9}\) · nothing changes\n$/);
    expect(status).toBe(0);
    expectClean();
  }, 120_000);

  test("sees changes that are not committed, and leaves them, the index and the branch as they are", async () => {
    write("index.ts", PROGRAM("pd-ssd"));
    git("add", "index.ts");
    write("index.ts", PROGRAM("pd-ssd", "// not staged"));
    write("new-file", "");
    const before = [git("status", "--porcelain"), git("rev-parse", "HEAD"), git("stash", "list"), git("branch", "-a")];
    const { stdout } = await preview("--against", "first");
    expect(stdout).toContain("replace gcp compute Disk data  REFUSED");
    expect(stdout).toContain("Pulumi refuses: the resource is protected");
    expect([git("status", "--porcelain"), git("rev-parse", "HEAD"), git("stash", "list"), git("branch", "-a")]).toEqual(
      before,
    );
    expect(readFileSync(join(repository, "index.ts"), "utf8")).toContain("not staged");
    expectClean();
  }, 120_000);

  test("leaves other checkouts known that are out of reach at the time", async () => {
    const other = join(home, "other");
    git("worktree", "add", "--quiet", "--detach", other, "first");
    rmSync(other, { recursive: true });
    const { status } = await preview("--against", "HEAD");
    expect(status).toBe(0);
    const known = git("worktree", "list", "--porcelain").match(/^worktree .*$/gm);
    expect(known).toEqual([`worktree ${repository}`, `worktree ${other}`]);
  }, 120_000);

  test("compares a project in a folder of its repository with the same folder", async () => {
    for (const file of ["Pulumi.yaml", "Pulumi.dev.yaml", "index.ts", "package.json"])
      write(join("sub", "project", file), readFileSync(join(repository, file), "utf8"));
    const project = join(repository, "sub", "project");
    symlinkSync(join(ROOT, "node_modules"), join(project, "node_modules"), "dir");
    git("add", ".");
    git("commit", "--quiet", "-m", "second");
    const { stdout } = await start(["--against", "HEAD"], project).ended;
    expect(stdout).toContain("nothing changes");
    expectClean();
  }, 120_000);

  test("takes a stack that the other version does not have as new", async () => {
    write("Pulumi.next.yaml", "config: {}\n");
    const { stdout } = await preview("--against", "HEAD", "--stack", "next", "--json");
    const { difference } = JSON.parse(stdout) as {
      readonly difference: { readonly totals: object; readonly notes: string[] };
    };
    expect(difference.totals).toMatchObject({ added: 2, removed: 0, changed: 0 });
    expect(difference.notes).toEqual(["HEAD has no stack next: everything in it is new"]);
  }, 120_000);

  test("runs no hook of the repository", async () => {
    write(".git/hooks/post-checkout", "#!/bin/sh\ntouch hooked\n");
    execFileSync("chmod", ["+x", join(repository, ".git/hooks/post-checkout")]);
    await preview("--against", "HEAD");
    expect(readdirSync(repository)).not.toContain("hooked");
  }, 120_000);

  test.each(["no-such-branch", "--upload-pack=x", "HEAD:index.ts", "$(touch hacked)"])(
    "says that there is no version %s, and how to get one",
    async (ref) => {
      const { status, stdout, stderr } = await preview(`--against=${ref}`);
      expect(stderr).toContain(`--against ${ref}: the repository has no such version`);
      expect([status, stdout]).toEqual([1, ""]);
      expectClean();
    },
    120_000,
  );

  test("says that there is no repository", async () => {
    rmSync(join(repository, ".git"), { recursive: true });
    const { status, stderr } = await preview("--against", "HEAD");
    expect(stderr).toMatch(/--against needs a git repository/);
    expect(status).toBe(1);
  }, 120_000);

  test("tells why the other version's program failed", async () => {
    write("index.ts", 'throw new Error("broken on purpose");');
    git("commit", "--quiet", "-am", "broken");
    write("index.ts", PROGRAM("pd-balanced"));
    const { status, stderr } = await preview("--against", "HEAD");
    expect(stderr).toMatch(/The program of HEAD failed: .*broken on purpose/s);
    expect(status).toBe(1);
    expectClean();
  }, 120_000);

  test.each(["SIGINT", "SIGTERM"] as const)(
    "leaves nothing behind when %s ends it",
    async (signal) => {
      // The other version takes its time.
      write("index.ts", PROGRAM("pd-balanced", "setTimeout(() => undefined, 120_000);"));
      git("commit", "--quiet", "-am", "slow");
      const { child, ended } = start(["--against", "HEAD"]);
      while (!readdirSync(temporary).some((name) => name.startsWith("offline-preview-"))) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      child.kill(signal);
      const { signal: end } = await ended;
      expect(end).toBe(signal);
      expectClean();
      expect(git("status", "--porcelain")).toBe("");
    },
    120_000,
  );
});
