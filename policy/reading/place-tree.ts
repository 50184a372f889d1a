import type { NodePlace } from "../tables/paths";

/** The places that begin with the same segments. */
class Branch {
  readonly children = new Map<string, Branch>();
  private here = Infinity;
  private below = Infinity;

  add(segments: readonly string[], number: number): void {
    this.below = Math.min(this.below, number);
    const [segment, ...rest] = segments;
    if (segment === undefined) {
      this.here = Math.min(this.here, number);
      return;
    }
    const next = this.children.get(segment) ?? new Branch();
    this.children.set(segment, next);
    next.add(rest, number);
  }

  /** The number in the table of the place that ends here. */
  get ends(): number {
    return this.here;
  }

  /** The number of the first place that ends here or below. */
  get first(): number {
    return this.below;
  }
}

/**
 * A table of places by their segments: how long a look takes depends on the path, not on the table. `*` stands for one segment,
 * in a place as in a path.
 */
export class PlaceTree {
  private readonly root = new Branch();

  constructor(private readonly places: readonly NodePlace[]) {
    places.forEach(({ path }, number) => {
      this.root.add(path.split("/"), number);
    });
  }

  /** The first place of the table that is at, above or below a path. */
  near(segments: readonly string[]): NodePlace | undefined {
    let first = Infinity;
    let branches: readonly Branch[] = [this.root];
    for (const segment of segments) {
      branches = below(branches, segment);
      for (const each of branches) first = Math.min(first, each.ends);
      if (branches.length === 0) break;
    }
    for (const each of branches) first = Math.min(first, each.first);
    return this.places[first];
  }

  /** Whether a path is a place of the table. */
  has(segments: readonly string[]): boolean {
    return segments.reduce<readonly Branch[]>(below, [this.root]).some(({ ends }) => ends !== Infinity);
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
