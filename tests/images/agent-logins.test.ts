import * as fs from "node:fs";
import { useShellFixture, type Outcome } from "./shell-fixture";

const shell = useShellFixture();
const IMAGES_OWN = fs.readFileSync(`${__dirname}/../../images/agent/docker/config.json`, "utf8");

describe("the credential helper of a pool", () => {
  const ask = (verb: string, input: string): Outcome =>
    shell().run("agent/bin/docker-credential-pool-login", {
      args: [verb],
      input,
      env: { LOGINS_FILE: shell().path("logins") },
    });
  const credentials = (server: string) => JSON.parse(ask("get", `${server}\n`).stdout) as unknown;

  beforeEach(() => {
    shell().write(
      "logins",
      'ghcr.io robot one "two" \\three\nregistry.example:5000 robot$ four\ndocker.io team five\n',
    );
  });

  test.each([
    ["ghcr.io", "robot", 'one "two" \\three'],
    ["https://ghcr.io", "robot", 'one "two" \\three'],
    ["registry.example:5000", "robot$", "four"],
    ["https://index.docker.io/v1/", "team", "five"],
  ])("knows user and password of %s", (server, user, password) => {
    expect(credentials(server)).toEqual({ ServerURL: server, Username: user, Secret: password });
  });

  test("reads the file anew each time: another password needs no restart", () => {
    expect(credentials("ghcr.io")).toMatchObject({ Username: "robot" });
    shell().write("logins", "ghcr.io other six\n");
    expect(credentials("ghcr.io")).toMatchObject({ Username: "other", Secret: "six" });
  });

  test("knows nothing of others, in the words that Docker compares", () => {
    for (const server of ["ghcr.io.example", "hcr.io", ".*"])
      expect(ask("get", server)).toMatchObject({ status: 1, stdout: "credentials not found in native keychain\n" });
  });

  test("stores nothing, and says why", () => {
    const outcome = ask("store", '{"ServerURL":"ghcr.io","Username":"me","Secret":"canary"}');
    expect(outcome.status).toBe(1);
    expect(outcome.stdout).toContain("logged in to this registry already");
    expect(`${outcome.stdout}${outcome.stderr}`).not.toContain("canary");
  });
});

describe("the hook", () => {
  const hook = (logins: string): Outcome =>
    shell().run("agent/hooks/15-docker-logins", {
      env: { DOCKER_CONFIG: shell().path("docker"), DOCKER_LOGINS: logins },
    });
  const helpers = () =>
    (JSON.parse(shell().read("docker/config.json") ?? "") as { readonly credHelpers: Readonly<Record<string, string>> })
      .credHelpers;

  test("has Docker's client ask for each registry, beside what the image has, and once", () => {
    shell().write("docker/config.json", IMAGES_OWN);
    for (let time = 0; time < 2; time++) expect(hook("ghcr.io docker.io r.example:5000").status).toBe(0);
    expect(helpers()).toMatchObject({
      "ghcr.io": "pool-login",
      "https://index.docker.io/v1/": "pool-login",
      "r.example:5000": "pool-login",
      "gcr.io": "workload-identity",
    });
    expect((shell().read("docker/config.json") ?? "").match(/"ghcr\.io"/g)).toHaveLength(1);
  });

  test("leaves the file alone where the pool logs in to nothing", () => {
    shell().write("docker/config.json", IMAGES_OWN);
    expect(hook("").status).toBe(0);
    expect(shell().read("docker/config.json")).toBe(IMAGES_OWN);
  });

  test("stops the agent where jobs would not be logged in", () => {
    shell().write("docker/config.json", "{}\n");
    const { status, stderr } = hook("ghcr.io");
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining("has no credHelpers") as string });
  });

  test("runs before what keeps the home directory for the jobs to come", () => {
    const hooks = fs.readdirSync(`${__dirname}/../../images/agent/hooks`).sort();
    expect(hooks.indexOf("15-docker-logins")).toBeLessThan(hooks.indexOf("30-isolation"));
    expect(hooks).toContain("15-docker-logins");
  });
});
