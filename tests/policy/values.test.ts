import { isUnknown } from "../../policy/reading/values";

test("the marks of unknown values are those of @pulumi/policy", () => {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- they are exported without types
  const marks = Object.entries(require("@pulumi/policy/proxy") as Record<string, unknown>).filter(([name]) =>
    /^unknown.*Value$/.test(name),
  );
  expect(marks).toHaveLength(7);
  expect(marks.filter(([, mark]) => !isUnknown(mark))).toEqual([]);
});
