import path from "node:path";
import { difference } from "../../../../preview/difference/difference";
import type { Run } from "../../../../preview/run/run";
import { PLACED, WHOLE } from "../../../preview/difference/settings-edits";
import { runs, type StackSource, task } from "../../../support/program";
import { ROOT } from "../../../cluster/kubernetes/paths";
import { STACK } from "../../harness/docs";
import { disagreements, enginePlan, forecastPlan } from "../../harness/forecast";
import type { Project } from "../../harness/project";
import { clusterSettings, projectWithStackUp, QUICK } from "../../harness/stack";

type Settings = Readonly<Record<string, unknown>>;

/** Keys that are for a stack with Google's disks or cluster. */
const GOOGLE = ["gcp:zone", "gcp:project", "gocd:images"];

const isObject = (value: unknown): value is Settings =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Settings with others laid over them. */
function merged(base: Settings, over: Settings): Settings {
  const entries = Object.entries(over).map(([key, value]) => {
    const below = base[key];
    return [key, isObject(below) && isObject(value) ? merged(below, value) : value] as const;
  });
  return { ...base, ...Object.fromEntries(entries) };
}

/** An edit of the table as one of the stack on the cluster here; undefined where it is of what is not here. */
function onCluster({ config = {}, secrets = {} }: StackSource): StackSource | undefined {
  const { "gocd:cluster": cluster, "gocd:server": server, ...others } = config;
  if (GOOGLE.some((key) => key in config) || (isObject(cluster) && "create" in cluster)) return undefined;
  if (isObject(server) && ("diskType" in server || server["disk"] === "20Gi")) return undefined;
  const ownServer = Object.fromEntries(
    Object.entries(isObject(server) ? server : {}).filter(([key]) => key !== "artifactsDiskType"),
  );
  const edited = merged(clusterSettings(), { ...others, "gocd:server": ownServer });
  const { existing } = clusterSettings()["gocd:cluster"] as { readonly existing: Settings };
  const placement = isObject(cluster) && isObject(cluster["existing"]) ? cluster["existing"] : {};
  return {
    stack: STACK,
    file: path.join(ROOT, "tests/cluster/gocd/Pulumi.test.yaml"),
    config: { ...edited, "gocd:cluster": { existing: { ...placement, ...existing } } },
    secrets,
  };
}

const EDITS = [...WHOLE, ...PLACED].flatMap(([edit, source]) => {
  const here = onCluster(source);
  return here === undefined ? [] : [[edit, here] as const];
});

let project: Project;
let base: Run | undefined;
let planned: readonly Run[];

beforeAll(async () => {
  project = await projectWithStackUp("warm");
  // Earlier suites leave settings of their own.
  project.configure(STACK, { ...clusterSettings(), "gocd:adminPassword": undefined });
  await project.must(`pulumi up --stack ${STACK}`, QUICK);
  const sources = [onCluster({}) ?? {}, ...EDITS.map(([, source]) => source)];
  [base, ...planned] = await runs(sources.map((source) => task(source, {}, false)));
});

describe("an edit of a stack on the cluster", () => {
  test("is tried for everything in the table that such a stack can have", () => {
    expect(EDITS.length).toBeGreaterThan(9);
  });

  test.each(EDITS.map((edit, place) => [...edit, place] as const))(
    "does in Pulumi's own engine what the forecast says: %s",
    async (_edit, source, place) => {
      const preview = await project.edited(STACK, source.config ?? {}, async () => {
        await project.setSecrets(STACK, source.secrets ?? {});
        return project.run(`pulumi preview --json --stack ${STACK}`);
      });
      const run = planned[place];
      if (base === undefined || run === undefined) throw new Error("the program did not run");
      expect(disagreements(forecastPlan(difference(base, run)), enginePlan(preview.stdout))).toEqual([]);
    },
  );
});
