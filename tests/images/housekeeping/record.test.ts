import * as fc from "fast-check";

import { DRAINING, given, isReserved, record } from "../../../images/housekeeping/src/record";

const names = fc.uniqueArray(fc.stringMatching(/^[\w.-]+$/), { maxLength: 5 });

describe("the record on an agent", () => {
  test("tells for any names what was given", () => {
    fc.assert(
      fc.property(names, names, names, (resources, environments, others) => {
        const foreign = others.filter((name) => !isReserved(name));
        expect(given([...foreign, record({ resources, environments })])).toEqual({
          resources: [...resources].sort(),
          environments: [...environments].sort(),
        });
      }),
    );
  });

  test("is a resource name that GoCD accepts", () => {
    fc.assert(
      fc.property(names, names, (resources, environments) => {
        expect(record({ resources, environments })).toMatch(/^[-\w\s|.]*$/);
      }),
    );
  });

  test("is the same in whatever order things were given", () => {
    expect(record({ resources: ["b", "a"], environments: ["d", "c"] })).toBe(
      record({ resources: ["a", "b"], environments: ["c", "d"] }),
    );
  });

  test("is missing from an agent that never was ours", () => {
    expect(given(["docker", "housekeeping-tools", DRAINING])).toBeUndefined();
  });

  test("exists for an agent that was given nothing", () => {
    expect(given([record({ resources: [], environments: [] })])).toEqual({ resources: [], environments: [] });
  });

  test("counts everything when two versions of the service have each left one", () => {
    const two = [
      record({ resources: ["a"], environments: ["e"] }),
      record({ resources: ["a", "b"], environments: [] }),
    ];
    expect(given(two)).toEqual({ resources: ["a", "b"], environments: ["e"] });
  });

  test.each([DRAINING, "housekeeping", "housekeeping|resource.docker"])("keeps %s for itself", (name) => {
    expect(isReserved(name)).toBe(true);
  });
});
