import { shortened } from "../../../preview/escape";
import { styleFor, table, wantsColour, wrapped } from "../../../preview/show/terminal";

describe("the terminal", () => {
  test("gets colour only where a person wants it", () => {
    expect(wantsColour({ isTTY: true }, {})).toBe(true);
    expect(wantsColour({ isTTY: true }, { NO_COLOR: "1" })).toBe(false);
    expect(wantsColour({ isTTY: true }, { NO_COLOR: "" })).toBe(true);
    expect(wantsColour({ isTTY: true }, { TERM: "dumb" })).toBe(false);
    expect(wantsColour({}, {})).toBe(false);
    expect(styleFor(true).bold("x")).toBe("\u001b[1mx\u001b[22m");
    expect(styleFor(false).bold("x")).toBe("x");
  });

  test("pads by what is seen, not by what colours it", () => {
    const { bold } = styleFor(true);
    const lines = table([
      [{ text: "ab", style: bold }, { text: "1", align: "right" }, { text: "x" }],
      [{ text: "a" }, { text: "10", align: "right" }, { text: "y" }],
    ]);
    expect(lines).toEqual(["\u001b[1mab\u001b[22m   1  x", "a   10  y"]);
  });

  test("goes on below where a last column is too wide", () => {
    const rows = [
      [{ text: "a label" }, { text: "one two three four five six seven" }],
      [{ text: "b" }, { text: "x" }],
    ];
    expect(table(rows, 35)).toEqual(["a label  one two three four five", "         six seven", "b        x"]);
    expect(table(rows)[0]).toBe("a label  one two three four five six seven");
  });

  test("breaks lines between words, never in them", () => {
    expect(wrapped("  a long-word b", 8)).toEqual(["  a", "long-word", "b"]);
    expect(wrapped("as long as it likes", undefined)).toEqual(["as long as it likes"]);
  });

  test("cuts what is too wide", () => {
    expect(shortened("abcdef", 4)).toBe("abc…");
  });
});
