import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../../preview/command";
import { generated } from "./generated";

const HELP = `Usage: npm run schema

Writes schema/stack.json, which editors check stack files with, and docs/settings.md anew from settings/.
`;

void runCommand({ name: "npm run schema", help: HELP }, {}, () => {
  const root = join(__dirname, "..", "..");
  for (const { path, text } of generated(root)) {
    writeFileSync(join(root, path), text);
    process.stdout.write(`${path}\n`);
  }
  return 0;
});
