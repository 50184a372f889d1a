import { isKnown, sizeOf } from "../../settings/machine-types";
import { attaches, machineTypeProblems, serverMachineProblems } from "../../settings/machines";

const KEY = "gocd:cluster.create.agentNodes.machineType";
const wanted = (type: string) => machineTypeProblems(KEY, type).map((problem) => problem.wanted);

describe("a machine type", () => {
  test.each([
    "e2-standard-4",
    "e2-medium",
    "n1-highcpu-96",
    "custom-4-8192",
    "n2-custom-4-8192-ext",
    "e2-custom-medium-2048",
    "c4-standard-288-lssd-metal",
    "z3-highmem-14-standardlssd",
    "m1-megamem-96",
  ])("%s is one", (type) => {
    expect(wanted(type)).toEqual([]);
  });

  test.each([
    ["e2-standrad-4", "e2-standard-4"],
    ["e2-standard-3", "e2-standard-2"],
    ["n2d-standart-8", "n2d-standard-8"],
    ["c3-standard-4-ssd", "c3-standard-4-lssd"],
  ])("%s is none, and was probably meant to be %s", (type, meant) => {
    expect(wanted(type)).toEqual([expect.stringContaining(`(did you mean ${meant}?)`)]);
  });

  test.each(["e2-highcpu-64", "t2d-highmem-4", "c3-custom-4-8192", "n2-custom-four-8192"])("%s is none", (type) => {
    expect(wanted(type)).toHaveLength(1);
  });

  test.each(["z9-standard-4", "x4-megamem-960-metal", "h4d-highmem-192-lssd"])(
    "%s passes: the table knows no shapes of its family",
    (type) => {
      expect(wanted(type)).toEqual([]);
    },
  );

  test.each(["t2a-standard-4", "c4a-highcpu-8", "n4a-standard-2"])("%s is for agents, not for the server", (type) => {
    expect(wanted(type)).toEqual([]);
    const problems = serverMachineProblems("gocd:cluster.create.serverNodes.machineType", type);
    expect(problems.map((problem) => problem.wanted)).toEqual([expect.stringMatching(/amd64 processors/)]);
  });

  test.each([
    "a2-highgpu-1g",
    "a3-megagpu-8g",
    "a4-highgpu-8g",
    "a4x-highgpu-4g",
    "g2-standard-4",
    "g4-standard-48",
    "ct5lp-hightpu-4t",
  ])("%s is refused for its accelerators", (type) => {
    expect(wanted(type)).toEqual([expect.stringMatching(/without accelerators/)]);
  });
});

describe("a disk", () => {
  const families = (diskType: string) =>
    ["e2", "n2d", "t2a", "c2", "c3", "m3", "h3", "c4", "c4a", "c4d", "n4", "n4a", "n4d", "m4", "x4", "h4d"].filter(
      (family) => attaches(`${family}-standard-4`, diskType),
    );

  test("of the older kinds attaches to every machine that does not take Hyperdisk alone", () => {
    for (const type of ["pd-balanced", "pd-ssd", "pd-standard"])
      expect(families(type)).toEqual(["e2", "n2d", "t2a", "c2", "c3", "m3", "h3"]);
  });

  test("of type hyperdisk-balanced attaches to every machine that takes Hyperdisk at all", () => {
    expect(families("hyperdisk-balanced")).toEqual([
      "c3",
      "m3",
      "h3",
      "c4",
      "c4a",
      "c4d",
      "n4",
      "n4a",
      "n4d",
      "m4",
      "x4",
      "h4d",
    ]);
  });
});

describe("the table of machine types", () => {
  test.each([
    ["e2-standard-4", 4, 16],
    ["n1-standard-1", 1, 3.75],
    ["c4d-highmem-384-metal", 384, 3072],
    ["c3d-highcpu-30", 30, 59],
  ])("has the size of %s", (type, cpu, gib) => {
    expect(sizeOf(type)).toEqual({ cpu, gib });
  });

  test("says nothing of what fits where a processor is shared or the size is part of the name", () => {
    for (const type of ["e2-medium", "custom-4-8192"]) expect([isKnown(type), sizeOf(type)]).toEqual([true, undefined]);
  });
});
