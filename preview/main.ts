import { join } from "node:path";
import { policies } from "../policy/policies";
import { cli } from "./cli";

const directory = join(__dirname, "..");

void cli(process.argv.slice(2), {
  directory,
  program: join(directory, "index.ts"),
  policies,
  environment: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
}).then((status) => {
  process.exitCode = status;
});
