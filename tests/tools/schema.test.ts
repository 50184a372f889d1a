import { readdirSync, readFileSync } from "node:fs";
import { isIPv4 } from "node:net";
import { join } from "node:path";
import Ajv from "ajv";
import { parse } from "yaml";
import { GOCD, SECRETS } from "../../settings/keys";
import { parseSettings } from "../../settings/parse";
import { generated, type Generated } from "../../tools/schema/generated";
import { stackSchema } from "../../tools/schema/stack-schema";
import { keys } from "../../tools/schema/wanted";

const root = join(__dirname, "..", "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

// As editors do: Ajv knows no format by itself.
const validate = new Ajv({ strict: false, formats: { ipv4: isIPv4 } }).compile(stackSchema());

const STACK_FILES = readdirSync(root).filter((file) => /^Pulumi\.[a-z0-9-]+\.yaml$/.test(file));

const GOOGLE = { "gcp:project": "my-project", "gcp:region": "us-central1", "gcp:zone": "us-central1-a" };
const LEAST = { ...GOOGLE, "gocd:cluster": { create: {} }, "gocd:agents": { docker: {} } };

const INGRESS = { class: "nginx", secret: "ci-tls", from: { namespace: "ingress-nginx" } };

/** Whether the program itself takes a configuration. */
function programTakes(config: Record<string, unknown>): boolean {
  const secret = (value: unknown) => typeof value === "object" && value !== null && "secure" in value;
  const delivered = Object.entries(config).map(([key, value]): [string, string] => [
    key,
    typeof value === "string" ? value : secret(value) ? "hidden" : JSON.stringify(value),
  ]);
  const secretKeys = Object.entries(config).flatMap(([key, value]) => (secret(value) ? [key] : []));
  try {
    parseSettings("dev", Object.fromEntries(delivered), secretKeys);
    return true;
  } catch {
    return false;
  }
}

describe("what npm run schema writes", () => {
  let files: readonly Generated[];
  beforeAll(() => {
    files = generated(root);
  });

  test.each(["schema/stack.json", "docs/settings.md"])("is committed as it would be written now: %s", (path) => {
    expect(read(path)).toBe(files.find((file) => file.path === path)?.text);
  });

  test("explains every key: what it means and what may stand there", () => {
    const all = Object.entries(GOCD).flatMap(([key, schema]) => keys(`gocd:${key}`, schema));
    expect(all.length).toBeGreaterThan(40);
    expect(all.filter(({ meaning, wanted }) => meaning === "" || wanted === "").map(({ path }) => path)).toEqual([]);
  });
});

describe("Pulumi.yaml", () => {
  test("declares exactly the keys that the settings know, each with description and type, where Pulumi has one", () => {
    const { config } = parse(read("Pulumi.yaml")) as {
      readonly config: Record<string, { readonly type?: string; readonly description?: string }>;
    };
    const either = { "gocd:access": "port-forward or a map" };
    const declared = Object.keys(config).filter((key) => key.startsWith("gocd:"));
    expect(declared.sort()).toEqual([...Object.keys(GOCD), ...SECRETS].map((key) => `gocd:${key}`).sort());
    for (const key of declared) {
      expect(config[key]?.description).toMatch(/\w+ \w+/);
      // A word or a map is nothing that Pulumi has a type for, and a wrong one would have it refuse the other.
      const isEither = key in either;
      expect([key, typeof config[key]?.type]).toEqual([key, isEither ? "undefined" : "string"]);
    }
  });
});

describe("the JSON schema of stack files", () => {
  test("knows of a stack file at least", () => {
    expect(STACK_FILES).toContain("Pulumi.dev.yaml");
  });

  test.each(STACK_FILES)("takes the committed %s", (file) => {
    const valid = validate(parse(read(file)));
    expect({ valid, errors: validate.errors }).toEqual({ valid: true, errors: null });
  });

  test.each([
    ["the least that works", LEAST, true],
    ["a secret password", { ...LEAST, "gocd:adminPassword": { secure: "AAABAA" } }, true],
    ["a key of another provider", { ...LEAST, "kubernetes:context": "kind" }, true],
    ["a number where a CPU is wanted", { ...LEAST, "gocd:server": { cpu: 0.5 } }, true],
    ["a password in plain text", { ...LEAST, "gocd:adminPassword": "hunter2" }, false],
    ["a key under gocd: that does not exist", { ...LEAST, "gocd:cluters": {} }, false],
    ["a key inside a map that does not exist", { ...LEAST, "gocd:server": { dsik: "30Gi" } }, false],
    ["no agents at all", { ...GOOGLE, "gocd:cluster": { create: {} } }, false],
    ["a map of pools that is empty", { ...LEAST, "gocd:agents": {} }, false],
    ["both ways to a cluster", { ...LEAST, "gocd:cluster": { create: {}, existing: { context: "kind" } } }, false],
    ["neither way to a cluster", { ...LEAST, "gocd:cluster": {} }, false],
    ["a pool's name that no DNS label can be", { ...LEAST, "gocd:agents": { Docker: {} } }, false],
    ["more replicas than the bound", { ...LEAST, "gocd:agents": { docker: { replicas: 201 } } }, false],
    ["a size without a unit", { ...LEAST, "gocd:server": { disk: "30" } }, false],
    [
      "a release channel that does not exist",
      { ...LEAST, "gocd:cluster": { create: { releaseChannel: "FAST" } } },
      false,
    ],
    [
      "nodes by their labels and taints",
      {
        ...LEAST,
        "gocd:cluster": { existing: { context: "gke", serverPlacement: { nodeSelector: { "example.com/ci": "" } } } },
        "gocd:agents": { docker: { placement: { tolerations: [{ key: "ci", operator: "Exists" }] } } },
      },
      true,
    ],
    [
      "a label that is no text",
      { ...LEAST, "gocd:cluster": { existing: { context: "gke", serverPlacement: { nodeSelector: { ci: true } } } } },
      false,
    ],
    [
      "a DNS server by name",
      { ...LEAST, "gocd:cluster": { existing: { context: "gke", dnsServers: ["kube-dns"] } } },
      false,
    ],
    ["an image by tag", { ...LEAST, "gocd:images": { prebuilt: { server: "gcr.io/p/s:latest" } } }, false],
    ["a way of access that does not exist", { ...LEAST, "gocd:access": "public" }, false],
    ["a host without a way to it", { ...LEAST, "gocd:access": { host: "ci.example.com" } }, false],
    ["a way without a host", { ...LEAST, "gocd:access": { google: { allow: ["0.0.0.0/0"] } } }, false],
    [
      "a host by two ways",
      { ...LEAST, "gocd:access": { host: "ci.example.com", google: { allow: ["0.0.0.0/0"] }, ingress: INGRESS } },
      false,
    ],
    [
      "a host behind Google's load balancer",
      { ...LEAST, "gocd:access": { host: "ci.example.com", google: { address: "internal" } } },
      true,
    ],
    ["a host behind an Ingress", { ...LEAST, "gocd:access": { host: "ci.example.com", ingress: INGRESS } }, true],
  ])("agrees with the program about %s", (_, config: Record<string, unknown>, right) => {
    expect({ schema: validate({ config }), program: programTakes(config) }).toEqual({ schema: right, program: right });
  });

  test("refuses a key beside config that Pulumi does not know", () => {
    expect(validate({ config: LEAST, confg: {} })).toBe(false);
  });
});
