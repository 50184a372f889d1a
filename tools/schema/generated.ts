import { execFileSync } from "node:child_process";
import { settingsPage } from "./settings-page";
import { stackSchema } from "./stack-schema";

/** A file that is written by `npm run schema` and committed. */
export interface Generated {
  /** Relative to the project's folder. */
  readonly path: string;
  readonly text: string;
}

/** The files as they should be, in the project's own format. */
export function generated(root: string): Generated[] {
  // As a program: Jest cannot load the library, which is an ES module.
  const prettier = require.resolve("prettier/bin/prettier.cjs");
  return [
    { path: "schema/stack.json", text: JSON.stringify(stackSchema()) },
    { path: "docs/settings.md", text: settingsPage() },
  ].map(({ path, text }) => ({
    path,
    text: execFileSync(process.execPath, [prettier, "--stdin-filepath", path], {
      cwd: root,
      input: text,
      encoding: "utf8",
    }),
  }));
}
