import { Inflation, MAX_TEXT_LENGTH } from "./encodings";

/**
 * Properties and members of lists in one resource; as many again in its texts. The largest public objects, definitions of custom
 * resources of 1.2 MB, have 35,000 of them, and nearly all in a schema, where four count as one (docs/decisions/0018).
 */
export const MAX_VALUES = 50_000;

/** Characters of YAML in one resource. */
const MAX_YAML = 192 * 1024;
/** Its marks, of which each makes an object, a list or a member: they cost the time. Real manifests have one in fifteen characters. */
const MAX_MARKS = 14_000;
/** Characters of scripts and units in one resource: no machine takes a start script of more than 256 KiB. */
const MAX_SCRIPT = 512 * 1024;
/** Texts of one resource that are looked at, besides names and numbers. */
const MAX_TEXTS = 10_000;
const MARKS = /[\n,:[\]{}]/g;
/** What a text costs however short it is. */
const MIN_MARKS = 16;
const MIN_LENGTH = 64;

/** What may still be read in one resource: texts that are longer are read where they look dangerous, and said to be too long. */
export class Budget {
  private readonly left = {
    yaml: MAX_YAML,
    salvage: MAX_YAML / 4,
    toml: MAX_YAML,
    code: MAX_YAML,
    script: MAX_SCRIPT,
    other: MAX_TEXT_LENGTH,
  };
  readonly inflation = new Inflation();
  private values = MAX_VALUES;
  private valuesOfTexts = MAX_VALUES;
  private texts = MAX_TEXTS;
  private marks = MAX_MARKS;
  private commands = 1000;

  /** Whether one text more may be looked at. */
  takesOne(): boolean {
    this.texts -= 1;
    return this.texts >= 0;
  }

  /** Whether a text may be read; then it is counted. */
  allows(text: string, as: "yaml" | "salvage" | "toml" | "code" | "script" | "other"): boolean {
    const length = Math.max(MIN_LENGTH, text.length);
    if (length > this.left[as]) return false;
    if (as !== "other" && as !== "script") {
      const marks = Math.max(MIN_MARKS, text.match(MARKS)?.length ?? 0);
      if (marks > this.marks) return false;
      this.marks -= marks;
    }
    this.left[as] -= length;
    return true;
  }

  /** Counts values of the resource itself; whether it may be judged with them. */
  takesValues(count: number): boolean {
    this.values -= count;
    return this.values >= 0;
  }

  /** Whether all that a text holds may be judged; then it is counted. */
  takesTexts(documents: readonly unknown[]): boolean {
    let left = this.valuesOfTexts;
    const open: object[] = [documents];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const members: readonly unknown[] = Object.values(at);
      left -= members.length;
      if (left < 0) return false;
      for (const member of members) if (typeof member === "object" && member !== null) open.push(member);
    }
    this.valuesOfTexts = left;
    return true;
  }

  get isSpent(): boolean {
    return this.commands === 0;
  }

  /** As many of these as may still be looked at. */
  first<Member>(commands: readonly Member[]): readonly Member[] {
    const taken = commands.slice(0, this.commands);
    this.commands -= taken.length;
    return taken;
  }
}
