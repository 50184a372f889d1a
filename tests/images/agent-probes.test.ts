import { stage, type Outcome } from "./scene";

const scene = stage();
const uuid = "5f0c1a2e-9b7d-4c3a-8e6f-0123456789ab";
const token = `${"Ab3/+".repeat(8)}xyz=`;
const connected = "0";
const refused = "7";

function known(env: Readonly<Record<string, string>> = {}): Outcome {
  return scene().run("agent/bin/agent-known", {
    env: {
      IDENTITY_DIR: scene().path("identity"),
      AGENT_LIB: `${__dirname}/../../images/agent/lib`,
      VOLUME_DIR: scene().path("godata"),
      GO_SERVER_URL: "http://gocd-server:8153/go/",
      AGENT_HEALTH: refused,
      ...env,
    },
  });
}

beforeEach(() => {
  scene().write("identity/uuid", uuid);
  scene().write("identity/token", token);
  scene().write("godata/config/token", token);
});

describe("the readiness probe", () => {
  test.each([
    [connected, 0],
    ["22", 22],
    [refused, 7],
  ])("follows the agent's own health answer (curl exit %s)", (health, status) => {
    scene().server("000");
    expect(scene().run("agent/bin/agent-ready", { env: { AGENT_HEALTH: health } }).status).toBe(status);
  });
});

describe("the liveness probe", () => {
  test("fails when the server does not know the agent any more", () => {
    scene().server(`200 ${token}`);
    const outcome = known();
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toContain("does not know this agent");
    expect(scene().read("requests")).toBe(`url = "http://gocd-server:8153/go/admin/agent/token?uuid=${uuid}"\n`);
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
    scene().server(answer);
    expect(known().status).toBe(0);
    expect(scene().read("requests")).toContain("/admin/agent/token");
  });

  test("does not bother the server while the agent is connected to it", () => {
    scene().server(`200 ${token}`);
    expect(known({ AGENT_HEALTH: connected }).status).toBe(0);
    expect(scene().read("requests")).toBeUndefined();
  });

  test("waits for the first registration, when unknown is right", () => {
    scene().server(`200 ${token}`);
    scene().remove("godata/config/token");
    expect(known().status).toBe(0);
    expect(scene().read("requests")).toBeUndefined();
  });

  test.each([
    ["an identity that cannot be read", "identity/uuid", "nonsense"],
    ["an agent without identity", "identity", undefined],
  ])("leaves %s to others", (_, file, content) => {
    scene().server(`200 ${token}`);
    scene().remove(file);
    if (content !== undefined) scene().write(file, content);
    expect(known()).toMatchObject({ status: 0, stderr: "" });
  });

  test("shows no secret to other processes", () => {
    scene().server(`200 ${token}`);
    known();
    expect(scene().calls().join("\n")).not.toMatch(new RegExp(`${uuid}|Ab3`));
  });
});
