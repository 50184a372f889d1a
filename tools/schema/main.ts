import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { generated } from "./generated";

const root = join(__dirname, "..", "..");

for (const { path, text } of generated(root)) {
  writeFileSync(join(root, path), text);
  process.stdout.write(`${path}\n`);
}
