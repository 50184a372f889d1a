import { parse } from "yaml";
import { manifests, toYaml } from "../../preview/manifests";
import { secret, SECRET_TEXT, UNKNOWN, UNKNOWN_TEXT, type WireObject } from "../../preview/run/wire";
import { resource } from "../support/resource";

const object = (name: string, inputs: WireObject) =>
  resource({ urn: `urn::${name}`, type: "kubernetes:core/v1:Thing", name, inputs });

describe("YAML of a manifest", () => {
  test("has its keys in one order, whatever order they were made in", () => {
    const one = toYaml({ spec: { b: 1, a: [{ d: 1, c: 2 }] }, kind: "Pod", metadata: { name: "x" }, apiVersion: "v1" });
    const two = toYaml({ apiVersion: "v1", metadata: { name: "x" }, kind: "Pod", spec: { a: [{ c: 2, d: 1 }], b: 1 } });
    expect(one).toBe(two);
    expect(one).toBe("apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\nspec:\n  a:\n    - c: 2\n      d: 1\n  b: 1\n");
  });

  test.each([
    "yes",
    "no",
    "on",
    "off",
    "y",
    "n",
    "null",
    "~",
    "0644",
    "1_000",
    "12:30:45",
    "1e3",
    "0x1F",
    "2020-01-01",
    ".inf",
    "",
    " x",
    "x ",
    "#x",
    "- x",
    "a: b",
    "«secret»",
  ])("is read back by YAML 1.1 and 1.2 as the text %j", (text) => {
    for (const version of ["1.1", "1.2"] as const) {
      expect(parse(toYaml({ text, [text]: 1 }), { version })).toEqual({ text, [text]: 1 });
    }
  });

  test("keeps long and many-lined texts as they are", () => {
    const long = `${"word ".repeat(60)}end`;
    expect(parse(toYaml({ long, lines: "a\n  b\n\nc\n" }))).toEqual({ long, lines: "a\n  b\n\nc\n" });
    expect(toYaml({ long }).split("\n")).toHaveLength(2);
  });

  test("spells out what a terminal would obey or hide", () => {
    const text = "a\u001b[2J\u009b\u202e\u200bb";
    const yaml = toYaml({ text });
    expect(yaml).toBe('text: "a\\e[2J\\u009b\\u202e\\u200bb"\n');
    expect(parse(yaml)).toEqual({ text });
  });

  test("repeats a value instead of referring to it", () => {
    const shared = { a: 1 };
    expect(toYaml({ one: shared, two: shared })).toBe("one:\n  a: 1\ntwo:\n  a: 1\n");
  });
});

describe("the manifests of a program", () => {
  test("lie under their namespace, and are sorted by file", () => {
    const files = manifests([
      object("b", { apiVersion: "v1", kind: "Secret", metadata: { name: "b", namespace: "shop" } }),
      object("a", { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } }),
    ]).map(({ file }) => file);
    expect(files).toEqual(["_cluster/namespace-shop.yaml", "shop/secret-b.yaml"]);
  });

  test("leave out what is no Kubernetes object", () => {
    const provider = resource({
      urn: "p",
      type: "pulumi:providers:kubernetes",
      inputs: { apiVersion: "v1", kind: "x" },
    });
    const chart = resource({ urn: "c", type: "kubernetes:helm.sh/v3:Release", inputs: { chart: "x" } });
    const component = resource({
      urn: "d",
      type: "kubernetes:x:y",
      custom: false,
      inputs: { apiVersion: "v1", kind: "x" },
    });
    expect(manifests([provider, chart, component])).toEqual([]);
  });

  test("show the keys of a Secret and none of its values", () => {
    const [shown] = manifests([
      object("s", {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "s" },
        stringData: secret({ token: "t0p", later: UNKNOWN }),
      }),
    ]);
    expect(shown?.object["stringData"]).toEqual({ token: SECRET_TEXT, later: SECRET_TEXT });
    const [unknown] = manifests([
      object("s", { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, stringData: UNKNOWN }),
    ]);
    expect(unknown?.object["stringData"]).toBe(UNKNOWN_TEXT);
  });

  test("distinguish kinds of the same name from different groups", () => {
    const files = manifests([
      object("a", { apiVersion: "networking.k8s.io/v1", kind: "Ingress", metadata: { name: "x", namespace: "n" } }),
      object("b", { apiVersion: "config.example.com/v1", kind: "Ingress", metadata: { name: "x", namespace: "n" } }),
    ]).map(({ file }) => file);
    expect(files).toEqual(["n/ingress-x.yaml", "n/ingress.config.example.com-x.yaml"]);
  });

  test("are refused when two resources describe one object", () => {
    const inputs = { apiVersion: "v1", kind: "Secret", metadata: { name: "b", namespace: "shop" } };
    expect(() => manifests([object("one", inputs), object("two", inputs)])).toThrow(
      "urn::one and urn::two describe the same object (shop/secret-b.yaml).",
    );
  });
});
