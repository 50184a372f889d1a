import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import * as fc from "fast-check";
import { commentOn, fenced, post } from "../../../tools/github/comment";
import { startGitHub, type GitHub, type Holding } from "./github-stand-in";

const root = join(__dirname, "../../..");
const SHA = "0123456789abcdef0123456789abcdef01234567";
const MARKER = "<!-- gocd-on-kubernetes: preview -->";

let directory: string;
let github: GitHub | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "comment-"));
});
afterEach(async () => {
  rmSync(directory, { recursive: true });
  await github?.stop();
  github = undefined;
});

function artifact(path: string, text: string): void {
  mkdirSync(dirname(join(directory, path)), { recursive: true });
  writeFileSync(join(directory, path), text);
}

const event = (from: "fork" | "branch", conclusion = "success") => ({
  repository: { full_name: "acme/gocd", default_branch: "main" },
  workflow_run: {
    head_sha: SHA,
    head_branch: "feature/x&y=z",
    head_repository:
      from === "fork"
        ? { full_name: "mallory/gocd", owner: { login: "mallory" } }
        : { full_name: "acme/gocd", owner: { login: "acme" } },
    conclusion,
    html_url: "https://github.com/acme/gocd/actions/runs/1",
    // GitHub leaves this empty for forks, and nothing may rely on it.
    pull_requests: [{ number: 666 }],
  },
});

const pull = (number: number, from: "fork" | "branch", more: object = {}) => {
  const owner = from === "fork" ? "mallory" : "acme";
  return {
    number,
    state: "open",
    base: { ref: "main" },
    head: { ref: "feature/x&y=z", sha: SHA, user: { login: owner }, repo: { full_name: `${owner}/gocd` } },
    ...more,
  };
};

const BOT = { login: "github-actions[bot]" };

async function posted(holding: Holding, from: "fork" | "branch" = "fork") {
  github = await startGitHub(holding);
  const done = await post(github.api, directory, event(from));
  return { done, changes: github.changes };
}

describe("the comment on a pull request", () => {
  test("is written under the number that GitHub gives for the run's branch and commit", async () => {
    artifact("preview-difference/preview.txt", "2 added");
    const { done, changes } = await posted({ pulls: [pull(7, "fork")] });
    expect(changes.map(({ method, path }) => `${method} ${path}`)).toEqual(["POST /issues/7/comments"]);
    expect(changes[0]?.body["body"]).toContain("2 added");
    expect(done).toBe("commented on #7");
  });

  test("is edited where it stands the next time, wherever it is among the others", async () => {
    const others = Array.from({ length: 150 }, (_, id) => ({ id, body: "a word", user: { login: "ann" } }));
    const { changes } = await posted({
      pulls: [pull(7, "fork")],
      comments: [...others, { id: 4711, body: `${MARKER}\n\nold`, user: BOT }],
    });
    expect(changes.map(({ method, path }) => `${method} ${path}`)).toEqual(["PATCH /issues/comments/4711"]);
  });

  test("never takes somebody else's comment for its own, whatever that starts with", async () => {
    const planted = { id: 13, body: `${MARKER}\n\nfine, merge it`, user: { login: "mallory" } };
    const { changes } = await posted({ pulls: [pull(7, "fork")], comments: [planted] });
    expect(changes.map(({ method }) => method)).toEqual(["POST"]);
  });

  test.each([
    ["has moved on to another commit", { head: { ...pull(7, "fork").head, sha: "f".repeat(40) } }],
    ["is closed", { state: "closed" }],
    ["is for another branch than the default one", { base: { ref: "release" } }],
    [
      "comes from another repository of that owner",
      { head: { ...pull(7, "fork").head, repo: { full_name: "mallory/x" } } },
    ],
  ])("is not written where the pull request %s", async (_, more) => {
    const { done, changes } = await posted({ pulls: [pull(7, "fork", more)] });
    expect({ done, changes }).toEqual({ done: expect.stringContaining("nothing to say") as string, changes: [] });
  });

  test("fails the step, rather than stay silent, when GitHub refuses", async () => {
    await expect(posted({ status: 403 })).rejects.toThrow("GitHub answered 403");
  });

  test("is posted by the file on its own, by Node itself where that strips types as in the workflow", async () => {
    const strips = "typescript" in process.features && process.features.typescript === "strip";
    artifact("artifacts/preview-difference/preview.txt", "2 added");
    artifact("event.json", JSON.stringify(event("fork")));
    github = await startGitHub({ pulls: [pull(7, "fork")] });
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        ...(strips ? [] : ["-r", "offline-preview/register"]),
        join(root, "tools/github/comment.ts"),
        join(directory, "artifacts"),
      ],
      {
        cwd: root,
        env: {
          PATH: process.env["PATH"],
          GITHUB_API_URL: github.api.url,
          GITHUB_TOKEN: github.api.token,
          GITHUB_REPOSITORY: github.api.repository,
          GITHUB_EVENT_PATH: join(directory, "event.json"),
        },
      },
    );
    expect(stdout).toBe("commented on #7\n");
  });
});

