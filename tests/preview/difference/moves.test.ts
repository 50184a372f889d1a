import { difference } from "../../../preview/difference/difference";
import type { Registration } from "../../../preview/run/registration";
import { component, resource, side } from "./registrations";

describe("a move", () => {
  const group = (name: string, given: Partial<Registration> = {}) => component("gocd:a:Group", name, given);
  const child = (parent: Registration, name: string) =>
    resource("random:index/randomId:RandomId", name, { parent: parent.urn });

  test("keeps a component and its children where an alias names the former place", () => {
    const [old, current] = [group("old"), group("new", { aliases: [group("old").urn] })];
    const result = difference(side(old, child(old, "old-id")), side(current, child(current, "new-id")));
    expect(result.added).toEqual([]);
    expect(result.removed).toEqual([]);
    expect(result.changed.map(({ name, movedFrom }) => [name, movedFrom])).toEqual([
      ["new-id", child(old, "old-id").urn],
      ["new", old.urn],
    ]);
  });

  test("is a removal and an addition without one", () => {
    const [old, current] = [group("old"), group("new")];
    const result = difference(side(old, child(old, "old-id")), side(current, child(current, "new-id")));
    expect([result.added.length, result.removed.length, result.changed.length]).toEqual([2, 2, 0]);
    expect(result.notes).toHaveLength(1);
  });
});
