import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../cluster/kubernetes/paths";
import { ID, TYPE } from "./providers/google/types";

const GOLDEN = path.join(ROOT, "tests/golden");

/** Types of Google's that a golden stack registers, by its file. */
const REGISTERED = readdirSync(GOLDEN, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".yaml"))
  .flatMap((file) =>
    [...readFileSync(path.join(GOLDEN, file), "utf8").matchAll(/^urn: \S*?[:$](gcp:[^:$]+:\w+)::/gm)].map(
      ([, type = ""]) => ({ file, type }),
    ),
  );

describe("the model of Google Cloud", () => {
  test("knows every type that a golden stack registers", () => {
    const known: readonly string[] = Object.values(TYPE);
    const unknown = REGISTERED.filter(({ type }) => !known.includes(type)).map(({ file, type }) => `${file}: ${type}`);
    expect(unknown).toEqual([]);
    expect(new Set(REGISTERED.map(({ type }) => type)).size).toBeGreaterThan(12);
  });

  test("gives an id to everything that it makes", () => {
    expect(Object.values(TYPE).filter((type) => ID[type] === undefined)).toEqual([]);
  });
});
