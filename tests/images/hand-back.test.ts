import * as fs from "node:fs";
import { useShellFixture, type Outcome } from "./shell-fixture";

const shell = useShellFixture();

/** Nobody can own files of others in a test, so the roles are turned round: what this process owns is foreign. */
function handBack(whose: string, env: Readonly<Record<string, string>> = {}): Outcome {
  return shell().run("dind/hand-back", {
    args: [whose],
    env: { WORKSPACE: shell().path("workspace"), WORKSPACE_UID: "54321", ...env },
  });
}
const own = { WORKSPACE_UID: String(process.getuid?.() ?? 0) };

beforeEach(() => {
  shell().command("chown");
  shell().write("workspace/job/target/a b.jar", "x");
  shell().write("workspace/job/new\nline", "x");
  fs.symlinkSync("/etc/passwd", shell().path("workspace/job/link"));
});

describe("files of others in the workspace", () => {
  test("go to the agent whatever their names, links themselves and not what they point at", () => {
    const outcome = handBack("all");
    expect(outcome.status).toBe(0);
    const calls = shell().calls("chown");
    expect(calls[0]).toMatch(/^chown -h 54321:0 /);
    const given = (shell().read("calls") ?? "").replace("chown -h 54321:0 ", "");
    for (const name of ["job/target/a b.jar", "job/new\nline", "job/link"])
      expect(given).toContain(shell().path("workspace", name));
    expect(given).not.toContain("/etc/passwd");
    expect(outcome.stderr).toMatch(/^hand-back: gave \d+ files in .* to the agent\n$/);
  });

  test("do not include the agent's own", () => {
    expect(handBack("all", own)).toMatchObject({ status: 0, stderr: "" });
    expect(shell().calls("chown")).toEqual([]);
  });

  test("become writable where they are directories that their owner may not change", () => {
    fs.chmodSync(shell().path("workspace/job/target"), 0o555);
    fs.chmodSync(shell().path("workspace/job/target/a b.jar"), 0o444);
    handBack("all");
    expect(shell().mode("workspace/job/target")).toBe("755");
    expect(shell().mode("workspace/job/target/a b.jar")).toBe("444");
  });

  test("that are the agent's keep the modes it gave them", () => {
    fs.chmodSync(shell().path("workspace/job/target"), 0o555);
    handBack("all", own);
    expect(shell().mode("workspace/job/target")).toBe("555");
    fs.chmodSync(shell().path("workspace/job/target"), 0o755);
  });

  test("are root's only, when only those are asked for", () => {
    const outcome = handBack("root");
    const isRoot = process.getuid?.() === 0;
    expect(shell().calls("chown").length > 0).toBe(isRoot);
    expect(outcome.status).toBe(0);
  });

  test("are no matter where there is no workspace", () => {
    shell().remove("workspace");
    expect(handBack("all")).toMatchObject({ status: 0, stderr: "" });
  });
});

test("hand-back says how it is used", () => {
  expect(handBack("some")).toMatchObject({ status: 64, stderr: expect.stringContaining("usage") as string });
});
