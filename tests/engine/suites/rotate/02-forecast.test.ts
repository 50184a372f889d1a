import path from "node:path";
import { difference } from "../../../../preview/difference/difference";
import type { Run } from "../../../../preview/run/run";
import { SECRETS } from "../../../../settings/keys";
import { type Edit, ELSEWHERE, PLACED, WHOLE } from "../../../preview/difference/settings-edits";
import { runs, type StackSource, task } from "../../../support/program";
import { ROOT } from "../../../cluster/kubernetes/paths";
import { documented, STACK } from "../../harness/docs";
import { disagreements, enginePlan, forecastPlan, resourcesIn } from "../../harness/forecast";
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

/** The images are those of the cluster here. */
const elsewhere = ELSEWHERE.map(([edit, { config = {} }, facts]): Edit => {
  const others = Object.fromEntries(Object.entries(config).filter(([key]) => key !== "gocd:images"));
  return [edit, { config: others }, facts];
});

const EDITS = [...WHOLE, ...PLACED, ...elsewhere].flatMap(([edit, source]) => {
  const here = onCluster(source);
  return here === undefined ? [] : [[edit, here] as const];
});

/**
 * The provider that can be built has the cluster plan a StatefulSet that is made anew as a change of the old one
 * (pulumi-kubernetes#4328, mended in 4.29).
 */
const REFUSED = /updates to statefulset spec for fields other than/;
const replacesStatefulSet = (operations: ReturnType<typeof enginePlan>) =>
  [...operations].some(([urn, operation]) => operation === "replace" && urn.includes(":StatefulSet::"));

let project: Project;
let base: Run | undefined;
let planned: readonly Run[];

beforeAll(async () => {
  project = await projectWithStackUp("warm");
  // Earlier suites leave settings of their own.
  const none = Object.fromEntries(SECRETS.map((name) => [`gocd:${name}`, undefined]));
  project.configure(STACK, { ...clusterSettings(), ...none });
  await project.must(documented("docs/operations/install.md", /^pulumi up --stack dev --policy-pack policy\b/), QUICK);
  const sources = [onCluster({}) ?? {}, ...EDITS.map(([, source]) => source)];
  [base, ...planned] = await runs(sources.map((source) => task(source, {}, false)));
});

describe("an edit of a stack on the cluster", () => {
  test("is tried for everything in the table that such a stack can have", () => {
    expect(EDITS.length).toBeGreaterThan(14);
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
      const said = forecastPlan(difference(base, run));
      expect(disagreements(said, enginePlan(preview.stdout))).toEqual([]);
      // A preview that ends early agrees with whatever stays as it is.
      const isRefused = REFUSED.test(preview.stdout);
      expect(isRefused && !replacesStatefulSet(said.operations)).toBe(false);
      expect(preview.code === 0).toBe(!said.isStopped && !isRefused);
      expect(resourcesIn(preview.stdout)).toBeGreaterThan(50);
    },
  );
});
