import * as fc from "fast-check";
import { count, overlap, range } from "../../settings/addresses";

const cidr = fc
  .record({ address: fc.integer({ min: 0, max: 2 ** 32 - 1 }), prefix: fc.integer({ min: 0, max: 32 }) })
  .map(({ address, prefix }) => {
    const size = 2 ** (32 - prefix);
    const first = Math.floor(address / size) * size;
    const octets = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
    return { text: `${octets.join(".")}/${prefix}`, first, size };
  });

describe("address ranges", () => {
  test("reach from their first address over as many as the prefix says", () => {
    fc.assert(
      fc.property(cidr, ({ text, first, size }) => {
        const parsed = range(text);
        expect(parsed).toEqual({ first, last: first + size - 1 });
        expect(parsed && count(parsed)).toBe(size);
      }),
    );
  });

  test.each(["10.0.0.1/8", "256.0.0.0/8", "10.0.0.0/33", "10.0.0.0", "::/0", ""])("%j is none", (text) => {
    expect(range(text)).toBeUndefined();
  });

  test("overlap exactly if one holds the other's first address, both ways round", () => {
    fc.assert(
      fc.property(cidr, cidr, (one, two) => {
        const [a, b] = [range(one.text), range(two.text)];
        if (!a || !b) throw new Error("unreachable");
        const expected = (a.first <= b.first && b.first <= a.last) || (b.first <= a.first && a.first <= b.last);
        return overlap(a, b) === expected && overlap(b, a) === expected;
      }),
    );
  });
});
