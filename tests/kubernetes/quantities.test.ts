import * as fc from "fast-check";
import { bytes, cores, gibibytes, mebibytes, seconds } from "../../kubernetes/quantities";

describe("quantities", () => {
  test("of memory grow by 1024 from unit to unit", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (n) => {
        expect([bytes(`${n * 1024}Ki`), bytes(`${n}Mi`) * 1]).toEqual([bytes(`${n}Mi`), n * 2 ** 20]);
        expect([mebibytes(`${n}Gi`), gibibytes(`${n}Ti`)]).toEqual([n * 1024, n * 1024]);
      }),
    );
  });

  test("of disks round up, so that none is smaller than asked for", () => {
    expect([gibibytes("1Mi"), gibibytes("1025Mi"), gibibytes("30Gi")]).toEqual([1, 2, 30]);
  });

  test.each([
    ["500m", 0.5],
    ["0.5", 0.5],
    ["2", 2],
    ["1500m", 1.5],
  ])("of CPU: %s are %d cores", (text, value) => {
    expect(cores(text)).toBe(value);
  });

  test.each([
    ["90s", 90],
    ["30m", 1800],
    ["1h", 3600],
  ])("of time: %s are %d seconds", (text, value) => {
    expect(seconds(text)).toBe(value);
  });

  test.each(["", "1", "1GB", "-1Gi", "1.5Gi", "0Gi", "Gi"])("%j is no size", (text) => {
    expect(() => bytes(text)).toThrow(RangeError);
  });

  test.each(["", "m", "1.2345", "-1", "1 2"])("%j is no CPU", (text) => {
    expect(() => cores(text)).toThrow(RangeError);
  });

  test.each(["", "30", "0m", "1d", "1h30m"])("%j is no duration", (text) => {
    expect(() => seconds(text)).toThrow(RangeError);
  });
});
