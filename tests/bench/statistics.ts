/** The middle of some numbers; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[middle - 1], sorted[middle]];
  if (high === undefined) throw new Error("no value has no median");
  return sorted.length % 2 === 1 || low === undefined ? high : (low + high) / 2;
}

/** What was measured of one thing: several values, and their middle. */
export interface Measured {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Sums up values. */
export function measured(values: readonly number[]): Measured {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

/**
 * Measures several things in turn, again and again, so that whatever else the machine does meets them alike.
 *
 * @param things by name, each resolving to one value
 * @param told called before each measurement
 */
export async function inTurn<Name extends string>(
  things: Readonly<Record<Name, () => Promise<number>>>,
  rounds: number,
  factsOf: (name: string, round: number) => void,
): Promise<Record<Name, Measured>> {
  const names = Object.keys(things) as Name[];
  const values = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 1; round <= rounds; round += 1) {
    for (const name of names) {
      factsOf(name, round);
      values[name].push(await things[name]());
    }
  }
  return Object.fromEntries(names.map((name) => [name, measured(values[name])])) as Record<Name, Measured>;
}
