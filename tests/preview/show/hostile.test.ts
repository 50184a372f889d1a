import fc from "fast-check";
import { type Difference, difference } from "../../../preview/difference/difference";
import { HIDDEN, escapeHidden } from "../../../preview/escape";
import { differenceText } from "../../../preview/show/difference-text";
import type { Preview } from "../../../preview/preview";
import { toText } from "../../../preview/show/preview-text";
import { styleFor } from "../../../preview/show/terminal";
import { resource, side } from "../difference/registrations";

/** Texts that have broken out of something, somewhere; mixed with whatever else fast-check finds. */
const WEAPONS = [
  "`",
  "``",
  "```",
  "|",
  "\\|",
  "\\",
  "\n",
  "\r",
  "\u2028",
  "\u0085",
  "\u001b[31m",
  "\u001b]8;;http://x\u0007",
  "\u202e",
  "\u2066",
  "\u200b",
  "\u00ad",
  "\u{e0041}",
  "\ud800",
  "<img src=x onerror=alert(1)>",
  "</details>",
  "<!--",
  "-->",
  "@somebody",
  "#1",
  "[a](http://b)",
  "![a](http://b)",
  "http://evil.example",
  "&lt;",
  "- [ ] ",
  "### ",
  "\u0000",
  "\u0008",
  "\u3164",
  " ",
];
/** Any code points, unpaired surrogates among them; fast-check's own strings of them index all 1.1 million first. */
const CHARACTERS = fc.array(fc.nat(0x10ffff), { maxLength: 8 }).map((points) => String.fromCodePoint(...points));
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...WEAPONS), CHARACTERS), {
    minLength: 1,
    maxLength: 8,
  })
  .map((parts) => parts.join(""));

const versions = (ref: string) => ({ stack: "dev", ref, commit: "0123456" });

/** A difference in which every kind of text is the same hostile one. */
function attack(text: string): Difference {
  const thing = (name: string, value: string, protect = false) =>
    resource("gcp:compute/disk:Disk", name, {
      inputs: { type: value, labels: { [text]: value }, list: [{ name: text, a: value }] },
      protect,
    });
  return difference(
    side(
      thing(text, "a", true),
      thing("in-place", "a"),
      resource(text, "gone"),
      resource("random:index/randomId:RandomId", `${text}-gone`),
    ),
    side(
      thing(text, text, true),
      thing("in-place", "a"),
      resource("kubernetes:core/v1:Secret", `new-${text}`),
      resource(text, "x"),
    ),
    { notes: [text], settings: [{ path: [text], before: text, after: [text] }] },
  );
}

function previewOf(text: string): Preview {
  return {
    project: "gocd",
    stack: "dev",
    file: "Pulumi.dev.yaml",
    resources: [resource("gcp:compute/disk:Disk", text, { protect: true })],
    outputs: {},
    manifests: [],
    verdict: {
      policies: [text],
      findings: [
        { policy: text, level: "mandatory", urn: text, message: text },
        { policy: text, level: "advisory", urn: "", message: text },
      ],
    },
    logs: [],
    errors: [],
  };
}

describe("a hostile name or value", () => {
  test("reaches the terminal as characters that can be seen, on its own line", () => {
    const calm = differenceText(attack("calm"), versions("calm"), styleFor(false)).split("\n").length;
    fc.assert(
      fc.property(hostile, (text) => {
        fc.pre(text.trim() !== "" && escapeHidden(text) !== "calm");
        const shown = differenceText(attack(text), versions(text), styleFor(false));
        // Everything but line feeds of our own and the blank must be visible.
        expect(shown.replace(/[\n ]/g, "")).not.toMatch(/[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u);
        expect(Math.abs(shown.split("\n").length - calm)).toBeLessThanOrEqual(4);
      }),
      { numRuns: 300 },
    );
  });

  test("is no part of a preview's lines but as characters that can be seen", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = toText(previewOf(text), { out: "out", style: styleFor(false) });
        expect(shown.replace(/\n/g, "")).not.toMatch(HIDDEN);
      }),
      { numRuns: 300 },
    );
  });
});
