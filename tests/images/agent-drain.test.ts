import { stage, type Outcome } from "./scene";

const scene = stage();
const uuid = "5f0c1a2e-9b7d-4c3a-8e6f-0123456789ab";
const token = `${"Ab3/+".repeat(8)}xyz=`;
const request = `url = "http://gocd-housekeeping:8080/drain/${uuid}"\nheader = "Authorization: Bearer ${token}"\n`;

function run(script: "agent-drain" | "agent-enable", env: Readonly<Record<string, string>> = {}): Outcome {
  return scene().run(`agent/bin/${script}`, {
    env: {
      IDENTITY_DIR: scene().path("identity"),
      AGENT_LIB: `${__dirname}/../../images/agent/lib`,
      LEAVING_FILE: scene().path("leaving"),
      DRAIN_LOG: scene().path("log"),
      HOUSEKEEPING_URL: "http://gocd-housekeeping:8080",
      ...env,
    },
  });
}

/** A clock that goes on by so many seconds at each look. */
function clock(step: number): void {
  scene().command(
    "date",
    `now=$(($(cat "$SCENE/now" 2>/dev/null || echo 1000) + ${step})); echo "$now" | tee "$SCENE/now"`,
  );
}

const methods = (): readonly string[] =>
  scene()
    .calls("curl")
    .map((call) => /--request (\w+)/.exec(call)?.[1] ?? call);

beforeEach(() => {
  scene().write("identity/uuid", uuid);
  scene().write("identity/token", token);
  clock(1);
});

describe("an agent that is stopped", () => {
  const draining = '202 {"state":"draining"}';
  const idle = '200 {"state":"idle"}';
  test.each([
    { when: "it is idle", answers: [idle], says: "idle" },
    {
      when: "its job goes on for a while",
      answers: [draining, draining, draining, idle],
      says: "waiting for the running job",
    },
    { when: "housekeeping is away for a moment", answers: ["000", "503", draining, "502", "000", idle], says: "idle" },
    { when: "housekeeping is busy", answers: ["429", "408", idle], says: "idle" },
    { when: "the server does not know it", answers: ["404"], says: "HTTP status 404" },
    { when: "housekeeping does not know it", answers: ["401"], says: "HTTP status 401" },
    { when: "its token is another's", answers: ["403"], says: "HTTP status 403" },
  ])("goes as soon as it may when $when", ({ answers, says }) => {
    scene().server(...answers);
    const outcome = run("agent-drain");
    expect(outcome.status).toBe(0);
    expect(methods()).toEqual(answers.map(() => "POST"));
    expect(scene().read("requests")).toBe(request.repeat(answers.length));
    expect(scene().read("log")).toContain(says);
  });

  test("waits for a job as long as it runs, and says so once", () => {
    scene().server(draining);
    scene().patience(80);
    clock(10);
    expect(run("agent-drain").status).toBeNull();
    expect(
      scene()
        .read("log")
        ?.match(/waiting/g),
    ).toHaveLength(1);
  });

  test("goes in the middle of a job when its part of the grace period is over", () => {
    scene().server(draining);
    clock(10);
    expect(run("agent-drain", { DRAIN_SECONDS: "300" }).status).toBe(0);
    expect(scene().read("log")).toContain("the job still runs after 300 seconds");
    expect(methods()).toHaveLength(15);
  });

  test("waits for the end of a backup, however long it takes, within its part of the grace period", () => {
    const backup = '503 {"error":"unavailable"}';
    scene().server(...Array.from({ length: 20 }, () => backup), draining, idle);
    clock(10);
    expect(run("agent-drain").status).toBe(0);
    expect(scene().read("log")).toContain("idle");
    scene().server(backup);
    expect(run("agent-drain", { DRAIN_SECONDS: "300" }).status).toBe(0);
    expect(scene().read("log")).toContain("still runs after 300 seconds");
  });

  test.each([["000"], ["503 the server is away"], ['503 {"error":"unreachable"}']])(
    "gives up a minute after the last word from anybody (%s)",
    (silence) => {
      clock(10);
      scene().server(draining, silence);
      const outcome = run("agent-drain");
      expect(outcome.status).toBe(0);
      expect(scene().read("log")).toContain("no answer from housekeeping or the server for 60 seconds");
      expect(methods().length).toBeGreaterThan(5);
      expect(methods().length).toBeLessThan(9);
    },
  );

  test.each([
    ["there is no housekeeping", { HOUSEKEEPING_URL: "" }],
    ["it has no identity", { IDENTITY_DIR: "/nowhere" }],
    ["the address is none", { HOUSEKEEPING_URL: "ftp://x" }],
  ])("goes at once when %s", (_, env) => {
    scene().server("202");
    expect(run("agent-drain", env).status).toBe(0);
    expect(methods()).toEqual([]);
  });

  test("keeps its token from the command line and the log", () => {
    scene().server("000", draining, idle);
    run("agent-drain");
    expect(scene().calls().join("\n")).not.toContain("Ab3");
    expect(scene().read("log")).not.toContain("Ab3");
  });

  test("is marked as leaving, so that nothing enables it again", () => {
    scene().server(idle);
    run("agent-drain");
    scene().server("200");
    scene().remove("calls");
    run("agent-enable");
    expect(methods()).toEqual([]);
  });
});

describe("an agent that starts", () => {
  test.each([
    { when: "housekeeping is there", answers: ["200"] },
    { when: "housekeeping comes later", answers: ["000", "000", "503", "204"] },
    { when: "housekeeping learns of it later", answers: ["401", "403", "200"] },
    { when: "it is not registered yet", answers: ["404"] },
    { when: "a person has disabled it", answers: ["409"] },
  ])("asks for its drain to be taken back until there is an answer, when $when", ({ answers }) => {
    scene().server(...answers);
    expect(run("agent-enable").status).toBe(0);
    expect(methods()).toEqual(answers.map(() => "DELETE"));
    expect(scene().read("requests")).toBe(request.repeat(answers.length));
  });

  test("stops asking when it is told to leave", () => {
    scene().server("000");
    scene().command("sleep", 'touch "$SCENE/leaving"');
    expect(run("agent-enable").status).toBe(0);
    expect(methods()).toEqual(["DELETE"]);
  });
});
