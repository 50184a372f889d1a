import { existingPlacement } from "../../../components/cluster/existing";

describe("the placement of pods on somebody else's nodes", () => {
  test("asks for every label, and goes past every taint that is named", () => {
    const nodeSelector = { "cloud.google.com/gke-nodepool": "ci", "cloud.google.com/gke-spot": "true" };
    const tolerations = [
      { key: "ci", value: "true", effect: "NoSchedule" },
      { key: "cloud.google.com/gke-spot", operator: "Exists" },
    ] as const;
    expect(existingPlacement({ nodeSelector, tolerations })).toEqual({ nodeSelector, tolerations });
  });

  test("is left to the scheduler where nothing is said", () => {
    expect(existingPlacement()).toEqual({});
    expect(existingPlacement({ nodeSelector: {}, tolerations: [] })).toEqual({});
  });

  test("needs no taint for a label, and no label for a taint", () => {
    expect(existingPlacement({ nodeSelector: { ci: "" }, tolerations: [] })).toEqual({ nodeSelector: { ci: "" } });
    expect(existingPlacement({ nodeSelector: {}, tolerations: [{ key: "ci" }] })).toEqual({
      tolerations: [{ key: "ci" }],
    });
  });
});
