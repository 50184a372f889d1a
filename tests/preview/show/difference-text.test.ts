import { difference } from "../../../preview/difference/difference";
import { differenceText } from "../../../preview/show/difference-text";
import { styleFor } from "../../../preview/show/terminal";
import { resource, side } from "../difference/registrations";

describe("the text of a difference", () => {
  const versions = { stack: "dev", ref: "main", commit: "0123456" };
  const script = (last: string) =>
    resource("kubernetes:core/v1:ConfigMap", "a-script", {
      inputs: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a-script" }, data: { run: `a\nb\n${last}\n` } },
    });
  const text = (columns?: number) =>
    differenceText(
      difference(side(script("c")), side(script("d")), {
        settings: [{ path: ["shop:size"], before: "x".repeat(90), after: "y".repeat(90) }],
      }),
      versions,
      styleFor(false),
      columns,
    );

  test("keeps to the width of the terminal", () => {
    expect(
      Math.max(
        ...text(80)
          .split("\n")
          .map(({ length }) => length),
      ),
    ).toBeLessThanOrEqual(80);
    expect(text(200)).toContain("x".repeat(85));
  });

  test("goes on below where more is said than a line holds", () => {
    const gone = resource("gcp:compute/disk:Disk", "a-disk", { protect: true });
    const lines = differenceText(difference(side(gone), side()), versions, styleFor(false), 60).split("\n");
    expect(lines.length).toBeGreaterThan(4);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(60);
  });

  test("shows of a text of many lines the first that differs", () => {
    expect(text()).toMatch(/line 3 of 4: c +→ line 3 of 4: d/);
  });

  test("cuts the sentence by which an element of a list is named", () => {
    const policy = (expression: string) =>
      resource("kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy", "a-policy", {
        inputs: { spec: { validations: [{ message: `${"no sockets ".repeat(9)}here`, expression }] } },
      });
    const lines = differenceText(difference(side(policy("a")), side(policy("b"))), versions, styleFor(false));
    expect(lines).toMatch(/spec\.validations\[no sockets [a-z ]+…\]\.expression +a +→ b/);
  });

  test("shows settings after what they change", () => {
    expect(text().indexOf("settings")).toBeGreaterThan(text().indexOf("a-script"));
  });
});
