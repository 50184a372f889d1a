import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { report, type Finding } from "../../../tools/github/issue";
import { runTool } from "./fakes";
import { startGitHub, type GitHub, type Holding } from "./github-stand-in";

const MARKER = "<!-- gocd-on-kubernetes: drift -->";
const OPEN = { number: 42, body: `${MARKER}\n\nolder` };

let github: GitHub;
afterEach(async () => {
  await github.stop();
});

async function reported(finding: Partial<Finding>, holding: Holding = {}) {
  github = await startGitHub(holding);
  const done = await report(github.api, {
    result: "drift",
    stack: "dev",
    run: "https://github.com/acme/gocd/actions/runs/1",
    text: "~ disk 30 => 40",
    ...finding,
  });
  return { done, changes: github.changes.map(({ method, path, body }) => ({ call: `${method} ${path}`, body })) };
}

describe("the issue about drift", () => {
  test("is opened when there is drift, with what Pulumi said", async () => {
    const { changes } = await reported({});
    expect(changes).toEqual([
      {
        call: "POST /issues",
        body: {
          title: "Stack dev is no longer what the program says",
          body: expect.stringContaining("```text\n~ disk 30 => 40\n```") as string,
        },
      },
    ]);
  });

  test.each([
    ["is at work", { status: "in_progress", updated_at: "2026-01-05T05:10:00Z" }],
    ["waits for somebody's approval", { status: "waiting", updated_at: "2026-01-02T08:00:00Z" }],
    ["ended while the cloud was looked at", { status: "completed", updated_at: "2026-01-05T05:20:00Z" }],
  ])("is not touched while up %s: what differs may be no drift", async (_, up) => {
    const { done, changes } = await reported({}, { up, issues: [OPEN] });
    expect({ done, changes }).toEqual({ done: expect.stringContaining("up was at work") as string, changes: [] });
  });

  test("is opened where up ended before the cloud was looked at", async () => {
    const { changes } = await reported({}, { up: { status: "completed", updated_at: "2026-01-05T05:10:00Z" } });
    expect(changes.map(({ call }) => call)).toEqual(["POST /issues"]);
  });

  test("is edited, not opened again, while the drift lasts", async () => {
    const { changes } = await reported({}, { issues: [{ number: 1, body: "other" }, OPEN] });
    expect(changes.map(({ call }) => call)).toEqual(["PATCH /issues/42"]);
  });

  test("is closed with a word when the drift is gone", async () => {
    const { changes } = await reported({ result: "none" }, { issues: [OPEN] });
    expect(changes.map(({ call, body }) => [call, body["state"]])).toEqual([
      ["POST /issues/42/comments", undefined],
      ["PATCH /issues/42", "closed"],
    ]);
  });

  test("is not mentioned when there is none and no drift", async () => {
    expect(await reported({ result: "none" })).toEqual({ done: "no drift", changes: [] });
  });

  test("does not take a pull request for itself", async () => {
    const { changes } = await reported({}, { issues: [{ ...OPEN, pull_request: {} }] });
    expect(changes.map(({ call }) => call)).toEqual(["POST /issues"]);
  });

  test("tells a check that failed from drift", async () => {
    const { changes } = await reported({ result: "failed", text: undefined });
    expect(changes[0]?.body).toEqual({
      title: "The drift check of stack dev failed",
      body: expect.stringContaining("Pulumi was not reached") as string,
    });
  });

  test("is reported by the command that the workflow runs", async () => {
    github = await startGitHub({});
    const directory = mkdtempSync(join(tmpdir(), "issue-"));
    writeFileSync(join(directory, "drift.txt"), "~ disk");
    const { stdout } = await runTool(directory, ["tools/github/issue-main.ts", join(directory, "drift.txt")], {
      GITHUB_API_URL: github.api.url,
      GITHUB_TOKEN: github.api.token,
      GITHUB_REPOSITORY: github.api.repository,
      PULUMI_STACK: "dev",
      RESULT: "",
      RUN: "https://run",
    });
    rmSync(directory, { recursive: true });
    expect(stdout).toBe("opened an issue\n");
    expect(github.changes[0]?.body["title"]).toBe("The drift check of stack dev failed");
  });
});
