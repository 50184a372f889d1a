import type { Registration } from "../../preview/run/registration";
import { runs, succeeded, task } from "../support/program";

const RESTORED = { drill: { data: "gocd-dev-drill" }, fresh: { data: "empty" } };

describe("a restore", () => {
  let before: readonly Registration[];
  let snapshot: readonly Registration[];
  let backup: readonly Registration[];

  beforeAll(async () => {
    const of = (config: Readonly<Record<string, unknown>>) => task({ config }, {}, false);
    const all = await runs([
      of({ "gocd:server": { restored: RESTORED } }),
      of({ "gocd:server": { restored: RESTORED, use: "drill" } }),
      of({ "gocd:server": { restored: RESTORED, use: "fresh" }, "gocd:backup": { restore: "backup_20260101-020000" } }),
    ]);
    [before, snapshot, backup] = all.map(succeeded) as [Registration[], Registration[], Registration[]];
  });

  const disks = (registrations: readonly Registration[]) =>
    Object.fromEntries(
      registrations
        .filter(({ type }) => type === "gcp:compute/disk:Disk")
        .map(({ name, protect, inputs }) => [name, { protect, snapshot: inputs["snapshot"] }]),
    );
  const server = (registrations: readonly Registration[]) => {
    const found = registrations.find(({ type, name }) => type.endsWith(":StatefulSet") && name === "gocd-dev-server");
    return JSON.stringify(found?.inputs["spec"]);
  };

  test("makes disks beside the first ones, protected like them: one from its snapshot, one with nothing on it", () => {
    for (const registrations of [before, snapshot, backup])
      expect(disks(registrations)).toEqual({
        "gocd-dev-data": { protect: true, snapshot: undefined },
        "gocd-dev-artifacts": { protect: true, snapshot: undefined },
        "gocd-dev-data-drill": { protect: true, snapshot: "gocd-dev-drill" },
        "gocd-dev-data-fresh": { protect: true, snapshot: undefined },
      });
  });

  test("points the server at one of them by one line, and back by the same, artifacts where they are", () => {
    const claims = (registrations: readonly Registration[]) =>
      [...server(registrations).matchAll(/"claimName":"([^"]*)"/g)].map(([, name]) => name);
    expect(claims(before)).toEqual(["gocd-dev-data", "gocd-dev-artifacts"]);
    expect(claims(snapshot)).toEqual(["gocd-dev-data-drill", "gocd-dev-artifacts"]);
    expect(claims(backup)).toEqual(["gocd-dev-data-fresh", "gocd-dev-artifacts"]);
  });

  test("from a backup happens before the server starts, and only where the settings name one", () => {
    expect(server(backup)).toContain('"name":"RESTORE_NAME","value":"backup_20260101-020000"');
    expect(server(snapshot)).not.toContain("RESTORE_NAME");
  });
});
