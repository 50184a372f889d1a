import fc from "fast-check";
import { difference } from "../../../preview/difference/difference";
import type { Difference } from "../../../preview/difference/difference";
import { code } from "../../../preview/show/comment";
import { COMMENT_LIMIT, COMMENT_MARKER, toMarkdown } from "../../../preview/show/markdown";
import { spelled } from "../../../preview/escape";
import { differenceText } from "../../../preview/show/difference-text";
import type { Preview } from "../../../preview/preview";
import { palette } from "../../../preview/show/terminal";
import { resource, side } from "../difference/registrations";
import { outsideCode } from "./spans";

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
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...WEAPONS), fc.string({ unit: "binary", maxLength: 8 })), {
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

/** Everything that our own words and markup need, and nothing with which markup could be made of foreign ones. */
const OWN = /^[A-Za-z0-9 .,;:()*·…→-]*$/;

function expectContained(comment: string): void {
  const lines = comment.split("\n");
  expect(lines[0]).toBe(COMMENT_MARKER);
  for (const line of lines.slice(1)) {
    if (/^(<details><summary>Details<\/summary>|<\/details>|\|---\|---\|---\|---\|)$/.test(line)) continue;
    const left = outsideCode(line).replace(/^#{3,4} /, "");
    if (line.startsWith("| ")) {
      // A cell ends at a bar even within code, so there must be just ours.
      expect(line.split("|")).toHaveLength(6);
      expect(left.replaceAll("|", "")).toMatch(OWN);
    } else expect(left).toMatch(OWN);
  }
}

describe("a hostile name or value", () => {
  test("stays inside its code span, wherever it stands in the comment", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expectContained(toMarkdown(previewOf(text), { versions: versions(text), difference: attack(text) }));
        expectContained(toMarkdown(previewOf(text)));
        expectContained(toMarkdown({ ...previewOf(text), errors: [{ message: text, trace: [] }] }));
      }),
      { numRuns: 300 },
    );
  });

  test("reaches the terminal as characters that can be seen, on its own line", () => {
    const calm = differenceText(attack("calm"), versions("calm"), palette(false)).split("\n").length;
    fc.assert(
      fc.property(hostile, (text) => {
        fc.pre(text.trim() !== "" && spelled(text) !== "calm");
        const shown = differenceText(attack(text), versions(text), palette(false));
        // Everything but line feeds of our own and the blank must be visible.
        expect(shown.replace(/[\n ]/g, "")).not.toMatch(/[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u);
        expect(Math.abs(shown.split("\n").length - calm)).toBeLessThanOrEqual(4);
      }),
      { numRuns: 300 },
    );
  });

  test("keeps every visible character, so that a reviewer sees what was written", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        const span = code(text);
        const fence = /^`+/.exec(span)?.[0] ?? "";
        const inner = span.slice(fence.length, span.length - fence.length);
        expect(inner.trim()).toBe(spelled(text).trim());
      }),
    );
  });
});

describe("a comment", () => {
  const many = (count: number) =>
    difference(
      side(),
      side(
        ...Array.from({ length: count }, (_, n) =>
          resource(`random:index/randomId${String(n)}:RandomId${String(n)}`, `id-${String(n)}`),
        ),
      ),
      {},
    );

  test("loses the end of its details rather than its summary when it is too long for GitHub", () => {
    const comment = toMarkdown(previewOf("x"), { versions: versions("main"), difference: many(3000) });
    expect(comment.length).toBeLessThanOrEqual(COMMENT_LIMIT);
    expect(comment).toContain("**3000 added, 0 removed, 0 changed, 0 replaced**");
    expect(comment).toMatch(/… \d+ more lines; `npm run preview` shows all\./);
    expect(comment.trimEnd().endsWith("</details>")).toBe(true);
  });

  test.each([600, 1000, 5000, 20_000])("has no more than %i characters when no more are allowed", (limit) => {
    const comment = toMarkdown(
      previewOf("x"),
      { versions: versions("main"), difference: attack("x".repeat(300)) },
      limit,
    );
    expect(comment.length).toBeLessThanOrEqual(limit);
    expect(comment).toContain("### Preview of stack `dev` against `main`");
  });

  test("says that nothing changes", () => {
    const comment = toMarkdown(
      { ...previewOf("x"), verdict: { policies: [], findings: [] } },
      { versions: versions("main"), difference: difference(side(), side()) },
    );
    expect(comment).toBe(
      `${COMMENT_MARKER}\n\n### Preview of stack \`dev\` against \`main\` (\`0123456\`)\n\n**nothing changes** · policies hold (0 warnings)\n`,
    );
  });
});
