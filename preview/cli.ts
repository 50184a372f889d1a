import { join, relative, resolve } from "node:path";
import type { Policies } from "@pulumi/policy";
import { against } from "./base/against";
import { startBase, type Base } from "./base/base";
import type { AdaptRules } from "./difference/rules/rule";
import { parseOptions, UsageError, usageText } from "./command";
import { render } from "./show/render";
import { makeFolder, writeManifests } from "./show/manifest-files";
import { assemble, exitCode } from "./preview";
import { ConfigurationError, readProject } from "./run/project";
import { plannedProviders } from "./run/providers";
import { runProgram } from "./run/run";
import { failureText, type View } from "./show/preview-text";
import { printable } from "./escape";
import { styleFor, wantsColour } from "./show/terminal";

const HELP = `Usage: npm run preview -- [options]

Shows what pulumi up would register for a stack: resources, protection, policy verdict, and the Kubernetes manifests
as files. Needs no Pulumi CLI, no cloud account and no network. Values that only a provider can give show as
«known after up», secrets as «secret»; what exists already in the cloud is not compared (pulumi preview does that).

  --stack NAME   the stack: its settings are Pulumi.NAME.yaml (default: dev)
  --out DIR      where the manifests go (default: out/NAME)
  --against REF  what differs from another version (branch, tag, commit): resources added, removed, changed by field,
                 what is replaced and lost, which pods restart; that version is checked out in a temporary directory
  --json         the same as JSON on standard output; its shape is described in preview/show/preview-json.ts
  --help         this text

Exit status: 0 fine, 1 a mandatory policy is broken or the program failed, 2 the settings are wrong.
`;

/** What Pulumi allows as the name of a stack, without an organisation before it. */
const STACK_NAME = /^[A-Za-z0-9_.-]{1,100}$/;

/** Where the preview runs and where it writes. */
export interface CliContext {
  /** Directory of the project: `Pulumi.yaml`, the stacks' files, the program. */
  readonly directory: string;
  /** Path of the program's main module. */
  readonly program: string;
  readonly policies: Policies;
  /** What the program adds to the rules about the types of its resources. */
  readonly adaptRules?: AdaptRules;
  /** Where to read on before `pulumi up`, in brackets. */
  readonly upNote?: string;
  /** What else the program has to say of the resources: the last lines but one. */
  readonly closing?: View["closing"];
  readonly notePolicies?: View["notePolicies"];
  readonly environment: NodeJS.ProcessEnv;
  readonly stdout: Output;
  readonly stderr: Output;
}

/** A standard stream. */
export interface Output {
  readonly isTTY?: boolean;
  /** Width of the terminal. */
  readonly columns?: number;
  write(text: string): unknown;
}

/** Runs the command. Resolves to its exit status. */
export async function cli(args: readonly string[], context: CliContext): Promise<0 | 1 | 2> {
  const {
    directory,
    program,
    policies,
    adaptRules,
    upNote = "",
    closing,
    notePolicies = [],
    environment,
    stdout,
    stderr,
  } = context;
  let base: Base | undefined;
  try {
    const options = parse(args);
    if (options.help) {
      stdout.write(HELP);
      return 0;
    }
    const out = resolve(directory, options.out ?? join("out", options.stack));
    const ref = options.against;
    const project = readProject(directory, options.stack);
    makeFolder(out);
    const progress = (line: string) => stderr.write(`${printable(line)}\n`);
    if (project.note !== undefined) progress(project.note);
    if (ref !== undefined) base = await startBase(directory, ref, options.stack, progress);
    const run = await runProgram({ project, directory, program, providers: plannedProviders, dryRun: true });
    const result = await assemble(project, run, policies);
    const failed = result.errors.length > 0;
    if (!failed) writeManifests(out, result.manifests);
    const comparison =
      base === undefined || ref === undefined || failed
        ? undefined
        : await against(base, ref, { project, run, directory, adaptRules });
    const stream = failed && options.form === "text" ? stderr : stdout;
    const style = styleFor(wantsColour(stream, environment));
    stream.write(
      render(result, comparison, {
        form: options.form,
        out: shortest(out),
        upNote,
        ...(closing && { closing }),
        notePolicies,
        style,
        columns: stream.columns,
      }),
    );
    return exitCode(result);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof UsageError) {
      stderr.write(usageText("npm run preview", printable(message)));
      return 2;
    }
    stderr.write(`${failureText({ message, trace: [] }, styleFor(wantsColour(stderr, environment)))}\n`);
    return error instanceof ConfigurationError ? 2 : 1;
  } finally {
    base?.dispose();
  }
}

/** As seen from here, unless that leads up and away. */
function shortest(path: string): string {
  const from = relative(process.cwd(), path) || ".";
  return from.startsWith("..") ? path : from;
}

interface Options {
  readonly stack: string;
  readonly out: string | undefined;
  readonly form: "text" | "json";
  /** The version to compare with. */
  readonly against: string | undefined;
  readonly help: boolean;
}

/** @throws {UsageError} */
function parse(args: readonly string[]): Options {
  const { values } = parseOptions(args, {
    stack: { type: "string", default: "dev" },
    out: { type: "string" },
    against: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  });
  const { stack, out, against, json, help } = values;
  if (!STACK_NAME.test(stack))
    throw new UsageError(`--stack ${stack}: a stack's name has letters, digits, dots, dashes and underscores only`);
  return { stack, out, form: json ? "json" : "text", against, help };
}
