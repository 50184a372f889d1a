import { parseSettings } from "../../settings/parse";
import { SettingsError, type Problem } from "../../settings/problems";

/** A stack with one pool that may push and one that may not. */
function problems(pools: readonly string[], cluster: object = { create: {} }): readonly Problem[] {
  const stack = {
    "gcp:project": "my-project",
    "gcp:region": "us-central1",
    "gcp:zone": "us-central1-a",
    "gocd:cluster": JSON.stringify(cluster),
    "gocd:agents": JSON.stringify({ deploy: { workloadIdentity: true }, docker: {} }),
    "gocd:images": JSON.stringify({ registry: "registry.example/team" }),
    "gocd:builds": JSON.stringify({ pools }),
  };
  try {
    parseSettings("dev", stack);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

test("a pool whose jobs are somebody to Google may push", () => {
  expect(problems(["deploy"])).toEqual([]);
});

test("a pool whose jobs are nobody to Google may not", () => {
  expect(problems(["docker"])).toEqual([
    {
      key: "gocd:agents.docker.workloadIdentity",
      found: "false",
      wanted: "true: gocd:builds lets its jobs push as the pool's service account",
    },
  ]);
});

test("every pool that does not exist, or stands there twice, is named", () => {
  expect(problems(["deplyo", "deploy", "deploy"])).toEqual([
    { key: "gocd:builds.pools[0]", found: '"deplyo"', wanted: "one of deploy, docker (did you mean deploy?)" },
    { key: "gocd:builds.pools[2]", found: '"deploy"', wanted: "every pool once" },
  ]);
});

test("without a Google project there is no such repository", () => {
  const found = problems(["deploy"], { existing: { context: "kind", storageClass: "standard" } });
  expect(found.map(({ key, wanted }) => [key, wanted])).toEqual([
    ["gocd:builds.pools", "nothing where claims come from a storage class: there is no Google project"],
  ]);
});
