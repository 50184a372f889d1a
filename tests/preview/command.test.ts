import { parseOptions, UsageError } from "../../preview/command";

const OPTIONS = { stack: { type: "string", default: "dev" }, json: { type: "boolean" } } as const;
const parsed = (args: readonly string[], names: readonly string[] = []) => parseOptions(args, OPTIONS, names);

describe("the options of a command", () => {
  test("have their values, and their defaults where they are left out", () => {
    expect(parsed(["--stack", "pools"]).values).toEqual({ stack: "pools" });
    expect(parsed(["--stack=pools", "--json"]).values).toEqual({ stack: "pools", json: true });
    expect(parsed(["--stack=-pools"]).values).toEqual({ stack: "-pools" });
    expect(parsed(["REVISION"], ["REVISION"])).toMatchObject({ values: { stack: "dev" }, positionals: ["REVISION"] });
  });

  test.each([
    [["--stak", "x"], "unknown option --stak; did you mean --stack?"],
    [["-x"], "unknown option -x"],
    [["--stack", "a", "--stack", "b"], "--stack is given twice; once is wanted"],
    [["--stack"], "--stack: a value is wanted"],
    [["--stack="], "--stack: a value is wanted"],
    [["--stack", "--json"], "--stack: a value is wanted"],
    [["--stok-and-more"], "unknown option --stok-and-more"],
    [["--jury"], "unknown option --jury"],
    [["--json=yes"], "--json takes no value"],
    [["more"], "unexpected argument more"],
    [["\u001b[2J"], "unexpected argument \\u{1b}[2J"],
  ])("refuse %j in one line", (args, message) => {
    expect(() => parsed(args)).toThrow(new UsageError(message));
  });

  test("name the argument that is missing", () => {
    expect(() => parsed(["one"], ["REVISION", "DIRECTORY"])).toThrow("the argument DIRECTORY is missing");
  });
});
