import { join } from "node:path";
import type { PolicyPackConfig } from "@pulumi/policy";
import asked from "../../policy-config.json";
import { configured } from "../../policy/configured";
import { NOTE_POLICIES, policies } from "../../policy/policies";
import { cli } from "../../preview/cli";
import { endWithReader } from "../../preview/command";
import { needLines } from "./needs";
import { adaptRules } from "./rules";

const directory = join(__dirname, "..", "..");

endWithReader();
void cli(process.argv.slice(2), {
  directory,
  program: join(directory, "index.ts"),
  policies: configured(policies, asked as PolicyPackConfig),
  adaptRules,
  closing: needLines,
  notePolicies: NOTE_POLICIES,
  upNote: '(README.md, "On to pulumi up")',
  environment: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
}).then((status) => {
  process.exitCode = status;
});
