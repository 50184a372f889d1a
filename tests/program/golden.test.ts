import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RULES } from "../../policy/all-rules";
import { NOTE_POLICIES, policies } from "../../policy/policies";
import { assemble } from "../../preview/preview";
import { judge } from "../../preview/verdict";
import type { Run } from "../../preview/run/run";
import { toText } from "../../preview/show/preview-text";
import { styleFor } from "../../preview/show/terminal";
import { readableMap, UNKNOWN_TEXT } from "../../preview/run/wire";
import { golden } from "../support/golden";
import { projectOf, ROOT, runs, task } from "../support/program";
import { committedStacks, variants } from "../support/stacks";
import { needLines } from "../../tools/preview/needs";

const DIRECTORY = join(ROOT, "tests", "golden");
/** Accept what the program registers now as right: `UPDATE_GOLDEN=1 npx jest tests/program/golden`. */
const accept = process.env["UPDATE_GOLDEN"] === "1";

describe("the committed stacks", () => {
  let registered: Map<string, Run>;

  beforeAll(async () => {
    const all = await runs(committedStacks.map((stack) => task({ stack }, {}, false)));
    registered = new Map(all.map((run) => [run.stack, run]));
  });

  test.each(committedStacks)("register exactly what is in review: %s", (stack) => {
    const run = registered.get(stack);
    expect(run?.errors).toEqual([]);
    // Nobody is warned at every `up` of what is as it should be.
    expect(run?.logs).toEqual([]);
    const file = join(DIRECTORY, `${stack}.yaml`);
    const actual = golden(run?.registrations ?? []);
    if (accept) {
      mkdirSync(DIRECTORY, { recursive: true });
      writeFileSync(file, actual);
    }
    expect(actual).toBe(existsSync(file) ? readFileSync(file, "utf8") : "(no golden file; UPDATE_GOLDEN=1 writes it)");
  });

  test.each(committedStacks)("break no policy: %s", async (stack) => {
    const { findings } = await judge(policies, registered.get(stack)?.registrations ?? []);
    expect(findings.filter(({ level }) => level !== "undecided")).toEqual([]);
  });

  test("take no value for known that only Google can give", () => {
    for (const run of registered.values()) expect(golden(run.registrations)).not.toMatch(/undefined|\[object /);
    const cluster = registered.get("dev")?.registrations.find(({ type }) => type === "pulumi:providers:kubernetes");
    expect(readableMap(cluster?.inputs ?? {})["kubeconfig"]).toBe(UNKNOWN_TEXT);
  });

  test("print what the README shows of them, in its order", async () => {
    const run = registered.get("dev");
    if (run === undefined) throw new Error("the stack dev is not committed");
    const upNote = '(README.md, "On to pulumi up")';
    const view = { out: "out/dev", closing: needLines, upNote, notePolicies: NOTE_POLICIES, style: styleFor(false) };
    const printed = toText(await assemble(projectOf({}), run, policies), view).split("\n");
    const [, sample = ""] = /```text\n(resource [^`]*)```/.exec(readFileSync(join(ROOT, "README.md"), "utf8")) ?? [];
    const shown = sample.split("\n").filter((line) => line !== "" && line !== "…");
    expect(shown.length).toBeGreaterThan(5);
    expect(printed.filter((line) => shown.includes(line))).toEqual(shown);
    const rules = RULES.filter(({ level }) => level !== "disabled").length;
    expect(printed.find((line) => line.startsWith("Policy"))).toMatch(new RegExp(`^Policy  ${rules} rules hold, `));
  });

  test.each(committedStacks)("fit a terminal of 80 columns, but for commands that people copy: %s", async (stack) => {
    const run = registered.get(stack);
    if (run === undefined) throw new Error(`the stack ${stack} is not committed`);
    const view = { out: `out/${stack}`, closing: needLines, style: styleFor(false), columns: 80 };
    const printed = toText(await assemble(projectOf({ stack }), run, policies), view).split("\n");
    const wide = printed.filter((line) => Array.from(line).length > 80);
    expect(wide.filter((line) => !/^ {2}(kubectl|open) /.test(line))).toEqual([]);
    expect(printed.join("\n")).toMatch(/RandomPassword +protected /);
  });

  test("have a golden file each, and no golden file is left over", () => {
    const files = readdirSync(DIRECTORY).filter((file) => file.endsWith(".yaml"));
    expect(files.sort()).toEqual(committedStacks.map((stack) => `${stack}.yaml`));
  });
});

describe("a stack off Google", () => {
  test.each([
    ["another Kubernetes", ["kubernetes", "random", "tls"]],
    ["another Kubernetes and registry", ["docker", "kubernetes", "random", "tls"]],
  ] as const)("on %s needs these providers and no other: %j", async (variant, providers) => {
    const [run] = await runs([task(variants[variant], {}, false)]);
    expect(run?.errors).toEqual([]);
    const types = (run?.registrations ?? []).filter(({ custom }) => custom).map(({ type }) => type);
    const found = types.map((type) => type.replace(/^pulumi:providers:/, "").split(":", 1)[0]);
    expect([...new Set(found)].sort()).toEqual(providers);
  });
});

describe("every policy", () => {
  const cases = Object.entries(variants).flatMap(([name, source]) => [
    { name: `${name}, before up`, source, resolved: false },
    { name: `${name}, with every value known`, source, resolved: true },
  ]);
  let registered: Run[];

  beforeAll(async () => {
    registered = await runs(cases.map(({ source, resolved }) => task(source, {}, resolved)));
  });

  test.each(cases.map(({ name, resolved }, index) => ({ name, resolved, index })))(
    "holds over $name",
    async ({ index, resolved }) => {
      const run = registered[index];
      expect(run?.errors).toEqual([]);
      const verdict = await judge(policies, run?.registrations ?? []);
      // What settings ask to have open is noted, which tests/program/access.test.ts counts.
      const findings = verdict.findings.filter(({ message }) => !message.endsWith("Its annotation asks for it."));
      expect(findings.filter(({ level }) => level !== "undecided")).toEqual([]);
      const known = findings.filter(({ message }) => !message.startsWith("certificates-not-expiring"));
      // Once all is known there is nothing left to wait for, but the certificates, whose dates come with the state.
      expect(resolved ? known : []).toEqual([]);
    },
  );
});
