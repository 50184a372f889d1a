import { parseSettings } from "../../settings/parse";
import { SettingsError, type Problem } from "../../settings/problems";

const DISKS = {
  "gcp:project": "my-project",
  "gcp:region": "us-central1",
  "gcp:zone": "us-central1-b",
  "gocd:cluster": { create: {} },
  "gocd:agents": { docker: {} },
};
const CLASS = {
  "gocd:cluster": { existing: { context: "kind", storageClass: "standard" } },
  "gocd:agents": { docker: {} },
  "gocd:images": { registry: "registry.example/team" },
};

function problemsOf(server: object, backup: object = {}, stack: object = DISKS): readonly Problem[] {
  const all = { ...stack, "gocd:server": server, "gocd:backup": backup };
  const config = Object.entries(all).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  try {
    parseSettings("dev", Object.fromEntries(config) as Record<string, string>);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

const MOVED = { restored: { moved: { data: "snapshot" } }, use: "moved" };

describe("zones of disks", () => {
  test.each([
    ["all in the stack's zone", {}],
    ["a copy in a second zone", { replicaZone: "us-central1-c" }],
    ["the first ones left behind, others in use", { diskZone: "us-central1-a", ...MOVED }],
    [
      "the first ones left behind, whose copy is where the stack has gone",
      { diskZone: "us-central1-a", replicaZone: "us-central1-b" },
    ],
    [
      "restored ones with a copy",
      { restored: { two: { data: "s", artifacts: "s", replicaZone: "us-central1-c" } }, use: "two" },
    ],
  ])("may be %s", (_, server) => {
    expect(problemsOf(server)).toEqual([]);
  });

  test.each<[what: string, server: object, key: string, wanted: RegExp]>([
    [
      "where the server does not run",
      { diskZone: "us-central1-a" },
      "gocd:server.diskZone",
      /us-central1-b, which is gcp:zone/,
    ],
    [
      "where the server does not run, for those in use",
      { restored: { old: { data: "s", zone: "us-central1-a" } }, use: "old" },
      "gocd:server.restored.old.zone",
      /us-central1-b, which is gcp:zone/,
    ],
    ["in another region", { replicaZone: "europe-west1-b" }, "gocd:server.replicaZone", /a zone of gcp:region/],
    ["in one zone twice", { replicaZone: "us-central1-b" }, "gocd:server.replicaZone", /another zone than/],
    [
      "of pd-standard that is too small",
      { artifactsDiskType: "pd-standard", replicaZone: "us-central1-c" },
      "gocd:server.replicaZone",
      /200Gi/,
    ],
    [
      "of nothing",
      { restored: { none: { zone: "us-central1-a" } } },
      "gocd:server.restored.none",
      /at least one of data, artifacts/,
    ],
    ["no zone at all", { replicaZone: "b" }, "gocd:server.replicaZone", /Compute Engine zone/],
  ])("cannot be %s", (_, server, key, wanted) => {
    const problems = problemsOf(server);
    expect(problems.map((problem) => problem.key)).toEqual([key]);
    expect(problems[0]?.wanted).toMatch(wanted);
  });

  test("cannot be of a type that has no copy", () => {
    const found = problemsOf({ diskType: "hyperdisk-balanced", replicaZone: "us-central1-c" });
    const [problem] = found.filter(({ key }) => key === "gocd:server.replicaZone");
    expect(problem?.wanted).toMatch(/hyperdisk-balanced/);
  });

  test("are nobody's where a storage class makes the volumes, and there is no bucket with a place", () => {
    const keys = problemsOf({ diskZone: "us-central1-a", replicaZone: "us-central1-c" }, { location: "nam4" }, CLASS);
    expect(keys.map(({ key }) => key).sort()).toEqual([
      "gocd:backup.location",
      "gocd:server.diskZone",
      "gocd:server.replicaZone",
    ]);
  });
});
