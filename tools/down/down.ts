import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { parseOptions, UsageError, usageText } from "../../preview/command";
import { left, leftText } from "./left";

const HELP = `Usage: npm run down -- [--stack NAME] [options of pulumi destroy]

Destroys a stack except what is protected (pulumi destroy --exclude-protected), then lists what is left and what it
holds. The disks, the keys that their data depends on, and the images stay; pulumi up goes on with them.

Options of pulumi destroy that are passed on: --yes, --parallel N, --preview-only, --skip-preview, --refresh, --run-program,
--diff, --message TEXT, --cwd DIR, --config-file FILE, --non-interactive, --color WHEN, --debug, --verbose N, --logtostderr,
--show-full-output, --suppress-outputs, --suppress-progress.
`;

const MISSING = `The Pulumi CLI is not on PATH. How to install it: docs/operations/install.md.\n`;

/** Options of `pulumi destroy` that would reach further than this command may. */
const TOO_FAR: Readonly<Record<string, string>> = {
  "--ignore-protect": "deletes what is protected",
  "--exclude-protected": "is what this command says already",
  "--remove": "deletes the stack with its settings and keys",
  "--target": "is no way to take the whole stack down; use pulumi destroy --target",
  "-t": "is no way to take the whole stack down; use pulumi destroy --target",
};

const TEXT = { type: "string" } as const;
const SWITCH = { type: "boolean" } as const;

/** Options that are passed on: those of `pulumi destroy` that do not change what goes. */
const PASSED_ON = {
  help: { ...SWITCH, short: "h" },
  stack: { ...TEXT, short: "s" },
  cwd: { ...TEXT, short: "C" },
  "config-file": TEXT,
  color: TEXT,
  debug: { ...SWITCH, short: "d" },
  diff: SWITCH,
  logtostderr: SWITCH,
  message: { ...TEXT, short: "m" },
  "non-interactive": SWITCH,
  parallel: { ...TEXT, short: "p" },
  "preview-only": SWITCH,
  refresh: { ...SWITCH, short: "r" },
  "run-program": SWITCH,
  "show-full-output": SWITCH,
  "skip-preview": { ...SWITCH, short: "f" },
  "suppress-outputs": SWITCH,
  "suppress-progress": SWITCH,
  verbose: { ...TEXT, short: "v" },
  yes: { ...SWITCH, short: "y" },
} as const;

/** Options with which Pulumi is told where the stack is; the list is read from the same place. */
const PLACE = ["--stack", "-s", "--cwd", "-C"];

/** Where the command runs and where it writes. */
export interface CliContext {
  readonly environment: NodeJS.ProcessEnv;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/**
 * Runs `pulumi destroy --exclude-protected` with further options and shows what it left.
 *
 * @returns the exit status: Pulumi's own, 2 for an option that is refused, 127 if there is no Pulumi.
 */
export function down(args: readonly string[], { environment, stdout, stderr }: CliContext): number {
  if (args.includes("--help") || args.includes("-h")) {
    stdout.write(HELP);
    return 0;
  }
  for (const arg of args) {
    const reason = TOO_FAR[optionOf(arg)];
    if (reason !== undefined) {
      stderr.write(`npm run down: ${arg} ${reason}. docs/operations/destroy.md says how data is deleted.\n`);
      return 2;
    }
  }
  try {
    parseOptions(args, PASSED_ON);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    stderr.write(usageText("npm run down", error.message));
    return 2;
  }
  // Pulumi takes every option from the environment as well.
  const env = Object.fromEntries(
    Object.entries(environment).filter(
      ([key]) => !/^PULUMI_OPTION_(IGNORE_PROTECT|EXCLUDE_PROTECTED|REMOVE|TARGET)$/.test(key),
    ),
  );

  const destroyed = spawnSync("pulumi", ["destroy", "--exclude-protected", ...args], { env, stdio: "inherit" });
  if (isMissing(destroyed)) {
    stderr.write(MISSING);
    return 127;
  }
  if (destroyed.status !== 0) return destroyed.status ?? 1;
  if (args.includes("--preview-only")) return 0;

  const exported = spawnSync("pulumi", ["stack", "export", ...place(args)], {
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 1 << 30,
  });
  const kept = exported.status === 0 ? left(exported.stdout) : undefined;
  if (kept === undefined) {
    stderr.write(
      "The stack is down, but what is left could not be read: pulumi stack export gave no state. To look: pulumi stack.\n",
    );
    return exported.status || 1;
  }
  stdout.write(`\n${leftText(kept)}`);
  return 0;
}

function isMissing({ error }: SpawnSyncReturns<unknown>): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === "ENOENT";
}

/** The option of an argument that may hold its value as well: `--stack=dev`, `-s=dev`, `-sdev`. */
function optionOf(arg: string): string {
  return /^-[^-]/.test(arg) ? arg.slice(0, 2) : (arg.split("=", 1)[0] ?? arg);
}

/** Those of the options that say which stack is meant, with their values. */
function place(args: readonly string[]): string[] {
  return args.flatMap((arg, index) => {
    const option = optionOf(arg);
    if (!PLACE.includes(option)) return [];
    return arg === option ? args.slice(index, index + 2) : [arg];
  });
}
