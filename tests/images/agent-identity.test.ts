import { useShellFixture, type Outcome } from "./shell-fixture";

const shell = useShellFixture();
const UUID = "5f0c1a2e-9b7d-4c3a-8e6f-0123456789ab";
const token = `${"Ab3/+".repeat(8)}xyz=`;
const otherToken = `${"Zz9/+".repeat(8)}abc=`;

function start(env: Readonly<Record<string, string>> = {}): Outcome {
  return shell().run("agent/hooks/10-identity", {
    env: {
      IDENTITY_DIR: shell().path("identity"),
      AGENT_LIB: `${__dirname}/../../images/agent/lib`,
      VOLUME_DIR: shell().path("godata"),
      LEAVING_FILE: shell().path("leaving"),
      POD_NAME: "docker-0",
      GO_SERVER_URL: "http://gocd-server:8153/go",
      ...env,
    },
  });
}

function kept(): { readonly guid: string | undefined; readonly token: string | undefined } {
  return { guid: shell().read("godata/config/guid.txt"), token: shell().read("godata/config/token") };
}

beforeEach(() => {
  shell().write("identity/uuid", UUID);
  shell().write("identity/token", `${token}\n`);
  shell().command("agent-enable");
});

describe("an agent's first minute", () => {
  const known = { guid: UUID, token };
  const unknown = { guid: UUID, token: undefined };
  test.each([
    { when: "the server knows it and the disk is new", answers: ["409 taken"], disk: {}, then: known },
    {
      when: "the server knows it and the disk is its own",
      answers: ["409"],
      disk: { "guid.txt": UUID, token },
      then: known,
    },
    {
      when: "the server knows it and the disk was another agent's",
      answers: ["409"],
      disk: { "guid.txt": "x", token: otherToken },
      then: known,
    },
    { when: "the server knows it and the token was lost", answers: ["409"], disk: { "guid.txt": UUID }, then: known },
    { when: "nobody has seen it before", answers: [`200 ${token}`], disk: {}, then: unknown },
    {
      when: "the server was restored without it",
      answers: [`200 ${token}`],
      disk: { "guid.txt": UUID, token },
      then: unknown,
    },
    {
      when: "the server makes tokens with another key",
      answers: [`200 ${otherToken}`],
      disk: { token },
      then: unknown,
    },
    {
      when: "the server starts, then is in a backup, then answers",
      answers: ["000", "503 busy", "503", "409"],
      disk: {},
      then: known,
    },
    {
      when: "a proxy answers 200 with a page until the server does",
      answers: ["200 <html>hello</html>", "200", `200 ${token}`],
      disk: { token },
      then: unknown,
    },
    { when: "an odd status comes first", answers: ["404", "302", "500", "429", "409"], disk: {}, then: known },
  ])("ends with the right identity when $when", ({ answers, disk, then }) => {
    for (const [name, content] of Object.entries(disk)) shell().write(`godata/config/${name}`, content);
    shell().server(...answers);

    const outcome = start();

    expect(outcome).toMatchObject({ status: 0 });
    expect(kept()).toEqual(then);
    expect(shell().read("requests")?.split("\n")[0]).toBe(
      `url = "http://gocd-server:8153/go/admin/agent/token?uuid=${UUID}"`,
    );
    expect(shell().calls("curl")).toHaveLength(answers.length);
  });

  test.each([["000"], ["503 busy"], ["200 <html>"], ["500"], [`200 ${token} and more`]])(
    "keeps waiting, touching nothing, while all it hears is %j",
    (answer) => {
      shell().write("godata/config/token", otherToken);
      shell().server(answer);
      shell().killAfterSleeps(40);

      const outcome = start();

      expect(outcome.status).toBeNull();
      expect(kept()).toEqual({ guid: undefined, token: otherToken });
      expect(outcome.stderr.match(/waiting for the server/g)).toHaveLength(4);
    },
  );

  test("says that the server's token key is another's", () => {
    shell().server(`200 ${otherToken}`);
    expect(start().stderr).toContain("makes tokens with another key");
  });

  test("keeps uuid and token from everybody else", () => {
    shell().server("409");
    start();
    expect(shell().mode("godata/config/token")).toBe("600");
    expect(shell().mode("godata/config/guid.txt")).toBe("600");
  });

  test("puts no secret on a command line or into a log", () => {
    shell().server("000", "409");
    const outcome = start({ HOUSEKEEPING_URL: "http://gocd-housekeeping:8080" });
    expect(shell().calls().join("\n")).not.toMatch(new RegExp(`${UUID}|Ab3`));
    expect(outcome.stdout + outcome.stderr).not.toContain(token);
  });
});

