// The pack as somebody else has it: packed, installed into an empty program outside of this repository, and asked by Pulumi's host.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { RULES } from "../../policy/all-rules";
import { refusals, reports, request } from "./analyzer";
import { withHostPath } from "./cases/case";
import { hostOn, type PolicyHost } from "./host";

const ROOT = join(__dirname, "../..");
const RESOURCE = { type: "kubernetes:core/v1:Pod", props: withHostPath("/var/run/docker.sock") };

let directory: string;
let pack: string;
const run = (command: string, args: readonly string[], cwd: string) =>
  execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "stranger-"));
  run("npm", ["pack", "--workspace", "policy", "--pack-destination", directory], ROOT);
  const [tarball = ""] = readdirSync(directory);
  writeFileSync(join(directory, "package.json"), JSON.stringify({ name: "stranger", private: true }));
  run("npm", ["install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", `./${tarball}`], directory);
  pack = join(directory, "node_modules/gocd-policy");
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

/** The policies that refuse the Pod, in a pack that Pulumi's host runs. */
async function refusedBy(at: string): Promise<readonly string[]> {
  const host: PolicyHost = await hostOn(at, join(directory, "node_modules/@pulumi/pulumi/cmd/run-policy-pack"));
  try {
    return refusals(reports(await host.ask("analyze", request("AnalyzeRequest", RESOURCE)))).map(
      ({ policy }) => policy,
    );
  } finally {
    await host.stop();
  }
}

test("the installed pack refuses the node's socket", async () => {
  expect(await refusedBy(pack)).toEqual(["no-runtime-sockets"]);
});

test("the package holds what the pack needs and nothing of its making", () => {
  const files = readdirSync(pack, { recursive: true, encoding: "utf8" });
  expect(files).toEqual(expect.arrayContaining(["CHANGELOG.md", "PulumiPolicy.yaml", "README.md", "dist/index.js"]));
  expect(files).toEqual(expect.arrayContaining(["dist/policies.md", "template/PulumiPolicy.yaml"]));
  expect(files.filter((file) => /(?<!\.d)\.ts$|document\.js|tsconfig|\.map$/.test(file))).toEqual([]);
});

test("a pack made from the template has these rules and its own", async () => {
  const own = mkdtempSync(join(directory, "own-"));
  for (const file of ["index.js", "package.json", "PulumiPolicy.yaml"])
    writeFileSync(join(own, file), readFileSync(join(pack, "template", file), "utf8").replace(/\$\{\w+\}/g, "own"));
  expect(await refusedBy(own)).toEqual(["no-runtime-sockets"]);
});

test("single rules, with a configuration in them, go into a program of somebody's own", () => {
  const program = `
    const { configured } = require("gocd-policy/configured");
    const { makePolicies } = require("gocd-policy/policies");
    const { RULES } = require("gocd-policy/rules");
    const { noRuntimeSockets } = require("gocd-policy/rules/no-runtime-sockets");
    const own = configured(makePolicies([noRuntimeSockets]), { "no-runtime-sockets": "advisory" });
    console.log(JSON.stringify([RULES.length, own.map(({ name, enforcementLevel }) => [name, enforcementLevel])]));`;
  expect(JSON.parse(run(process.execPath, ["-e", program], directory))).toEqual([
    RULES.length,
    [
      ["no-runtime-sockets", "advisory"],
      ["notes", "advisory"],
      ["stack-notes", "advisory"],
    ],
  ]);
});

test.each([
  ["from this repository", () => join(ROOT, "policy")],
  ["as it is installed", () => pack],
])(
  "can be published %s: Pulumi's CLI reads the package's name off npm, and a project beside the program",
  (_, folder) => {
    const at = folder();
    const env = { ...process.env, npm_config_foreground_scripts: "false" };
    const said = execFileSync("npm", ["pack", "--loglevel=error", "--dry-run"], { cwd: at, encoding: "utf8", env });
    expect(said.trim()).toMatch(/^gocd-policy-[\d.]+\.tgz$/);
    const { main = "index.js" } = parse(readFileSync(join(at, "PulumiPolicy.yaml"), "utf8")) as {
      readonly main?: string;
    };
    expect(dirname(main)).toBe(".");
  },
);

test("the template asks for nothing that no registry has", () => {
  const template = JSON.parse(readFileSync(join(pack, "template/package.json"), "utf8")) as {
    readonly dependencies: object;
  };
  expect(Object.keys(template.dependencies)).toEqual(["@pulumi/policy", "@pulumi/pulumi"]);
});

test("one version stands in the package, for Pulumi and in the changelog", () => {
  const text = (file: string) => readFileSync(join(ROOT, "policy", file), "utf8");
  const { version } = JSON.parse(text("package.json")) as { readonly version: string };
  expect(parse(text("PulumiPolicy.yaml"))).toMatchObject({ version });
  expect(/^## (\S+)/m.exec(text("CHANGELOG.md"))?.[1]).toBe(version);
  expect(text("README.md")).toContain(`gocd-policy-${version}.tgz`);
});
