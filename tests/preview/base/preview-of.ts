// The command, for a project elsewhere: the directory comes first, options follow. No policies.
import { join } from "node:path";
import { cli } from "../../../preview/cli";

const [directory = "", ...args] = process.argv.slice(2);

void cli(args, {
  directory,
  program: join(directory, "index.ts"),
  policies: [],
  environment: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
}).then((status) => {
  process.exitCode = status;
});
