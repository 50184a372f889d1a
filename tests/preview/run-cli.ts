// The command for a project elsewhere: directory, main module, then the command's own arguments.
import { policies } from "../../policy/policies";
import { cli } from "../../preview/cli";

const [directory = "", program = "", ...args] = process.argv.slice(2);

void cli(args, {
  directory,
  program,
  policies,
  environment: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
}).then((status) => {
  process.exitCode = status;
});
