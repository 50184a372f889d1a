import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigurationError, readProject, secretPlaceholder } from "../../../preview/run/project";

describe("the configuration of a stack", () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "gocd-project-"));
  });

  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  const project = (declared: string, stack: string) => {
    writeFileSync(join(directory, "Pulumi.yaml"), `name: shop\nruntime: nodejs\nconfig:\n${declared}`);
    writeFileSync(join(directory, "Pulumi.dev.yaml"), stack);
    return readProject(directory, "dev");
  };
  const refused = (run: () => unknown) => {
    try {
      run();
    } catch (error) {
      if (error instanceof ConfigurationError) return error;
    }
    throw new Error("nothing was refused");
  };

  test("takes scalars as text and structures as JSON, as the CLI passes them", () => {
    const { name, config, secretKeys } = project(
      "  size: { type: string, default: small }\n",
      "config:\n  shop:count: 3\n  shop:on: true\n  shop:list: [1, { a: b }]\n",
    );
    expect({ name, config, secretKeys }).toEqual({
      name: "shop",
      config: { "shop:size": "small", "shop:count": "3", "shop:on": "true", "shop:list": '[1,{"a":"b"}]' },
      secretKeys: [],
    });
  });

  test("lets a stack's value win over a default, and keeps other namespaces separate", () => {
    const { config } = project("  size: small\n  gcp:region: { value: here }\n", "config:\n  size: large\n");
    expect(config).toEqual({ "shop:size": "large", "gcp:region": "here" });
  });

  test("puts placeholders where a value is encrypted, also inside structures", () => {
    const secure = "{ secure: v1:abc:def }";
    const { config, secretKeys } = project(
      "  size: small\n",
      `config:\n  shop:password: ${secure}\n  shop:users: { admin: ${secure}, guest: none }\n`,
    );
    expect(secretKeys).toEqual(["shop:password", "shop:users"]);
    expect(config["shop:password"]).toBe(secretPlaceholder("shop:password"));
    expect(JSON.parse(config["shop:users"] ?? "")).toEqual({ admin: secretPlaceholder("shop:users"), guest: "none" });
    expect(JSON.stringify(config)).not.toContain("v1:abc");
  });

  test("does not take a key named secure for an encrypted value when there is more beside it", () => {
    const { secretKeys } = project("  size: small\n", "config:\n  shop:server: { secure: 'yes', port: 1 }\n");
    expect(secretKeys).toEqual([]);
  });

  test("names what the CLI would refuse: a key without a value, a secret in plain text", () => {
    const { problems } = project(
      "  size: { type: string }\n  password: { type: string, secret: true }\n  gcp:zone: { description: x }\n",
      "config:\n  shop:password: open\n",
    );
    expect(problems).toMatchObject([
      { key: "shop:size", found: "nothing" },
      { key: "shop:password", found: "a plain value" },
    ]);
    expect(JSON.stringify(problems)).not.toContain("open");
  });

  test("names a key of the stack's file that Pulumi does not read", () => {
    const { problems } = project("  size: small\n", "confg:\n  shop:size: large\nencryptionsalt: v1:x\n");
    expect(problems).toEqual([
      { key: "confg", found: "a key that Pulumi does not read", wanted: expect.stringMatching(/config/) as string },
    ]);
  });

  test("can be empty", () => {
    expect(project("  size: small\n", "config:\n").config).toEqual({ "shop:size": "small" });
    expect(project("  size: small\n", "{}\n").config).toEqual({ "shop:size": "small" });
  });

  test.each([
    ["no YAML", "config: [", /Pulumi\.dev\.yaml/],
    ["a list", "- config\n", /a YAML map/],
    [
      "a list for its configuration",
      "config:\n  - shop:size: large\n",
      /config\n +found +a list\n +wanted +a YAML map of keys/,
    ],
    ["text for its configuration", "config: large\n", /config\n +found +a single value\n +wanted +a YAML map of keys/],
    ["a key twice", "config:\n  a: 1\n  a: 2\n", /unique/],
  ])("is refused when it is %s", (_, text, message) => {
    expect(refused(() => project("  size: small\n", text)).message).toMatch(message);
  });

  test("reads YAML as Pulumi does: merge keys, and numbers as Go has them", () => {
    const text = "config:\n  shop:base: &base { a: 1 }\n  shop:all: { <<: *base, b: 2 }\n";
    const numbers = "  shop:numbers: [010, -010, 0, 1_000, 0b11, 0x1F, 08, +7, _1, '010']\n";
    expect(project("  size: small\n", text + numbers).config).toMatchObject({
      "shop:all": '{"a":1,"b":2}',
      "shop:numbers": '[8,-8,0,1000,3,31,8,7,"_1","010"]',
    });
  });

  test.each(["", "# nothing yet\n", "encryptionsalt: v1:abc\n"])(
    "is nothing where its file says nothing: %j",
    (text) => {
      expect(project("  size: small\n", text).config).toEqual({ "shop:size": "small" });
    },
  );

  test.each([
    [
      "an alias of nothing",
      "config:\n  a: *hidden\n",
      "line 2, column 6: an alias whose anchor does not stand before it",
    ],
    ["two documents", "config: {}\n---\nconfig: {}\n", "line 2, column 1: a second document begins"],
    [
      "aliases of aliases",
      `a: &a [x]\n${["b", "c", "d", "e"]
        .map(
          (name, index) =>
            `${name}: &${name} [${Array(9)
              .fill(`*${"abcd"[index] ?? ""}`)
              .join(", ")}]\n`,
        )
        .join("")}config: { e: *e }\n`,
      "Excessive alias count indicates a resource exhaustion attack",
    ],
  ])("is refused, and nothing of it quoted, when it has %s", (_, text, found) => {
    expect(refused(() => project("  size: small\n", text)).problems).toEqual([
      { key: "Pulumi.dev.yaml", found, wanted: "a YAML map" },
    ]);
  });

  test("is refused when the project has no name", () => {
    writeFileSync(join(directory, "Pulumi.yaml"), "runtime: nodejs\n");
    writeFileSync(join(directory, "Pulumi.dev.yaml"), "config: {}\n");
    expect(refused(() => readProject(directory, "dev")).message).toBe(
      "Pulumi.yaml:\n  name\n    found   nothing\n    wanted  the project's name",
    );
  });

  test("says first where the YAML is wrong, and quotes none of it", () => {
    const [problem] = refused(() => project("  size: small\n", "config:\n  a: hidden\n  a: 2\n")).problems;
    expect(problem?.found).toMatch(/^line 3, column 3: /);
    expect(problem?.found).not.toContain("hidden");
  });

  test("says that an environment of Pulumi ESC cannot be read", () => {
    expect(project("  size: small\n", "environment: [shared]\n").note).toContain("Pulumi ESC");
    expect(project("  size: small\n", "config: {}\n").note).toBeUndefined();
  });

  test("is refused when there is none", () => {
    writeFileSync(join(directory, "Pulumi.yaml"), "name: shop\n");
    expect(refused(() => readProject(directory, "test")).problems).toEqual([
      { key: "Pulumi.test.yaml", found: "no such file", wanted: expect.stringContaining("--stack NAME") as string },
    ]);
  });
});
