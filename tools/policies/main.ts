import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { policiesPage } from "../../policy/document";
import { RULES } from "../../policy/all-rules";
import { runCommand } from "../../preview/command";

const HELP = `Usage: npm run docs:policies

Writes docs/policies.md anew from the rules of policy/.
`;

void runCommand({ name: "npm run docs:policies", help: HELP }, {}, () => {
  writeFileSync(join(__dirname, "..", "..", "docs", "policies.md"), policiesPage(RULES));
  process.stdout.write("docs/policies.md\n");
  return 0;
});
