import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as after } from "node:timers/promises";
import { useShellFixture, type Outcome } from "./shell-fixture";

const shell = useShellFixture();
const UUID = "5f0c1a2e-9b7d-4c3a-8e6f-0123456789ab";
const token = `${"Ab3/+".repeat(8)}xyz=`;
const CONNECTED = "0";
const REFUSED = "7";

function known(env: Readonly<Record<string, string>> = {}): Outcome {
  return shell().run("agent/bin/agent-known", {
    env: {
      IDENTITY_DIR: shell().path("identity"),
      AGENT_LIB: `${__dirname}/../../images/agent/lib`,
      VOLUME_DIR: shell().path("godata"),
      GO_SERVER_URL: "http://gocd-server:8153/go/",
      AGENT_HEALTH: REFUSED,
      ...env,
    },
  });
}

beforeEach(() => {
  shell().write("identity/uuid", UUID);
  shell().write("identity/token", token);
  shell().write("godata/config/token", token);
});

describe("the readiness probe", () => {
  test.each([
    [CONNECTED, 0],
    ["22", 22],
    [REFUSED, 7],
  ])("follows the agent's own health answer (curl exit %s)", (health, status) => {
    shell().server("000");
    expect(shell().run("agent/bin/agent-ready", { env: { AGENT_HEALTH: health } }).status).toBe(status);
  });
});

describe("the liveness probe", () => {
  test("fails when nothing would clean up after jobs any more, though the agent is connected", () => {
    shell().server("409 known");
    const connected = { AGENT_HEALTH: CONNECTED };
    shell().write("godata/jobs.pid", `${process.pid}\n`);
    expect(known(connected).status).toBe(0);
    // No process of this number: Linux counts to 4194304 at most.
    shell().write("godata/jobs.pid", "4194305\n");
    expect(known(connected)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("between-jobs") as string,
    });
  });

  test("fails as well where nobody has collected what cleans up after jobs once it has ended", async () => {
    shell().server("409 known");
    // "tail" takes the place of the shell, and does not ask how the shell's child has ended: a zombie.
    const parent = spawn("sh", ["-c", "sleep 300 & echo $!; exec tail -f /dev/null"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const pid = String(((await once(parent.stdout, "data")) as [Buffer])[0]).trim();
      const status = (of: string) => readFileSync(`/proc/${of}/status`, "utf8");
      while (!status(String(parent.pid)).startsWith("Name:\ttail")) await after(10);
      process.kill(Number(pid), "SIGKILL");
      while (!status(pid).includes("State:\tZ")) await after(10);
      shell().write("godata/jobs.pid", `${pid}\n`);
      expect(known({ AGENT_HEALTH: CONNECTED })).toMatchObject({
        status: 1,
        stderr: expect.stringContaining("between-jobs") as string,
      });
    } finally {
      parent.kill("SIGKILL");
    }
  });

  test("fails when the server does not know the agent any more", () => {
    shell().server(`200 ${token}`);
    const outcome = known();
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toContain("does not know this agent");
    expect(shell().read("requests")).toBe(`url = "http://gocd-server:8153/go/admin/agent/token?uuid=${UUID}"\n`);
  });

  test.each([
    ["409 registered or pending"],
    ["503 backing up"],
    ["500"],
    ["404"],
    ["403"],
    ["302"],
    ["000"],
    ["200 <html>welcome</html>"],
    ["200"],
  ])("lives with the answer %j", (answer) => {
    shell().server(answer);
    expect(known().status).toBe(0);
    expect(shell().read("requests")).toContain("/admin/agent/token");
  });

  test("does not bother the server while the agent is connected to it", () => {
    shell().server(`200 ${token}`);
    expect(known({ AGENT_HEALTH: CONNECTED }).status).toBe(0);
    expect(shell().read("requests")).toBeUndefined();
  });

  test("waits for the first registration, when unknown is right", () => {
    shell().server(`200 ${token}`);
    shell().remove("godata/config/token");
    expect(known().status).toBe(0);
    expect(shell().read("requests")).toBeUndefined();
  });

  test.each([
    ["an identity that cannot be read", "identity/uuid", "nonsense"],
    ["an agent without identity", "identity", undefined],
  ])("leaves %s to others", (_, file, content) => {
    shell().server(`200 ${token}`);
    shell().remove(file);
    if (content !== undefined) shell().write(file, content);
    expect(known()).toMatchObject({ status: 0, stderr: "" });
  });

  test("shows no secret to other processes", () => {
    shell().server(`200 ${token}`);
    known();
    expect(shell().calls().join("\n")).not.toMatch(new RegExp(`${UUID}|Ab3`));
  });
});
