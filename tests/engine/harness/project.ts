import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse, stringify } from "yaml";
import { ROOT } from "../../cluster/kubernetes/paths";

/** How a command ended, with everything it wrote, in the order in which it came. */
export interface Ended {
  readonly code: number;
  readonly text: string;
  /** What went to stdout alone, for commands that print data. */
  readonly stdout: string;
}

/** A command that runs. */
export interface Started {
  readonly child: ChildProcess;
  /** What it wrote so far. */
  readonly said: () => string;
  readonly ended: Promise<Ended>;
}

/** How to run a command. */
export interface CommandOptions {
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** The command is asked for a secret: what it writes is not kept for the search after secrets. */
  readonly tellsSecrets?: boolean;
}

/** What Pulumi's exported state holds of a resource. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly custom: boolean;
  readonly protect?: boolean;
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[] | null>>;
  readonly parent?: string;
  readonly provider?: string;
}

interface StackFile {
  readonly config: Readonly<Record<string, unknown>>;
}

interface Exported {
  readonly deployment: { readonly resources?: readonly StateResource[] };
}

const KILLED = 128;

/** No command takes as long, on however slow a machine; one that does hangs. */
const MOST_MINUTES = 12;

/**
 * A copy of the checkout in which people work: Pulumi writes stack files, and tests change settings and sources. Packages are the
 * checkout's own.
 */
export class Project {
  /** File with everything that any command wrote, for the search after secrets. */
  readonly transcript: string;

  constructor(
    readonly directory: string,
    readonly environment: NodeJS.ProcessEnv,
  ) {
    this.transcript = `${directory}.log`;
    if (!existsSync(directory)) copyCheckout(directory);
  }

  /** Runs a line of shell as people type it, without a terminal. */
  run(line: string, options: CommandOptions = {}): Promise<Ended> {
    return this.start(line, options).ended;
  }

  /** The same, and rejects with the end of what it wrote unless it ends well. */
  async must(line: string, options: CommandOptions = {}): Promise<Ended> {
    const ended = await this.run(line, options);
    if (ended.code !== 0) throw new Error(`${line} ended with ${ended.code}\n${ended.text.slice(-6000)}`);
    return ended;
  }

  /** Starts a line of shell; the process is the leader of a group of its own, so that a signal reaches all of it. */
  start(line: string, { input, env, tellsSecrets }: CommandOptions = {}): Started {
    const child = spawn("bash", ["-o", "pipefail", "-c", line], {
      cwd: this.directory,
      env: { ...this.environment, ...env },
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
    });
    let text = "";
    let stdout = "";
    child.stdout.on("data", (bytes: Buffer) => {
      text += bytes.toString();
      stdout += bytes.toString();
    });
    child.stderr.on("data", (bytes: Buffer) => (text += bytes.toString()));
    child.stdin.on("error", () => undefined);
    child.stdin.end(input ?? "");
    const hung = setTimeout(() => {
      text += `\nthe tests ended this command, which hung: it had run for ${MOST_MINUTES} minutes\n`;
      signalGroup(child, "SIGKILL");
    }, MOST_MINUTES * 60_000);
    const ended = new Promise<Ended>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => {
        clearTimeout(hung);
        appendFileSync(this.transcript, `$ ${line}\n${tellsSecrets ? "" : text}`);
        resolve({ code: code ?? KILLED, text, stdout });
      });
    });
    return { child, said: () => text, ended };
  }

  /** Changes keys of a stack file, as an editor does; what Pulumi wrote into it stays. */
  configure(stack: string, keys: Readonly<Record<string, unknown>>): void {
    const file = path.join(this.directory, `Pulumi.${stack}.yaml`);
    const content = parse(readFileSync(file, "utf8")) as StackFile;
    writeFileSync(file, stringify({ ...content, config: { ...content.config, ...keys } }));
  }

  /** Does something with other settings of a stack, and puts the file back as it was. */
  async edited<T>(stack: string, keys: Readonly<Record<string, unknown>>, work: () => Promise<T>): Promise<T> {
    const file = path.join(this.directory, `Pulumi.${stack}.yaml`);
    const before = readFileSync(file);
    this.configure(stack, keys);
    try {
      return await work();
    } finally {
      writeFileSync(file, before);
    }
  }

  /** Sets secrets of a stack as people do: those of a map, which comes as JSON, one by one by their paths. */
  async setSecrets(stack: string, secrets: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, value] of Object.entries(secrets).flatMap(([key, text]) => leaves(key, text)))
      await this.must(`pulumi config set --secret --path ${path} --stack ${stack}`, { input: value });
  }

  /** Writes the settings of a stack anew. */
  writeStack(stack: string, config: Readonly<Record<string, unknown>>): void {
    writeFileSync(path.join(this.directory, `Pulumi.${stack}.yaml`), stringify({ config }));
  }

  /** The resources in the stack's state; secrets stay encrypted. */
  async state(stack: string): Promise<readonly StateResource[]> {
    const { stdout } = await this.must(`pulumi stack export --stack ${stack}`);
    const exported = JSON.parse(stdout) as Exported;
    return exported.deployment.resources ?? [];
  }
}

/** Sends a signal to a command and to whatever it started in its group. */
export function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid !== undefined) process.kill(-pid, signal);
}

function copyCheckout(directory: string): void {
  mkdirSync(directory, { recursive: true });
  const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: ROOT })
    .toString()
    .split("\0")
    .filter((file) => file !== "" && !file.startsWith("tests/"));
  for (const file of files) cpSync(path.join(ROOT, file), path.join(directory, file), { errorOnExist: false });
  symlinkSync(path.join(ROOT, "node_modules"), path.join(directory, "node_modules"));
}

/** The texts of a map by their paths; a text that is no JSON is its own. */
function leaves(path: string, text: string): readonly (readonly [path: string, value: string])[] {
  if (!text.startsWith("{")) return [[path, text]];
  const entries = Object.entries(JSON.parse(text) as Readonly<Record<string, unknown>>);
  return entries.flatMap(([key, value]) =>
    leaves(`${path}.${key}`, typeof value === "string" ? value : JSON.stringify(value)),
  );
}
