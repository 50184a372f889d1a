import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ROOT } from "../cluster/kubernetes/paths";
import { BROKEN, PROJECT } from "./broken-rules";
import { Cloud } from "./providers/google/cloud";
import { nameProblems } from "./providers/google/names";
import { refusals, RULES } from "./providers/google/rules";
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

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "model-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What a project says against an operation, and by which rules. */
function broken({ on, type, inputs, there, objects = [] }: (typeof BROKEN)[number]): ReturnType<typeof refusals> {
  const file = path.join(folder, "cloud.json");
  writeFileSync(file, JSON.stringify(there));
  writeFileSync(`${file}.gateways`, JSON.stringify(objects));
  return refusals(on, type, inputs, new Cloud(file), PROJECT);
}

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

  test.each(BROKEN.map((row) => [row.on, row.type, row.says, row] as const))(
    "refuses by one rule to %s %s: %s",
    (_on, _type, says, row) => {
      expect(broken(row).map(({ message }) => message)).toEqual([expect.stringContaining(says)]);
    },
  );

  test("has no rule that no operation breaks here", () => {
    const shown = new Set(BROKEN.flatMap(broken).map(({ rule }) => rule));
    expect(RULES.filter((rule) => !shown.has(rule)).map(({ on, source }) => `${on}: ${source}`)).toEqual([]);
    expect(RULES.length).toBeGreaterThan(30);
  });

  test("takes what breaks no rule: the same disks where they are slow, or in another region", () => {
    const row = BROKEN.find(({ type, says }) => type === TYPE.disk && says.includes("SSD_TOTAL_GB"));
    if (row === undefined) throw new Error("no disk is too large");
    for (const change of [{ type: "pd-standard" }, { zone: "europe-west1-b" }])
      expect(broken({ ...row, inputs: { ...row.inputs, name: "slow", ...change } })).toEqual([]);
  });

  test.each([
    [TYPE.network, { name: "Gocd" }],
    [TYPE.disk, { name: "a".repeat(64) }],
    [TYPE.cluster, { name: "a".repeat(41) }],
    [TYPE.account, { accountId: "short" }],
    [TYPE.bucket, { name: "Backups" }],
  ])("takes no name of %s that Google would not: %j", (type, inputs) => {
    expect(nameProblems(type, inputs).map(({ property }) => property)).toEqual(Object.keys(inputs));
    expect(nameProblems(type, { name: "gocd-dev", accountId: "gocd-dev" })).toEqual([]);
  });
});
