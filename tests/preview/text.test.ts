import { exitCode } from "../../preview/preview";
import type { Preview } from "../../preview/preview";
import { STACK_TYPE } from "../../preview/registration";
import { cut, oneLine, palette, printable, table, wantsColour } from "../../preview/terminal";
import { toText } from "../../preview/text";
import { spokenType, tree } from "../../preview/tree";
import { resource } from "../support/resource";

const stack = resource({ urn: "stack", type: STACK_TYPE, name: "shop-dev", custom: false });
const pool = resource({ urn: "pool", type: "shop:pool:Pool", name: "docker", parent: "stack", custom: false });
const key = (name: string, protect = false) =>
  resource({ urn: name, type: "tls:index/privateKey:PrivateKey", name, parent: "pool", protect });

const preview = (given: Partial<Preview> = {}): Preview => ({
  project: "shop",
  stack: "dev",
  file: "Pulumi.dev.yaml",
  resources: [stack, pool, key("key-10"), key("key-2"), key("root", true)],
  outputs: {},
  manifests: [],
  verdict: { policies: ["a"], findings: [] },
  logs: [],
  errors: [],
  ...given,
});

describe("the tree", () => {
  it("counts what is alike, in natural order, apart from what is protected", () => {
    expect(tree(preview().resources)).toMatchObject({
      name: "shop-dev",
      branches: [
        {
          name: "docker",
          groups: [
            { names: ["key-2", "key-10"], protect: false },
            { names: ["root"], protect: true },
          ],
        },
      ],
    });
  });

  it("is empty when nothing was registered", () => {
    expect(tree([])).toMatchObject({ groups: [], branches: [] });
  });

  it.each([
    ["kubernetes:apps/v1:StatefulSet", "kubernetes StatefulSet"],
    ["kubernetes:core/v1:Secret", "kubernetes Secret"],
    ["kubernetes:networking.k8s.io/v1:NetworkPolicy", "kubernetes NetworkPolicy"],
    ["kubernetes:crd.projectcalico.org/v1:NetworkPolicy", "kubernetes crd.projectcalico.org NetworkPolicy"],
    ["gcp:compute/disk:Disk", "gcp compute Disk"],
    ["random:index/randomBytes:RandomBytes", "random RandomBytes"],
    ["pulumi:providers:kubernetes", "provider kubernetes"],
  ])("calls %s a %s", (type, spoken) => {
    expect(spokenType(type)).toBe(spoken);
  });
});

describe("the text for people", () => {
  const text = (given: Partial<Preview> = {}) => toText(preview(given), "out/dev", palette(false));

  it("is a table whose columns line up", () => {
    expect(text().split("\n").slice(0, 5)).toEqual([
      "resource                          name",
      "Stack                             shop-dev",
      "  Pool                            docker",
      "    tls PrivateKey  2             key-2, key-10",
      "    tls PrivateKey     protected  root",
    ]);
  });

  it("lists as many names as fit, then counts", () => {
    const names = Array.from({ length: 12 }, (_, index) => key(`a-key-with-a-long-name-${String(index)}`));
    expect(text({ resources: [stack, pool, ...names] })).toMatch(/a-key-with-a-long-name-0 … 11 more$/m);
  });

  it("lists more names in a wide terminal, and keeps to the width of a narrow one", () => {
    const names = Array.from({ length: 12 }, (_, index) => key(`a-key-${String(index)}`));
    const lines = (columns: number) =>
      toText(preview({ resources: [stack, pool, ...names] }), "out", palette(false), columns)
        .split("\n")
        .slice(0, 4);
    expect(lines(200)[3]).toMatch(/a-key-0, a-key-1, .*a-key-11$/);
    expect(lines(80)[3]).toMatch(/a-key-0, .* … \d more$/);
    expect(Math.max(...lines(80).map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it("names violations, and says that they must be mended", () => {
    const result = preview({
      verdict: {
        policies: ["a"],
        findings: [{ policy: "no-root", level: "mandatory", urn: "root", message: "mend me" }],
      },
    });
    expect(exitCode(result)).toBe(1);
    expect(toText(result, "out", palette(false))).toMatch(
      /mandatory {2}no-root {2}root \(tls PrivateKey\) {2}mend me\n[^]*Next: mend/,
    );
  });

  it("does not count what waits for a value as a violation or a warning", () => {
    const result = preview({
      verdict: { policies: ["a"], findings: [{ policy: "later", level: "undecided", urn: "root", message: "wait" }] },
    });
    expect(exitCode(result)).toBe(0);
    expect(toText(result, "out", palette(false))).toContain(
      "1 rule holds, 0 warnings, 1 check waits for values known after up",
    );
  });

  it("says what to correct when settings are wrong", () => {
    const errors = [{ message: "bad", trace: [], problems: [{ key: "a", found: "b", wanted: "c" }] }];
    expect(exitCode(preview({ errors }))).toBe(2);
    expect(text({ errors })).toBe("error bad\n\nCorrect Pulumi.dev.yaml and run npm run preview again.\n");
  });
});

describe("the terminal", () => {
  it("gets colour only where a person wants it", () => {
    expect(wantsColour({ isTTY: true }, {})).toBe(true);
    expect(wantsColour({ isTTY: true }, { NO_COLOR: "1" })).toBe(false);
    expect(wantsColour({ isTTY: true }, { NO_COLOR: "" })).toBe(true);
    expect(wantsColour({ isTTY: true }, { TERM: "dumb" })).toBe(false);
    expect(wantsColour({}, {})).toBe(false);
    expect(palette(true).bold("x")).toBe("\u001b[1mx\u001b[0m");
    expect(palette(false).bold("x")).toBe("x");
  });

  it("pads by what is seen, not by what colours it", () => {
    const { bold } = palette(true);
    const lines = table([
      [{ text: "ab", style: bold }, { text: "1", align: "right" }, { text: "x" }],
      [{ text: "a" }, { text: "10", align: "right" }, { text: "y" }],
    ]);
    expect(lines).toEqual(["\u001b[1mab\u001b[0m   1  x", "a   10  y"]);
  });

  it("gets nothing that it would obey", () => {
    expect(printable("a\u001b[31m\u0007\u202e\nb")).toBe("a\\u001b[31m\\u0007\\u202e\nb");
    expect(oneLine("a\n  b\tc")).toBe("a b c");
    expect(cut("abcdef", 4)).toBe("abc…");
  });
});
