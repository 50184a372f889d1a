import { runtime } from "@pulumi/pulumi";
import { isSecret, readable, SECRET_TEXT, secret, UNKNOWN, UNKNOWN_TEXT } from "../../../preview/run/wire";

describe("special values", () => {
  test("are marked as Pulumi's SDK marks them", () => {
    expect(UNKNOWN).toBe(runtime.unknownValue);
    expect(secret("a")).toEqual({ [runtime.specialSigKey]: runtime.specialSecretSig, value: "a" });
    expect(isSecret({ [runtime.specialSigKey]: runtime.specialSecretSig, value: "a" })).toBe(true);
  });

  test.each([
    ["a secret", { [runtime.specialSigKey]: runtime.specialSecretSig, value: "a" }, SECRET_TEXT],
    ["an unknown value", runtime.unknownValue, UNKNOWN_TEXT],
    ["a reference", { [runtime.specialSigKey]: runtime.specialResourceSig, urn: "urn:a" }, "«urn:a»"],
    ["an output", { [runtime.specialSigKey]: runtime.specialOutputValueSig, value: 1 }, 1],
    ["a secret output", { [runtime.specialSigKey]: runtime.specialOutputValueSig, secret: true }, SECRET_TEXT],
    ["an unknown output", { [runtime.specialSigKey]: runtime.specialOutputValueSig }, UNKNOWN_TEXT],
    ["a file", { [runtime.specialSigKey]: runtime.specialAssetSig, path: "a.txt" }, "«file a.txt»"],
    ["an archive", { [runtime.specialSigKey]: runtime.specialArchiveSig, path: "a.tar" }, "«file a.tar»"],
  ])("can be shown: %s", (_, value, shown) => {
    expect(readable(value)).toBe(shown);
  });
});
