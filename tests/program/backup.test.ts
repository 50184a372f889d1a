import type { Registration } from "../../preview/run/registration";
import { isObject, unwrappedMap } from "../../preview/run/wire";
import { containersOf, objectsOf, workloadsOf } from "../support/pods";
import { plannedRun, succeeded } from "../support/program";

describe("the server's identity at the bucket", () => {
  let registrations: readonly Registration[];
  let folder: string;
  let restored: string;

  beforeAll(async () => {
    const run = await plannedRun({ config: { "gocd:backup": { restore: "backup_20260101-020000" } } });
    registrations = succeeded(run);
    const folders = workloadsOf(objectsOf(registrations))
      .flatMap(({ spec }) => containersOf(spec))
      .flatMap(({ env = [] }) => env.flatMap(({ name, value }) => (name === "BACKUP_PREFIX" ? [value ?? ""] : [])));
    [folder = "", restored = ""] = folders;
  });

  const granted = () =>
    registrations
      .filter(({ type }) => type.endsWith(":BucketIAMMember"))
      .map(({ inputs }) => unwrappedMap(inputs))
      .map(({ role, condition }) => [role, isObject(condition) ? condition["expression"] : undefined]);
  const objects = () =>
    `resource.name.startsWith("projects/_/buckets/my-gocd-project-gocd-dev-backups/objects/${folder}")`;

  test("adds where it writes its backups, and nowhere else in the bucket", () => {
    expect(folder).toMatch(/^[^/]+\/$/);
    // What the one writes the other must find.
    expect(restored).toBe(folder);
    expect(granted()).toContainEqual(["roles/storage.objectCreator", objects()]);
  });

  test("reads there alone, and sees elsewhere no more than names", () => {
    const names = 'resource.type == "storage.googleapis.com/Bucket"';
    expect(granted()).toContainEqual(["roles/storage.objectViewer", `${names} || ${objects()}`]);
  });

  test("has no further role: it neither overwrites nor deletes", () => {
    expect(granted()).toHaveLength(2);
  });
});
