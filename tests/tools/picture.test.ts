import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Registration } from "../../preview/run/registration";
import { pictureOf } from "../../tools/picture/model";
import { svg, THEMES } from "../../tools/picture/svg";
import { plannedRun, ROOT, succeeded } from "../support/program";

let registrations: readonly Registration[];
beforeAll(async () => {
  registrations = succeeded(await plannedRun());
});

/** The registrations with a text replaced wherever it stands. */
function changed(text: string, by: string): readonly Registration[] {
  return JSON.parse(JSON.stringify(registrations).replaceAll(text, by)) as readonly Registration[];
}

describe("the picture of the README", () => {
  test.each(Object.entries(THEMES))("is what `npm run picture` draws: %s", (name, theme) => {
    const file = readFileSync(join(ROOT, "docs", `picture-${name}.svg`), "utf8");
    expect(svg(pictureOf(registrations), theme)).toBe(file);
  });

  test("shows an agent without privilege beside a daemon on the loopback, which share the workspace alone", () => {
    const { agent } = pictureOf(registrations);
    expect(agent.containers).toEqual([
      { name: "dind", privileged: true },
      { name: "agent", privileged: false },
    ]);
    expect(agent.daemon).toBe("tcp://127.0.0.1:2376");
    const shared = agent.claims.filter(({ mountedBy }) => mountedBy.length > 1);
    expect(shared.map(({ name }) => name)).toEqual(["workspace"]);
  });

  test.each([
    ["127.0.0.1:2376", "127.0.0.1:2377"],
    ["0.0.0.0/0", "192.0.2.0/24"],
    ["gcp:storage/bucket:Bucket", "gcp:storage/other:Other"],
  ])("changes with the program: %s", (text, by) => {
    const { light } = THEMES;
    expect(svg(pictureOf(changed(text, by)), light)).not.toBe(svg(pictureOf(registrations), light));
  });

  test("cannot be drawn without agents", () => {
    const others = registrations.filter(({ type }) => type !== "kubernetes:apps/v1:StatefulSet");
    expect(() => pictureOf(others)).toThrow("the stack has no StatefulSet of gocd-agent");
  });
});
