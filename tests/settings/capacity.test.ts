import * as fc from "fast-check";
import { allocatable, fit, machine } from "../../settings/capacity";

const sizes = fc.record({ cpu: fc.integer({ min: 1, max: 416 }), memory: fc.integer({ min: 1024, max: 12_000_000 }) });

describe("a node's room", () => {
  test("is known of predefined shapes and of no others", () => {
    expect(machine("e2-standard-4")).toEqual({ cpu: 4, memory: 16_384 });
    expect(machine("n1-highmem-2")).toEqual({ cpu: 2, memory: 13_312 });
    expect(["e2-custom-4-8192", "e2-medium", "f1-micro"].map(machine)).toEqual([undefined, undefined, undefined]);
  });

  test("follows GKE's documented reservations", () => {
    // 4 cores: 6 % + 1 % + 2 × 0.5 % of a core; 16 GiB: 25 % of 4, 20 % of 4, 10 % of 8.
    const { cpu, memory } = allocatable({ cpu: 4, memory: 16_384 });
    expect(cpu).toBeCloseTo(4 - 0.08 - 0.3);
    expect(memory).toBeCloseTo(16_384 - (1024 + 819.2 + 819.2) - 100 - 400);
  });

  test("is less than the machine, never below nothing, and grows with it", () => {
    fc.assert(
      fc.property(sizes, sizes, (one, two) => {
        const free = allocatable(one);
        const more = allocatable({ cpu: one.cpu + two.cpu, memory: one.memory + two.memory });
        return (
          free.cpu >= 0 &&
          free.cpu < one.cpu &&
          free.memory >= 0 &&
          free.memory < one.memory &&
          more.cpu >= free.cpu &&
          more.memory >= free.memory
        );
      }),
    );
  });

  test("takes as many pods as fit by both measures, and not one more", () => {
    fc.assert(
      fc.property(
        sizes,
        fc.double({ min: 0.1, max: 8, noNaN: true }),
        fc.integer({ min: 64, max: 65_536 }),
        (node, cpu, memory) => {
          const free = allocatable(node);
          const pods = fit(node, { cpu, memory });
          const holds = (count: number) => count * cpu <= free.cpu + 1e-6 && count * memory <= free.memory + 1e-6;
          return holds(pods) && !(pods + 1 + 1e-6 <= free.cpu / cpu && pods + 1 + 1e-6 <= free.memory / memory);
        },
      ),
    );
  });
});
