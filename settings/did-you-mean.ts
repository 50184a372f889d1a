import { closest, distance } from "fastest-levenshtein";

/** `one of a, b, c`, and which of them was probably meant. */
export function oneOf(found: unknown, words: readonly string[]): string {
  return `one of ${words.join(", ")}${didYouMean(found, words)}`;
}

/** ` (did you mean X?)`, where what was found is close to one of the words that may stand there; else nothing. */
export function didYouMean(found: unknown, words: readonly string[]): string {
  if (typeof found !== "string" || found === "" || words.length === 0) return "";
  const lower = found.toLowerCase();
  const nearest = closest(
    lower,
    words.map((word) => word.toLowerCase()),
  );
  // Two neighbours in the wrong order are two edits.
  const most = lower.length < 4 ? 1 : lower.length < 9 ? 2 : 3;
  const word = words.find((one) => one.toLowerCase() === nearest);
  return word !== undefined && distance(lower, nearest) <= most ? ` (did you mean ${word}?)` : "";
}
