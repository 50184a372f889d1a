import { problem, type Problem } from "./problems";

/** An IPv4 range as its first and last address. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** The range of a CIDR block, or undefined where an octet or the prefix is out of bounds or host bits are set. */
export function range(cidr: string): Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  if (!match) return undefined;
  const [a, b, c, d, prefix] = match.slice(1).map(Number) as [number, number, number, number, number];
  if ([a, b, c, d].some((octet) => octet > 255) || prefix > 32) return undefined;
  const first = ((a * 256 + b) * 256 + c) * 256 + d;
  const size = 2 ** (32 - prefix);
  return first % size === 0 ? { first, last: first + size - 1 } : undefined;
}

/** Of a list at a key what is no range. */
export const notRanges = (key: string, cidrs: readonly string[]): Problem[] =>
  cidrs.flatMap((cidr, index) =>
    range(cidr) === undefined ? [problem(`${key}[${index}]`, cidr, "an IPv4 range whose host bits are zero")] : [],
  );

/** Number of addresses in a range. */
export function count(of: Range): number {
  return of.last - of.first + 1;
}

/** Whether two ranges share an address. */
export function overlap(a: Range, b: Range): boolean {
  return a.first <= b.last && b.first <= a.last;
}
