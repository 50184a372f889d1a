import { useShellFixture, type Outcome } from "./shell-fixture";

const shell = useShellFixture();
const UUID = "5f0c1a2e-9b7d-4c3a-8e6f-0123456789ab";
const token = `${"Ab3/+".repeat(8)}xyz=`;
const REQUEST = `url = "http://gocd-housekeeping:8080/drain/${UUID}"\nheader = "Authorization: Bearer ${token}"\n`;

function run(script: "agent-drain" | "agent-enable", env: Readonly<Record<string, string>> = {}): Outcome {
  return shell().run(`agent/bin/${script}`, {
    env: {
      IDENTITY_DIR: shell().path("identity"),
      AGENT_LIB: `${__dirname}/../../images/agent/lib`,
      LEAVING_FILE: shell().path("leaving"),
      DRAIN_LOG: shell().path("log"),
      HOUSEKEEPING_URL: "http://gocd-housekeeping:8080",
      ...env,
    },
  });
}

/** A clock that goes on by so many seconds at each look. */
function clock(step: number): void {
  shell().command(
    "date",
    `now=$(($(cat "$FIXTURE/now" 2>/dev/null || echo 1000) + ${step})); echo "$now" | tee "$FIXTURE/now"`,
  );
}

const methods = (): readonly string[] =>
  shell()
    .calls("curl")
    .map((call) => /--request (\w+)/.exec(call)?.[1] ?? call);

beforeEach(() => {
  shell().write("identity/uuid", UUID);
  shell().write("identity/token", token);
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
    shell().server(...answers);
    const outcome = run("agent-drain");
    expect(outcome.status).toBe(0);
    expect(methods()).toEqual(answers.map(() => "POST"));
    expect(shell().read("requests")).toBe(REQUEST.repeat(answers.length));
    expect(shell().read("log")).toContain(says);
  });

  test("does not speak of a job that it does not have while it settles", () => {
    const settling = '202 {"state":"settling"}';
    shell().server(settling, settling, idle);
    expect(run("agent-drain").status).toBe(0);
    expect(methods()).toHaveLength(3);
    expect(shell().read("log")).toBe("agent-drain: idle, stopping\n");
    shell().remove("log");
    shell().server(settling, draining, settling, idle);
    run("agent-drain");
    expect(shell().read("log")).toBe("agent-drain: waiting for the running job\nagent-drain: idle, stopping\n");
  });

  test("waits for a job as long as it runs, and says so once", () => {
    shell().server(draining);
    shell().killAfterSleeps(20);
    clock(10);
    expect(run("agent-drain").status).toBeNull();
    expect(
      shell()
        .read("log")
        ?.match(/waiting/g),
    ).toHaveLength(1);
  });

  test("goes in the middle of a job when its part of the grace period is over", () => {
    shell().server(draining);
    clock(10);
    expect(run("agent-drain", { DRAIN_SECONDS: "300" }).status).toBe(0);
    expect(shell().read("log")).toContain("the job still runs after 300 seconds");
    expect(methods()).toHaveLength(15);
  });

  test("waits for the end of a backup, however long it takes, within its part of the grace period", () => {
    const backup = '503 {"error":"unavailable"}';
    shell().server(...Array.from({ length: 10 }, () => backup), draining, idle);
    clock(10);
    expect(run("agent-drain").status).toBe(0);
    expect(shell().read("log")).toContain("idle");
    shell().server(backup);
    expect(run("agent-drain", { DRAIN_SECONDS: "300" }).status).toBe(0);
    expect(shell().read("log")).toContain("still runs after 300 seconds");
  });

  test.each([["000"], ["503 the server is away"], ['503 {"error":"unreachable"}']])(
    "gives up a minute after the last word from anybody (%s)",
    (silence) => {
      clock(10);
      shell().server(draining, silence);
      const outcome = run("agent-drain");
      expect(outcome.status).toBe(0);
      expect(shell().read("log")).toContain("no answer from housekeeping or the server for 60 seconds");
      expect(methods().length).toBeGreaterThan(5);
      expect(methods().length).toBeLessThan(9);
    },
  );

  test.each([
    ["there is no housekeeping", { HOUSEKEEPING_URL: "" }],
    ["it has no identity", { IDENTITY_DIR: "/nowhere" }],
    ["the address is none", { HOUSEKEEPING_URL: "ftp://x" }],
  ])("goes at once when %s", (_, env) => {
    shell().server("202");
    expect(run("agent-drain", env).status).toBe(0);
    expect(methods()).toEqual([]);
  });

  test("keeps its token from the command line and the log", () => {
    shell().server("000", draining, idle);
    run("agent-drain");
    expect(shell().calls().join("\n")).not.toContain("Ab3");
    expect(shell().read("log")).not.toContain("Ab3");
  });

  test("is marked as leaving, so that nothing enables it again", () => {
    shell().server(idle);
    run("agent-drain");
    shell().server("200");
    shell().remove("calls");
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
    shell().server(...answers);
    expect(run("agent-enable").status).toBe(0);
    expect(methods()).toEqual(answers.map(() => "DELETE"));
    expect(shell().read("requests")).toBe(REQUEST.repeat(answers.length));
  });

  test("stops asking when it is told to leave", () => {
    shell().server("000");
    shell().command("sleep", 'touch "$FIXTURE/leaving"');
    expect(run("agent-enable").status).toBe(0);
    expect(methods()).toEqual(["DELETE"]);
  });
});
