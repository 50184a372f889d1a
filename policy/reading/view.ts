import { textsOf } from "./assets";
import type { ResourceView } from "./resource-view";
import { rawProperties } from "./values";
import { walk, type ResourceIndex } from "./walk";

/** What a host hands to a rule; both of the engine's interfaces fit. */
export interface PolicyArgs {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly props: object;
  readonly opts?: { readonly protect?: boolean };
  readonly provider?: { readonly props: object };
}

/** A resource as rules see it; what is inside is looked for when the first rule asks. */
export function viewOf({ urn, type, name, props, opts, provider }: PolicyArgs): ResourceView {
  let index: ResourceIndex | undefined;
  const settle = async () => {
    index = walk(type, props, await textsOf(index?.assets ?? []));
  };
  return {
    urn,
    type,
    name,
    protect: opts?.protect === true,
    defaultNamespace: provider && rawProperties(provider.props)["namespace"],
    get index() {
      return (index ??= walk(type, props));
    },
    settle,
  };
}

/**
 * Hands the rules one view for the copies of a resource that the host makes for each of them: to look through it once
 * instead of eleven times is most of what the pack costs. A rule that comes a second time has a new look, so what one
 * rule sees is never older than what the rule before it saw.
 */
export class ResourceViews {
  private readonly known = new Map<string, { readonly view: ResourceView; readonly seenBy: Set<string> }>();

  for(rule: string, given: PolicyArgs): ResourceView {
    const known = this.known.get(given.urn);
    if (known?.view.type === given.type && !known.seenBy.has(rule)) {
      known.seenBy.add(rule);
      return known.view;
    }
    const view = viewOf(given);
    this.known.set(given.urn, { view, seenBy: new Set([rule]) });
    return view;
  }

  /** Ends the look at a resource, after the last policy. */
  forget(urn: string): void {
    this.known.delete(urn);
  }
}

/** The same for all resources of a stack, which may have any URNs. */
export class StackViews {
  private known: { readonly views: readonly ResourceView[]; readonly seenBy: Set<string> } | undefined;

  for(rule: string, given: readonly PolicyArgs[]): readonly ResourceView[] {
    const { known } = this;
    const isSame =
      known?.views.length === given.length &&
      known.views.every(({ urn, type }, i) => {
        const each = given[i];
        return each !== undefined && urn === each.urn && type === each.type;
      });
    if (isSame && !known.seenBy.has(rule)) {
      known.seenBy.add(rule);
      return known.views;
    }
    const views = given.map(viewOf);
    this.known = { views, seenBy: new Set([rule]) };
    return views;
  }

  forget(): void {
    this.known = undefined;
  }
}

/** Waits for what resources hand out by promises, if there is anything, before they are judged. */
export function settled(views: readonly ResourceView[], judge: () => void): Promise<void> | undefined {
  const waiting = views.filter(({ index }) => index.assets.length > 0);
  if (waiting.length > 0) return Promise.all(waiting.map((view) => view.settle())).then(judge);
  judge();
  return undefined;
}
