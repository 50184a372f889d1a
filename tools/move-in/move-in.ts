import { keyIn } from "../../images/housekeeping/src/backup/other-server";
import { usageText } from "../../preview/command";
import { HELP, readArguments } from "./arguments";
import { prepare, type Prepared } from "./prepare";
import { MoveInError, sourceIn } from "./source";

export interface Terminal {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly now: () => Date;
}

/** Prepares another server's backup, and says what to do with it. Returns the status to end with. */
export async function moveIn(args: readonly string[], { stdout, stderr, now }: Terminal): Promise<number> {
  const options = readArguments(args);
  if ("help" in options) {
    stdout.write(HELP);
    return 0;
  }
  if ("wrong" in options) {
    stderr.write(usageText("npm run move-in", options.wrong));
    return 2;
  }
  try {
    const source = await sourceIn(options.folder);
    if (options.printKey !== undefined) {
      const key = keyIn(source.config, options.printKey);
      if (key === undefined) throw new MoveInError(`${options.folder}: its configuration has no ${options.printKey}`);
      stdout.write(key);
      return 0;
    }
    stdout.write(nextSteps(await prepare(source, options, now()), options.stack));
    return 0;
  } catch (error) {
    if (!(error instanceof MoveInError)) throw error;
    stderr.write(`move-in: ${error.message}\n`);
    return 1;
  }
}

const nextSteps = (
  { name, folder }: Prepared,
  stack: string,
): string => `${folder} is ready. It holds the secrets of the old server: remove it afterwards.

1. gcloud storage cp --recursive ${folder} gs://PROJECT-gocd-${stack}-backups/gocd-${stack}/
2. In Pulumi.${stack}.yaml:
     gocd:backup:
       restore: ${name}
       otherServer: replace-keys
3. pulumi up --stack ${stack} --policy-pack policy --policy-pack-config policy-config.json

docs/operations/move-in.md has the rest: a stack that has run already, keys that are kept, artifacts.
`;
