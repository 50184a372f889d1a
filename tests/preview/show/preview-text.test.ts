import { exitCode, type Preview } from "../../../preview/preview";
import { STACK_TYPE } from "../../../preview/run/registration";
import { styleFor } from "../../../preview/show/terminal";
import { toText } from "../../../preview/show/preview-text";
import { resource } from "../../support/resource";

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

describe("the text for people", () => {
  const text = (given: Partial<Preview> = {}) => toText(preview(given), { out: "out/dev", style: styleFor(false) });

  test("is a table whose columns line up", () => {
    expect(text().split("\n").slice(0, 5)).toEqual([
      "resource                          name",
      "Stack                             shop-dev",
      "  Pool                            docker",
      "    tls PrivateKey  2             key-2, key-10",
      "    tls PrivateKey     protected  root",
    ]);
  });

  test("lists as many names as fit, then counts", () => {
    const names = Array.from({ length: 12 }, (_, index) => key(`a-key-with-a-long-name-${String(index)}`));
    expect(text({ resources: [stack, pool, ...names] })).toMatch(/a-key-with-a-long-name-0 … 11 more$/m);
  });

  test("lists more names in a wide terminal, and keeps to the width of a narrow one", () => {
    const names = Array.from({ length: 12 }, (_, index) => key(`a-key-${String(index)}`));
    const lines = (columns: number) =>
      toText(preview({ resources: [stack, pool, ...names] }), { out: "out", style: styleFor(false), columns })
        .split("\n")
        .slice(0, 4);
    expect(lines(200)[3]).toMatch(/a-key-0, a-key-1, .*a-key-11$/);
    expect(lines(80)[3]).toMatch(/a-key-0, .* … \d more$/);
    expect(Math.max(...lines(80).map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test("marks what is protected before its name where a column of its own leaves no room", () => {
    const kind = "tls:index/aKindWithANameOfMoreThanFortyLetters:AKindWithANameOfMoreThanFortyLetters";
    const long = resource({ urn: "long", type: kind, name: "long", parent: "pool", protect: true });
    const many = ["b-key-with-a-long-name", "another"].map((name) => key(name, true));
    const lines = (columns: number) =>
      toText(preview({ resources: [stack, pool, long, ...many] }), {
        out: "out",
        style: styleFor(false),
        columns,
      }).split("\n");
    expect(lines(80).slice(3, 5)).toEqual([
      "    tls AKindWithANameOfMoreThanFortyLetters     protected long",
      "    tls PrivateKey                            2  protected another … 1 more",
    ]);
    expect(lines(70)[4]).toBe("    tls PrivateKey                            2  protected anot… 1 more");
    expect(lines(120)[4]).toMatch(/ 2 {2}protected {2}another, b-key-with-a-long-name$/);
  });

  test("names violations, and says that they must be mended", () => {
    const result = preview({
      verdict: {
        policies: ["a"],
        findings: [{ policy: "no-root", level: "mandatory", urn: "root", message: "mend me" }],
      },
    });
    expect(exitCode(result)).toBe(1);
    expect(toText(result, { out: "out", style: styleFor(false) })).toMatch(
      /mandatory {2}no-root {2}root \(tls PrivateKey\) {2}mend me\n[^]*Next: mend/,
    );
  });

  test("counts the rules that are broken, and none that only tells notes", () => {
    const finding = (policy: string, urn: string) => ({ policy, level: "mandatory", urn, message: "mend me" }) as const;
    const verdict = { policies: ["a", "b", "c", "notes"], findings: [finding("a", "root"), finding("a", "pool")] };
    const view = { out: "out", style: styleFor(false), notePolicies: ["notes"] };
    expect(toText(preview({ verdict }), view)).toContain("Policy  1 of 3 rules broken, 2 violations, 0 warnings\n");
    expect(toText(preview({ verdict: { ...verdict, findings: [] } }), view)).toContain("3 rules hold, 0 warnings\n");
  });

  test("does not count what waits for a value as a violation or a warning", () => {
    const result = preview({
      verdict: { policies: ["a"], findings: [{ policy: "later", level: "undecided", urn: "root", message: "wait" }] },
    });
    expect(exitCode(result)).toBe(0);
    expect(toText(result, { out: "out", style: styleFor(false) })).toContain(
      "1 rule holds, 0 warnings, 1 check waits for values known after up",
    );
  });

  test("says what to correct when settings are wrong", () => {
    const errors = [{ message: "bad", trace: [], problems: [{ key: "a", found: "b", wanted: "c" }] }];
    expect(exitCode(preview({ errors }))).toBe(2);
    expect(text({ errors })).toBe("error bad\n\nCorrect Pulumi.dev.yaml and run npm run preview again.\n");
  });
});
