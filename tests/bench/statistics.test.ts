import { inTurn, measured, median } from "./statistics";

describe("statistics of the benchmark", () => {
  test("take the middle, not the mean", () => {
    expect(median([9, 1, 2])).toBe(2);
    expect(median([4, 1, 100, 2])).toBe(3);
    expect(measured([3, 1, 2])).toEqual({ median: 2, least: 1, most: 3 });
    expect(() => median([])).toThrow();
  });

  test("measure in turn, so that a busy moment meets all alike", async () => {
    const order: string[] = [];
    const thing = (name: string, value: number) => () => {
      order.push(name);
      return Promise.resolve(value);
    };
    const factsOf: string[] = [];
    const result = await inTurn({ one: thing("one", 1), two: thing("two", 2) }, 2, (name, round) =>
      factsOf.push(`${name} ${String(round)}`),
    );
    expect(order).toEqual(["one", "two", "one", "two"]);
    expect(factsOf).toEqual(["one 1", "two 1", "one 2", "two 2"]);
    expect(result.two.median).toBe(2);
  });
});
