import type { NodePlace } from "../tables/paths";

interface Branch {
  readonly children: Map<string, Branch>;
  /** The number in the table of the place that ends here, and of the first one that ends here or below. */
  ends: number;
  first: number;
}

const branch = (): Branch => ({ children: new Map(), ends: Infinity, first: Infinity });

/**
 * A table of places by their segments: how long a look takes depends on the path, not on the table. `*` stands for one segment,
 * in a place as in a path.
 */
export class PlaceTree {
  private readonly root = branch();

  constructor(private readonly places: readonly NodePlace[]) {
    places.forEach(({ path }, number) => {
      let at = this.root;
      for (const segment of path.split("/")) {
        at.first = Math.min(at.first, number);
        const next = at.children.get(segment) ?? branch();
        at.children.set(segment, next);
        at = next;
      }
      at.first = Math.min(at.first, number);
      at.ends = Math.min(at.ends, number);
    });
  }

  /** The first place of the table that is at, above or below a path. */
  near(segments: readonly string[]): NodePlace | undefined {
    let first = Infinity;
    let branches: readonly Branch[] = [this.root];
    for (const segment of segments) {
      branches = below(branches, segment);
      if (branches.length === 0) break;
      for (const each of branches) first = Math.min(first, each.ends);
    }
    for (const each of branches) first = Math.min(first, each.first);
    return this.places[first];
  }

  /** Whether a path is a place of the table. */
  has(segments: readonly string[]): boolean {
    const ends = segments.reduce<readonly Branch[]>(below, [this.root]);
    return ends.some((each) => each.ends !== Infinity);
  }
}

/** One step down, without a list for each branch: this is asked for every segment of every path. */
function below(branches: readonly Branch[], segment: string): readonly Branch[] {
  const found: Branch[] = [];
  for (const { children } of branches) {
    if (segment === "*") found.push(...children.values());
    else {
      const same = children.get(segment);
      const any = children.get("*");
      if (same !== undefined) found.push(same);
      if (any !== undefined) found.push(any);
    }
  }
  return found;
}
