import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./support/program";

/** Folders that test no folder of the tree, and all below them. */
const OF_THEIR_OWN: Readonly<Record<string, string>> = {
  bench: "measures, and is a command of its own",
  cluster: "the program on a real Kubernetes",
  engine: "the program under Pulumi's own engine",
  golden: "what the committed stacks register",
  program: "the program as a whole, which is index.ts",
  support: "what tests share",
  "policy/__snapshots__": "messages of the rules, where Jest puts them",
  "policy/cases": "the one table that drives the pack, its host and the cluster",
  "preview/fixtures": "programs to look at",
};

/** Folders below tests/, but for those below one that is on its own. */
function folders(below = ""): string[] {
  const entries = readdirSync(join(__dirname, below), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return entries.flatMap(({ name }) => {
    const folder = join(below, name);
    return folder in OF_THEIR_OWN ? [folder] : [folder, ...folders(folder)];
  });
}

function isOfTheTree(folder: string): boolean {
  // The image's own folder has what is built from src/.
  const place = folder.replace(/^images\/housekeeping\b/, "images/housekeeping/src");
  return existsSync(join(ROOT, place));
}

describe("the folders of tests/", () => {
  const all = folders();

  test("are those of the tree, but for some that test no folder of it", () => {
    expect(all).toContain("preview/run");
    expect(all.filter((folder) => !(folder in OF_THEIR_OWN) && !isOfTheTree(folder))).toEqual([]);
  });

  test("are named once: nothing is listed here that is not there, or has a folder of its name", () => {
    expect(Object.keys(OF_THEIR_OWN).filter((folder) => !all.includes(folder) || isOfTheTree(folder))).toEqual([]);
  });
});
