import { googleDefaults } from "../../../preview/base/configuration";
import { counts, type Difference, difference, isEmpty } from "../../../preview/difference/difference";
import type { Run } from "../../../preview/run/run";
import { projectOf, runs, type StackSource, task } from "../../support/program";
import { factsOf } from "./facts";
import { type Edit, elsewhere, ELSEWHERE, PARTS, placed, PLACED, pool, server, WHOLE } from "./settings-edits";

const TASKS = [
  ["the base", {}, []] as Edit,
  ["nodes by their labels", placed("server", "agents"), []] as Edit,
  ...WHOLE,
  ...PARTS,
  ...PLACED,
  ["a cluster off Google's", elsewhere({}), []] as Edit,
  ...ELSEWHERE,
];
const RESULTS = new Map<string, Run>();
beforeAll(async () => {
  const done = await runs(TASKS.map(([, source]) => task(source, {}, false)));
  TASKS.forEach(([edit], place) => {
    const run = done[place];
    if (run !== undefined) RESULTS.set(edit, run);
  });
}, 180_000);

function compared(edit: string, source: StackSource, from = "the base"): Difference {
  const [base, run] = [RESULTS.get(from), RESULTS.get(edit)];
  if (base === undefined || run === undefined) throw new Error(`${edit} was not run`);
  expect(run.errors).toEqual([]);
  return difference(base, run, { defaults: googleDefaults(projectOf({}).config, projectOf(source).config) });
}

describe("an edit of the settings", () => {
  test.each(WHOLE)("tells all that comes of %s", (edit, source, expected) => {
    expect(factsOf(compared(edit, source)).sort()).toEqual([...expected].sort());
  });

  test.each(PARTS)("tells what matters of %s", (edit, source, expected) => {
    expect(factsOf(compared(edit, source))).toEqual(expect.arrayContaining([...expected]));
  });

  test.each(ELSEWHERE)("off Google's clusters tells all that comes of %s", (edit, source, expected) => {
    expect(factsOf(compared(edit, source, "a cluster off Google's")).sort()).toEqual([...expected].sort());
  });

  test.each(PLACED)("on a cluster that exists tells all that comes of %s", (edit, source, expected) => {
    expect(factsOf(compared(edit, source, "nodes by their labels")).sort()).toEqual([...expected].sort());
  });

  test("is empty when nothing was edited", () => {
    const same = compared("nothing", {});
    expect(isEmpty(same)).toBe(true);
    expect(counts(same)).toEqual({ added: 0, removed: 0, changed: 0, replaced: 0, refused: 0, restarts: 0 });
  });

  test("names the Secrets whose content it does not see, and which an agent more changes", () => {
    expect(compared("one agent more", pool({ replicas: 3 })).notes).toEqual([
      "content that is known only after up may change too: Secret gocd-dev-docker-identity, Secret gocd-dev-housekeeping, Secret gocd-dev-server",
    ]);
  });

  test("says that another name for a pool is a removal and an addition", () => {
    const [, source] = PARTS[0] ?? ["", {}];
    expect(compared("a pool under another name", source).notes).toContainEqual(
      expect.stringMatching(/AgentPool gocd-dev-docker is removed and gocd-dev-builder is added.*renaming/),
    );
  });

  test("leaves everything else alone when a pool is renamed", () => {
    const { changed } = compared("a pool under another name", PARTS[0]?.[1] ?? {});
    expect(changed.filter(({ replacement }) => replacement !== undefined)).toEqual([]);
  });

  test.each(["added", "removed"] as const)("touches nothing else when a pool is %s", (how) => {
    const edit = "a pool more, with nodes and an environment of its own";
    const [without, within] = [RESULTS.get("the base") as Run, RESULTS.get(edit) as Run];
    const comes = how === "added" ? difference(without, within) : difference(within, without);
    expect(comes[how].length).toBeGreaterThan(10);
    expect(counts(comes)).toEqual({
      ...{ added: 0, removed: 0, changed: 0, replaced: 0, refused: 0, restarts: 0 },
      [how]: comes[how].length,
    });
  });

  test("shows no value of a secret", () => {
    const shown = JSON.stringify(
      compared("a password that people choose", { secrets: { "gocd:adminPassword": "correct horse" } }),
    );
    expect(shown).not.toContain("correct horse");
  });

  test("tells that a cluster goes by npm run down, since Pulumi fails to replace it with what is in it", () => {
    const { changed } = compared("another zone", { config: { "gcp:zone": "us-central1-b" } });
    expect(changed.find(({ type }) => type.endsWith(":Cluster"))?.replacement?.refused).toEqual([
      expect.stringMatching(/pulumi#14650.*npm run down, then pulumi up/),
    ]);
    expect(changed.find(({ type }) => type.endsWith(":NodePool"))?.replacement?.refused).toEqual([]);
  });

  test("tells what a replaced disk loses, and who refuses it", () => {
    const disk = compared("a smaller disk", server({ disk: "20Gi" })).changed.find(({ type }) =>
      type.endsWith(":Disk"),
    );
    expect(disk?.replacement).toEqual({
      causes: [{ field: "size" }],
      destroyed: "everything on the disk: the new one is empty, or what its snapshot holds",
      retained: "snapshots of the old disk",
      refused: ["Pulumi refuses: the resource is protected", "Google's provider refuses: deletionPolicy is PREVENT"],
    });
  });
});