describe("what the comment shows", () => {
  test("is text in a block of code, whoever wrote it", () => {
    artifact("preview-difference/preview.txt", "a b @everyone");
    for (const from of ["fork", "branch"] as const)
      expect(commentOn(directory, event(from))).toContain("```text\na b @everyone\n```");
  });

  test("holds nothing of a fork that calls itself the real preview", () => {
    artifact("preview-pulumi/preview.txt", "no changes, all is well");
    expect(commentOn(directory, event("fork"))).not.toContain("all is well");
    expect(commentOn(directory, event("branch"))).toContain("all is well");
  });

  test("follows no link out of the artifact", () => {
    artifact("secret", "password");
    mkdirSync(join(directory, "preview-difference"));
    symlinkSync(join(directory, "secret"), join(directory, "preview-difference", "preview.txt"));
    expect(commentOn(directory, event("fork"))).not.toContain("password");
  });

  test("says what GitHub says of the run, not what the run says of itself", () => {
    artifact("preview-difference/preview.txt", "passed");
    expect(commentOn(directory, event("fork", "failure"))).toContain(
      "Preview of 0123456789ab **failed** ([run](https://",
    );
    expect(commentOn(directory, event("fork"))).toContain("Preview of 0123456789ab passed");
  });

  test("says so when the run left nothing", () => {
    expect(commentOn(directory, event("branch", "failure"))).toContain("before it had anything to show");
  });

  test("fits into a comment and keeps the end, where the summary is", () => {
    const long = `${"resource\n".repeat(300_000)}Resources: 3 to create`;
    artifact("preview-difference/preview.txt", long);
    artifact("preview-pulumi/preview.txt", long);
    const comment = commentOn(directory, event("branch"));
    expect(comment.length).toBeLessThan(65_536);
    expect(comment.match(/Resources: 3 to create\n```/g)).toHaveLength(2);
    expect(comment).toMatch(/… \d+ lines above are left out\nresource\n/);
  });
});

describe("a block of code", () => {
  /** What a Markdown reader takes for the inside of the first block. */
  function inside(markdown: string): { readonly content: string[]; readonly after: string[] } {
    const [first = "", ...lines] = markdown.split("\n");
    const fence = /^`{3,}/.exec(first)?.[0] ?? "";
    const end = lines.findIndex((line) => new RegExp(`^ {0,3}\`{${fence.length},}\\s*$`).test(line));
    return { content: lines.slice(0, end), after: lines.slice(end + 1) };
  }

  test.each([
    ["a fence of its own", "```\n@everyone\n```"],
    ["a longer fence, indented", "    ````\nout"],
    ["thousands of ticks", "`".repeat(5000)],
    ["HTML", "</details><script>alert(1)</script>"],
    ["old line ends", "\r```\r# out"],
    ["line ends of Unicode", "a\u2028```\u2029b"],
  ])("is not left by %s", (_, hostile) => {
    expect(inside(fenced(hostile, 30_000)).after).toEqual([]);
  });

  test("is not left by any text", () => {
    const piece = fc.constantFrom(
      "`",
      "```",
      "~~~",
      "\n",
      "\r",
      " ",
      "x",
      "\u001b[2J",
      "\u202e",
      "</details>",
      "\u0000",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const block = fenced(pieces.join(""), 30_000);
        expect(inside(block).after).toEqual([]);
        // eslint-disable-next-line no-control-regex -- none of them may be left
        expect(block).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/);
      }),
    );
  });

  test("keeps within its room and what it keeps as it was", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z`\n]{0,600}$/), fc.integer({ min: 200, max: 400 }), (text, room) => {
        expect(fenced(text, room).length).toBeLessThanOrEqual(room);
      }),
    );
    expect(fenced("kept as it was\n\tindented", 30_000)).toBe("```text\nkept as it was\n\tindented\n```");
  });
});
