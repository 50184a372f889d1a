// The command for projects elsewhere, one call after the other, in a process that does nothing else: prints what each did.
import { policies } from "../../policy/policies";
import { cli } from "../../preview/cli";

/** What to call it with. */
export interface Call {
  readonly directory: string;
  /** The program's main module. */
  readonly program: string;
  readonly args: readonly string[];
}

/** What it did. */
export interface Called {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function called({ directory, program, args }: Call): Promise<Called> {
  // It may lie outside of its project's directory, which is loaded anew each time.
  Reflect.deleteProperty(require.cache, program);
  const written = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof written) => ({ write: (text: string) => (written[name] += text) });
  const [stdout, stderr] = [stream("stdout"), stream("stderr")];
  const status = await cli(args, { directory, program, policies, environment: process.env, stdout, stderr });
  return { status, ...written };
}

void (async () => {
  const results: Called[] = [];
  for (const call of JSON.parse(process.argv[2] ?? "[]") as readonly Call[]) results.push(await called(call));
  process.stdout.write(JSON.stringify(results));
})();
