/** A field whose change cannot be made in place. */
export interface FieldRule {
  /** Names from the top, without places in lists: `nodeConfig.taints.key`. */
  readonly field: string;
  /**
   * Which changes count; all of them without. `shrinks`: the number or the size gets smaller. `narrows`: the new IPv4
   * range does not contain the old one. `falls`: true becomes false or is left out. `exchanged`: there was a value and
   * there is another. `dropped`: there was a value and there is none.
   */
  readonly when?: "shrinks" | "narrows" | "falls" | "exchanged" | "dropped";
}

/** What Pulumi does with resources of a type when they change or go. */
export interface TypeRules {
  /** Changes that replace the resource: a new one is made, the old one deleted. */
  readonly replaces: readonly FieldRule[];
  /** Changes that are neither made in place nor by replacement, with what happens instead. */
  readonly refuses?: readonly (FieldRule & { readonly because: string })[];
  /** Changes in place of which people should know more, with what follows. */
  readonly follows?: readonly (FieldRule & { readonly effect: string })[];
  /** What is gone when the old resource is deleted and another takes its place. */
  readonly destroyed: string;
  /** The same when nothing takes its place; `lost` unless given. */
  readonly gone?: string;
  /** What is still there, where that is worth a word. */
  readonly retained?: string;
}

/** What a program knows of its own resources beyond the tables: the rules of a type, changed or as they were. */
export type AdaptRules = (type: string, rules: TypeRules) => TypeRules;

/** Rules for fields without conditions, separated by blanks or line breaks, below a common prefix. */
export function fields(names: string, prefix = ""): FieldRule[] {
  return names
    .split(/\s+/)
    .filter((name) => name !== "")
    .map((name) => ({ field: prefix + name }));
}

/** What is gone until the new one is there, or altogether. */
export const forAMoment = (what: string): Pick<TypeRules, "destroyed" | "gone"> => ({
  destroyed: `${what}, for a moment`,
  gone: what,
});
