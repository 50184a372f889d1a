import { compareSync } from "bcryptjs";
import { bcrypt, passwordFile } from "../../../components/credentials/passwords";

const SALT = Buffer.alloc(16, 7).toString("base64");

describe("a chosen password", () => {
  test("has one hash for one salt, in the form that GoCD's plugin reads", () => {
    const hash = bcrypt("correct horse", SALT);
    expect(hash).toMatch(/^\$2a\$10\$.{53}$/);
    expect(bcrypt("correct horse", SALT)).toBe(hash);
    expect(compareSync("correct horse", hash)).toBe(true);
    expect(bcrypt("correct horse", Buffer.alloc(16, 8).toString("base64"))).not.toBe(hash);
  });

  test.each(["", "x".repeat(73), "ü".repeat(37)])(
    "of a length that bcrypt cannot hold is refused without being quoted",
    (password) => {
      expect(() => bcrypt(password, SALT)).toThrow(/1 to 72 are wanted/);
      expect(() => bcrypt(password, SALT)).not.toThrow(/xxx|üüü/);
    },
  );
});

test("the password file has a line for each user", () => {
  expect(
    passwordFile([
      { name: "admin", hash: "$2a$1" },
      { name: "housekeeping", hash: "$2a$2" },
    ]),
  ).toBe("admin:$2a$1\nhousekeeping:$2a$2\n");
});
