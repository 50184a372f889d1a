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
      stderr: expect.stringContaining("clean-after-jobs") as string,
    });
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
