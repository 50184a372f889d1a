import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Manifest } from "../../../preview/manifests";
import { writeManifests } from "../../../preview/show/manifest-files";

const manifest = (file: string): Manifest => ({
  file,
  urn: `urn::${file}`,
  apiVersion: "v1",
  kind: "Secret",
  namespace: "n",
  name: "x",
  object: { kind: "Secret" },
});

describe("the directory of manifests", () => {
  let directory: string;
  const path = (...parts: string[]) => join(directory, "out", ...parts);

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "gocd-out-"));
    writeManifests(path(), [manifest("n/a.yaml"), manifest("m/b.yaml")]);
  });

  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  test("is made when it is not there", () => {
    expect(readdirSync(path()).sort()).toEqual(["m", "n"]);
    expect(readFileSync(path("n", "a.yaml"), "utf8")).toMatch(
      /^# Written by npm run preview; do not edit\.\n# urn::n\/a\.yaml\nkind: Secret\n$/,
    );
  });

  test("loses files that are no longer wanted, and directories that this empties", () => {
    writeManifests(path(), [manifest("n/c.yaml")]);
    expect(readdirSync(path())).toEqual(["n"]);
    expect(readdirSync(path("n"))).toEqual(["c.yaml"]);
  });

  test("keeps what somebody else put there", () => {
    writeFileSync(path("n", "mine.yaml"), "kind: Mine\n");
    writeFileSync(path("top.yaml"), "# Written by npm run preview; do not edit.\n");
    mkdirSync(path("m", "deep"));
    writeManifests(path(), []);
    expect(readdirSync(path()).sort()).toEqual(["m", "n", "top.yaml"]);
    expect(readdirSync(path("n"))).toEqual(["mine.yaml"]);
    expect(existsSync(path("m", "deep"))).toBe(true);
  });

  test("is left as it is when somebody else's file is in the way", () => {
    writeFileSync(path("n", "c.yaml"), "kind: Mine\n");
    expect(() => {
      writeManifests(path(), [manifest("n/c.yaml")]);
    }).toThrow(/is in the way.*--out/);
    expect(readFileSync(path("n", "c.yaml"), "utf8")).toBe("kind: Mine\n");
    expect(existsSync(path("n", "a.yaml"))).toBe(true);
  });

  test("does not lead writes elsewhere through a link", () => {
    const elsewhere = join(directory, "elsewhere.yaml");
    writeFileSync(elsewhere, "# Written by npm run preview; do not edit.\nprecious\n");
    symlinkSync(elsewhere, path("n", "c.yaml"));
    expect(() => {
      writeManifests(path(), [manifest("n/c.yaml")]);
    }).toThrow(/is in the way/);
    writeManifests(path(), []);
    expect(readFileSync(elsewhere, "utf8")).toContain("precious");
  });
});
