import { readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../../cluster/kubernetes/paths";

/** The line of a workflow that calls Pulumi. */
export function step(workflow: string, pattern: RegExp): string {
  const text = readFileSync(path.join(ROOT, `.github/workflows/${workflow}.yaml`), "utf8");
  const [, line] = new RegExp(`run: (.*${pattern.source}.*)$`, "m").exec(text) ?? [];
  if (line === undefined) throw new Error(`${workflow}.yaml has no step like ${String(pattern)}`);
  return line;
}