describe("autoregister.properties", () => {
  test("names the host and holds no key, however often the entry point has appended to it", () => {
    const appended = "agent.auto.register.key=hunter2\nagent.auto.register.hostname=\n";
    shell().write("godata/config/autoregister.properties", appended.repeat(3));
    shell().server("409");

    start();

    expect(shell().read("godata/config/autoregister.properties")).toBe("agent.auto.register.hostname=docker-0\n");
  });

  test("is right before the server is asked, so that a killed hook leaves no key", () => {
    shell().write("godata/config/autoregister.properties", "agent.auto.register.key=hunter2\n");
    shell().server("503");
    shell().killAfterSleeps(1);

    start();

    expect(shell().read("godata/config/autoregister.properties")).not.toContain("hunter2");
  });
});

describe("a broken identity", () => {
  test.each([
    { what: "no uuid", file: "uuid", content: undefined },
    { what: "no token", file: "token", content: undefined },
    { what: "an empty uuid", file: "uuid", content: "" },
    { what: "a uuid that ends the request", file: "uuid", content: `${UUID}"\nurl = "http://evil/` },
    { what: "a uuid with a second parameter", file: "uuid", content: "5f0c1a2e-9b7d-4c3a-8e6f-01234567&x=1" },
    { what: "a uuid in other places", file: "uuid", content: "5f0c1a2e9-b7d-4c3a-8e6f-0123456789ab" },
    { what: "a token with a line break", file: "token", content: `${"A".repeat(20)}\n${"A".repeat(22)}=` },
    { what: "a token with a quote", file: "token", content: `${"A".repeat(42)}"=` },
    { what: "a token that is too short", file: "token", content: "QUJD" },
    { what: "a token without padding", file: "token", content: "A".repeat(44) },
  ])("with $what stops the start with a line that names the file and asks nobody", ({ file, content }) => {
    shell().server("409");
    shell().remove(`identity/${file}`);
    // Without the key in the Secret the kubelet makes a directory for the mount.
    shell().write(content === undefined ? `identity/${file}/made-by-the-kubelet` : `identity/${file}`, content ?? "");

    const outcome = start();

    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toContain(`identity/${file}`);
    expect(shell().calls("curl")).toEqual([]);
    expect(kept()).toEqual({ guid: undefined, token: undefined });
  });

  test.each([
    ["no server", { GO_SERVER_URL: "" }, "GO_SERVER_URL"],
    ["a server address that is a file", { GO_SERVER_URL: "file:///etc/passwd" }, "GO_SERVER_URL"],
    ["a server address with a quote", { GO_SERVER_URL: 'http://x"\nheader = "a: b' }, "GO_SERVER_URL"],
    ["a pod name that is a second property", { POD_NAME: "docker-0\nagent.auto.register.key=x" }, "POD_NAME"],
  ])("with %s stops the start and names the variable", (_, env, variable) => {
    shell().server("409");
    const outcome = start(env);
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toContain(variable);
    expect(shell().calls("curl")).toEqual([]);
  });

  test("of an agent that was given none leaves GoCD's own registration alone", () => {
    shell().server("409");
    shell().write("godata/config/autoregister.properties", "agent.auto.register.key=own\n");
    const outcome = start({ IDENTITY_DIR: shell().path("nowhere") });
    expect(outcome.status).toBe(0);
    expect(shell().read("godata/config/autoregister.properties")).toBe("agent.auto.register.key=own\n");
    expect(shell().calls("curl")).toEqual([]);
  });
});

describe("after its start an agent", () => {
  test("asks housekeeping to take the drain back, and is no longer leaving", () => {
    shell().write("leaving", "");
    shell().server("409");
    shell().command("agent-enable", 'touch "$FIXTURE/enabled"');
    start({ HOUSEKEEPING_URL: "http://gocd-housekeeping:8080" });
    expect(shell().read("leaving")).toBeUndefined();
    expect(shell().read("enabled")).toBe("");
  });

  test("asks nobody where there is no housekeeping", () => {
    shell().server("409");
    start();
    expect(shell().calls("agent-enable")).toEqual([]);
  });
});
