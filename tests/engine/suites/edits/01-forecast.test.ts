import { googleDefaults } from "../../../../preview/base/configuration";
import { difference } from "../../../../preview/difference/difference";
import type { Run } from "../../../../preview/run/run";
import { type Edit, PARTS, WHOLE } from "../../../preview/difference/settings-edits";
import { projectOf, runs, type StackSource, task } from "../../../support/program";
import { documented } from "../../harness/docs";
import { disagreements, enginePlan, forecastPlan, resourcesIn } from "../../harness/forecast";
import { emptyGoogleProject, type GoogleProject } from "../../harness/google";
import { QUICK } from "../../harness/stack";

const EDITS: readonly Edit[] = [...WHOLE, ...PARTS];

let google: GoogleProject;
let base: Run;
const planned = new Map<string, Run>();

beforeAll(async () => {
  google = await emptyGoogleProject("google-forecast", ["dev"]);
  await google.project.must(
    documented("docs/operations/install.md", /^pulumi up --stack dev --policy-pack policy\b/),
    QUICK,
  );
  const [first, ...others] = await runs(
    [{}, ...EDITS.map(([, source]) => source)].map((source) => task(source, {}, false)),
  );
  if (first === undefined) throw new Error("the program did not run");
  base = first;
  EDITS.forEach(([edit], place) => {
    const run = others[place];
    if (run !== undefined) planned.set(edit, run);
  });
});

/** What is forecast of an edit. */
function forecast(edit: string, source: StackSource) {
  const run = planned.get(edit);
  if (run === undefined) throw new Error(`${edit} was not run`);
  const defaults = googleDefaults(projectOf({}).config, projectOf(source).config);
  return forecastPlan(difference(base, run, { defaults }));
}

/** What the engine says to an edit that is taken back afterwards. */
async function previewOf({ config = {}, secrets = {} }: StackSource) {
  const { project } = google;
  return project.edited("dev", config, async () => {
    await project.setSecrets("dev", secrets);
    return project.run("pulumi preview --json --stack dev");
  });
}

describe("an edit of the stack dev", () => {
  test.each(EDITS)("does in Pulumi's own engine what the forecast says: %s", async (edit, source) => {
    const preview = await previewOf(source);
    const said = forecast(edit, source);
    expect(disagreements(said, enginePlan(preview.stdout))).toEqual([]);
    // A preview that ends early agrees with whatever stays as it is.
    expect(preview.code === 0).toBe(!said.isStopped);
    expect(resourcesIn(preview.stdout)).toBeGreaterThan(said.isStopped ? 50 : 90);
  });
});

describe("an edit that protection stops, with protection lifted", () => {
  beforeAll(async () => {
    await google.project.must(documented("docs/operations/destroy.md", /^pulumi state unprotect --all --stack dev$/));
  });

  test.each(EDITS.filter(([, , facts]) => facts.some((fact) => fact.endsWith("REFUSED"))))(
    "does in Pulumi's own engine what the forecast says, to the last volume: %s",
    async (edit, source) => {
      const said = forecast(edit, source);
      const preview = await previewOf(source);
      expect(disagreements({ ...said, never: new Set() }, enginePlan(preview.stdout))).toEqual([]);
      expect(preview.code).toBe(0);
      expect(resourcesIn(preview.stdout)).toBeGreaterThan(90);
    },
  );
});
