import { redactor } from "../../../preview/run/redact";
import { secret } from "../../../preview/run/wire";
import { resource } from "../../support/resource";

describe("redaction", () => {
  const redact = redactor({ config: { "a:key": "correct-horse", "a:open": "battery-staple" }, secretKeys: ["a:key"] }, [
    resource({
      inputs: {
        password: secret("correct-horse-and-more"),
        nested: { list: secret([{ token: "tok-123456" }]) },
        short: secret("on"),
        open: "plain-text",
      },
    }),
  ]);

  test("takes secrets of the configuration and of resources out of texts, the longest first", () => {
    expect(redact("correct-horse-and-more, correct-horse, tok-123456")).toBe("«secret», «secret», «secret»");
  });

  test("leaves alone what is no secret, and secrets too short to tell from words", () => {
    expect(redact("battery-staple plain-text on and on")).toBe("battery-staple plain-text on and on");
  });
});
