/**
 * A fixture for the scripts of `images/`: they run in a real shell on real files below a temporary directory, and the
 * commands that would reach outside it (docker, curl, mount, …) are stand-ins that write down how they were called.
 */
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

const images = path.resolve(__dirname, "../../images");

/** What a script did: its exit status (null if a signal ended it), and both outputs together. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Commands that this machine's sh was seen to take from PATH. */
const takenFromPath = new Set<string>();

export class ShellFixture {
  readonly dir = fs.mkdtempSync(path.join(os.tmpdir(), "images-"));

  constructor() {
    fs.mkdirSync(this.path("commands"));
    // Stand-ins are found first, the scripts' own siblings next, then what a POSIX system has. These are never the real ones.
    for (const name of ["sleep", "mount", "umount"]) this.command(name);
  }

  /** A path below the fixture's directory. */
  path(...parts: readonly string[]): string {
    return path.join(this.dir, ...parts);
  }

  /** Writes a file and the directories above it; returns its path. */
  write(name: string, content: string, mode = 0o644): string {
    const file = this.path(name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content, { mode });
    return file;
  }

  /** The content of a file, or undefined if there is none. */
  read(name: string): string | undefined {
    const file = this.path(name);
    return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
  }

  /** Removes a file or directory, if it is there. */
  remove(name: string): void {
    fs.rmSync(this.path(name), { recursive: true, force: true });
  }

  /** Permission bits of a file, in octal digits. */
  mode(name: string): string {
    return (fs.statSync(this.path(name)).mode & 0o7777).toString(8);
  }

  /** Puts a stand-in on PATH. `body` is shell and sees the directory as `$FIXTURE`; each call is written down first. */
  command(name: string, body = ""): void {
    const script = `#!/bin/sh\nprintf '%s\\n' "${name}\${*:+ $*}" >>"$FIXTURE/calls"\n${body}\n`;
    this.write(path.join("commands", name), script, 0o755);
  }

  /** Every call of a stand-in, in order, as `name argument argument`; only those of `names` if any are given. */
  calls(...names: readonly string[]): readonly string[] {
    const all = (this.read("calls") ?? "").split("\n").filter((line) => line !== "");
    return names.length === 0 ? all : all.filter((line) => names.includes(line.split(" ")[0] ?? ""));
  }

  /**
   * A curl that gives these answers one after the other, the last one repeated: `"200 body"`, or `"000"` for silence. What it
   * reads on standard input (`--config -`) is kept in the file `requests`.
   */
  server(...answers: readonly string[]): void {
    this.write("answers", answers.map((answer) => `${answer}\n`).join(""));
    this.command(
      "curl",
      `case " $* " in
  *" --config - "*) cat >>"$FIXTURE/requests" ;;
  *8152*) exit "\${AGENT_HEALTH:-7}" ;;
esac
{
  IFS= read -r answer
  rest=
  while IFS= read -r line; do rest="$rest$line
"; done
} <"$FIXTURE/answers"
[ -z "$rest" ] || printf '%s' "$rest" >"$FIXTURE/answers"
status=\${answer%% *}
[ "$status" != 000 ] || { printf '\\n000'; exit 7; }
body=\${answer#"$status"}
printf '%s\\n%s' "\${body# }" "$status"`,
    );
  }

  /** A sleep that ends the script that waits after so many calls, for what otherwise never ends. */
  killAfterSleeps(count: number): void {
    this.command("sleep", `[ "$(grep -c '^sleep' "$FIXTURE/calls")" -lt ${count} ] || kill -TERM "$PPID"`);
  }

  /** Runs a script of `images/` with stand-ins on PATH and nothing of this process's environment but PATH. */
  run(
    script: string,
    options: {
      readonly args?: readonly string[];
      readonly env?: Readonly<Record<string, string>>;
      readonly input?: string;
    } = {},
  ): Outcome {
    return this.runFile(path.join(images, script), script.split("/")[0] ?? "", options);
  }

  /** Runs a script of the test's own, with the commands of an image of ours on PATH as well. */
  runBeside(image: string, body: string, env: Readonly<Record<string, string>> = {}): Outcome {
    return this.runFile(this.write("script", body), image, { env });
  }

  private runFile(
    file: string,
    image: string,
    options: {
      readonly args?: readonly string[];
      readonly env?: Readonly<Record<string, string>>;
      readonly input?: string;
    },
  ): Outcome {
    const siblings = path.join(images, image, "bin");
    const env = {
      PATH: [this.path("commands"), siblings, path.dirname(file), process.env["PATH"] ?? "/usr/bin:/bin"].join(":"),
      FIXTURE: this.dir,
      ...this.emptied(),
      ...options.env,
    };
    this.refuseBuiltInCommands(env);
    const result = spawnSync("sh", [file, ...(options.args ?? [])], {
      encoding: "utf8",
      input: options.input ?? "",
      // Only what hangs has to end.
      timeout: 200_000,
      env,
    });
    return { status: result.status, stdout: result.stdout, stderr: result.stderr };
  }

  /** What scripts empty is never this machine's own. */
  private emptied(): Readonly<Record<string, string>> {
    return {
      DIND_TMP: this.path("tmp"),
      TEMPORARY_DIRECTORIES: this.path("tmp"),
      WORKSPACE: this.path("workspace"),
      CLEAN_HOME: this.path("home"),
      INIT_PID: "none",
      CGROUP_ROOT: this.path("cgroup"),
    };
  }

  /** Some builds of busybox have a shell that prefers its own mount to the one on PATH: as root that would be the real one. */
  private refuseBuiltInCommands(env: Readonly<Record<string, string>>): void {
    const names = fs.readdirSync(this.path("commands"));
    if (names.every((name) => takenFromPath.has(name))) return;
    const found = spawnSync("sh", ["-c", 'for name; do command -v "$name"; done', "sh", ...names], {
      encoding: "utf8",
      env,
    });
    const wanted = names.map((name) => `${this.path("commands", name)}\n`).join("");
    if (found.stdout !== wanted)
      throw new Error(`this machine's sh does not take its commands from PATH: ${found.stdout}`);
    for (const name of names) takenFromPath.add(name);
  }

  /** Removes the directory. */
  clear(): void {
    fs.rmSync(this.dir, { recursive: true, force: true });
  }
}

/** Gives each test of a file a fixture of its own; call it at the top of the file. */
export function useShellFixture(): () => ShellFixture {
  let shell: ShellFixture | undefined;
  beforeEach(() => {
    shell = new ShellFixture();
  });
  afterEach(() => {
    shell?.clear();
    shell = undefined;
  });
  return () => {
    if (shell === undefined) throw new Error("there is no fixture outside a test");
    return shell;
  };
}
