import { parseOptions, UsageError } from "../../preview/command";

export const HELP = `Usage: npm run move-in -- FOLDER [options]

Makes a backup of another GoCD server ready for gocd:backup.restore, and says
what to do with it. The folder is only read. It is one of:

  a backup that GoCD has made      version.txt, db.zip, config-dir.zip,
                                   config-repo.zip
  the data of a stopped server     config, db/h2db, db/config.git: /godata of
                                   its volume, which may be a folder in it

  --stack NAME     the stack that takes the place of that server (default: dev)
  --to FOLDER      where it is made ready (default: out/move-in)
  --version X.Y.Z  GoCD's, where the folder does not tell
  --migrated       the database of a GoCD before 20.5.0 has been migrated by
                   gocd-database-migrator and is in the folder
  --print-key KEY  prints tokenGenerationKey, webhookSecret,
                   agentAutoRegisterKey or serverId, for a pipe, and no more
  --help           this text
`;

const KEYS = ["tokenGenerationKey", "webhookSecret", "agentAutoRegisterKey", "serverId"] as const;
export type KeyName = (typeof KEYS)[number];

export interface Options {
  readonly folder: string;
  readonly stack: string;
  readonly to: string;
  readonly version?: string;
  readonly migrated: boolean;
  readonly printKey?: KeyName;
}

const wrong = (problem: string) => ({ wrong: problem });

const OPTIONS = {
  stack: { type: "string", default: "dev" },
  to: { type: "string", default: "out/move-in" },
  version: { type: "string" },
  migrated: { type: "boolean", default: false },
  "print-key": { type: "string" },
  help: { type: "boolean", short: "h", default: false },
} as const;

/** The options, the help, or what is wrong with the command line in one line. */
export function readArguments(args: readonly string[]): Options | { readonly help: true } | { readonly wrong: string } {
  let parsed;
  try {
    parsed = parseOptions(args, OPTIONS, ["FOLDER"]);
  } catch (error) {
    if (error instanceof UsageError) return wrong(error.message);
    throw error;
  }
  const { values, positionals } = parsed;
  if (values.help) return { help: true };
  const [folder = ""] = positionals;
  const { version, "print-key": key } = values;
  if (version !== undefined && !/^\d+\.\d+\.\d+$/.test(version))
    return wrong(`--version is ${JSON.stringify(version)}, wanted is one such as 24.5.0`);
  const printKey = KEYS.find((name) => name === key);
  if (key !== undefined && printKey === undefined)
    return wrong(`--print-key is ${JSON.stringify(key)}, wanted is one of ${KEYS.join(", ")}`);
  return {
    folder,
    stack: values.stack,
    to: values.to,
    migrated: values.migrated,
    ...(version !== undefined && { version }),
    ...(printKey !== undefined && { printKey }),
  };
}
