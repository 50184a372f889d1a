import { oneLine, printable } from "../../preview/escape";

describe("text that others wrote", () => {
  test("has no character that a terminal would obey", () => {
    expect(printable("a\u001b[31m\u0007\u202e\nb")).toBe("a\\u001b[31m\\u0007\\u202e\nb");
    expect(oneLine("a\n  b\tc")).toBe("a b c");
  });
});
