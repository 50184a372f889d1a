import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../../support/program";

/** Says what is loaded before and after a function is written down, and what is sent along with it. */
const SCRIPT = `
const { loadSdk } = require("${ROOT}/preview/run/sdk");
const names = ["typescript", "@npmcli/arborist", "@pulumi/pulumi/automation"];
const loaded = () => names.filter((name) => require.cache[require.resolve(name, { paths: ["${ROOT}"] })] !== undefined);
loadSdk().then(async ({ runtime, automation }) => {
  const before = loaded();
  const answer = 42;
  const { text } = await runtime.serializeFunction(() => answer);
  const paths = await runtime.computeCodePaths({});
  if (typeof automation.LocalWorkspace !== "function") throw new Error("no automation");
  console.log(JSON.stringify({ before, after: loaded(), text, paths: [...paths.keys()] }));
});`;

describe("Pulumi's SDK", () => {
  test("is loaded without TypeScript, npm and automation, until a program uses them", async () => {
    const directory = await mkdtemp(join(tmpdir(), "gocd-sdk-"));
    try {
      await writeFile(join(directory, "package.json"), JSON.stringify({ name: "program", version: "1.0.0" }));
      const args = ["-r", join(ROOT, "preview", "register.js"), "-e", SCRIPT];
      const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: directory });
      const { before, after, text, paths } = JSON.parse(stdout) as Record<string, unknown>;
      expect(before).toEqual([]);
      expect(after).toEqual(["typescript", "@npmcli/arborist", "@pulumi/pulumi/automation"]);
      expect(text).toContain("answer: 42");
      expect(paths).toEqual([]);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
