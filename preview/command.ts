import { parseArgs, type ParseArgsConfig } from "node:util";
import { closest, distance } from "fastest-levenshtein";
import { escapeHidden } from "./escape";

/** A command that was called in a wrong way. The message is one line. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

type Options = NonNullable<ParseArgsConfig["options"]>;

/** More letters than this, or than half of a word, are another word. */
const TYPING_MISTAKES = 3;

/** Options and arguments of a command, as node:util has them. */
export type Parsed<Known extends Options> = ReturnType<
  typeof parseArgs<{ readonly options: Known; readonly allowPositionals: true }>
>;

/**
 * Reads the options of a command, each given at most once, and its arguments.
 *
 * @param names of the arguments that are wanted, all of them
 * @throws {UsageError} for what is unknown, missing, given twice or too much
 */
export function parseOptions<const Known extends Options>(
  args: readonly string[],
  options: Known,
  names: readonly string[] = [],
): Parsed<Known> {
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const known = options[token.name];
    if (known === undefined)
      throw new UsageError(`unknown option ${escapeHidden(token.rawName)}${suggestion(token.name, options)}`);
    // Of what could be the next option nobody knows whether it was meant as a value: `--name=-value` says so.
    const isOption = token.inlineValue === false && token.value.startsWith("-");
    if (known.type === "string" && (!token.value || isOption))
      throw new UsageError(`--${token.name}: a value is wanted`);
    if (known.type === "boolean" && token.value !== undefined) throw new UsageError(`--${token.name} takes no value`);
    if (seen.has(token.name)) throw new UsageError(`--${token.name} is given twice; once is wanted`);
    seen.add(token.name);
  }
  const parsed = parseArgs({ args: [...args], options, allowPositionals: true } as const);
  const { positionals } = parsed;
  if (seen.has("help")) return parsed;
  const unexpected = positionals[names.length];
  if (unexpected !== undefined) throw new UsageError(`unexpected argument ${escapeHidden(unexpected)}`);
  const missing = names[positionals.length];
  if (missing !== undefined) throw new UsageError(`the argument ${missing} is missing`);
  return parsed;
}

function suggestion(name: string, options: Options): string {
  const nearest = closest(name, Object.keys(options));
  return distance(nearest, name) <= Math.min(TYPING_MISTAKES, nearest.length / 2) ? `; did you mean --${nearest}?` : "";
}

/** A command of package.json or of a workflow. */
export interface Command {
  /** How it is called, for messages: `npm run bench`. */
  readonly name: string;
  readonly help: string;
  /** Names of its arguments. */
  readonly arguments?: readonly string[];
}

/**
 * Runs a command to its end: its help where that is asked for, one line and the status 2 where it is called in a wrong way, one
 * line and 1 where it fails.
 */
export async function runCommand<const Known extends Options>(
  { name, help, arguments: names }: Command,
  options: Known,
  run: (parsed: Parsed<Known>) => number | Promise<number>,
): Promise<void> {
  endWithReader();
  try {
    const parsed = parseOptions(process.argv.slice(2), { ...options, help: { type: "boolean", short: "h" } }, names);
    if ((parsed.values as { readonly help?: boolean }).help) process.stdout.write(help);
    else process.exitCode = await run(parsed);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const usage = error instanceof UsageError;
    process.stderr.write(usage ? usageText(name, message) : `error ${message}\n`);
    process.exitCode = usage ? 2 : 1;
  }
}

/** What is wrong with a call, in one line. */
export function usageText(name: string, message: string): string {
  return `${name}: ${message}; --help lists the options\n`;
}

/** Whoever reads the output may stop before its end, as `head` does: that is no failure, and there is nobody to tell. */
export function endWithReader(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
}
