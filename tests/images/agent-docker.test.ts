import * as fs from "node:fs";
import * as path from "node:path";
import { useShellFixture, type Outcome } from "./shell-fixture";

const shell = useShellFixture();

/** A client whose daemon's janitor answers: the volume that asks for it is gone. `body` says what else it does. */
function docker(body = ""): void {
  shell().command("docker", `[ "$1 $2" != "volume inspect" ] || exit 1\n${body}`);
}

describe("leftovers of the last job", () => {
  const DAEMON = { DOCKER_HOST: "tcp://127.0.0.1:2376" };
  const clean = (env: Readonly<Record<string, string>> = DAEMON, ...args: readonly string[]): Outcome =>
    shell().run("agent/hooks/20-clean-docker", { env, args });

  test("are removed: containers with their volumes, networks, volumes without a name", () => {
    docker('[ "$1" != ps ] || printf "aaa\\nbbb\\n"');
    const outcome = clean();
    expect(outcome.status).toBe(0);
    expect(shell().calls("docker").slice(2)).toEqual([
      "docker ps --all --quiet",
      "docker rm --force --volumes aaa bbb",
      "docker network prune --force",
      "docker volume prune --force --filter label=com.docker.volume.anonymous",
      "docker volume create gocd-job-ended",
      "docker volume inspect gocd-job-ended",
    ]);
    expect(outcome.stderr).toContain("removed 2 containers");
  });

  test("leave images, build cache and named volumes alone", () => {
    docker();
    clean();
    expect(shell().calls("docker").join("\n")).not.toMatch(/image|builder|system|--all --force/);
  });

  test("are no reason to talk when there are none", () => {
    docker();
    expect(clean()).toMatchObject({ status: 0, stderr: "" });
    expect(
      shell()
        .calls("docker")
        .some((call) => call.startsWith("docker rm")),
    ).toBe(false);
  });

  test("that cannot be removed do not keep the agent from starting", () => {
    docker("case $1 in ps) echo aaa ;; rm | network | volume) exit 1 ;; esac");
    const outcome = clean();
    expect(outcome.status).toBe(0);
    expect(outcome.stderr.split("\n").filter((line) => line.includes("could not be removed"))).toHaveLength(3);
    expect(clean(DAEMON, "strict").status).toBe(1);
  });

  test("wait for a daemon that is slow to answer", () => {
    docker('[ "$1" != version ] || [ "$(grep -c "^docker version" "$FIXTURE/calls")" -gt 5 ] || exit 1');
    expect(clean().status).toBe(0);
    expect(shell().calls("sleep")).toHaveLength(5);
  });

  test("stop the start when the daemon never answers, with the client's last word", () => {
    shell().command("docker", 'echo "tls: unknown certificate authority" >&2; exit 1');
    const outcome = clean();
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toContain("tcp://127.0.0.1:2376 does not answer: tls: unknown certificate authority");
  });

  test("of a swarm do not come back", () => {
    docker('[ "$1" != info ] || echo active');
    expect(clean().status).toBe(0);
    expect(shell().calls("docker")).toContain("docker swarm leave --force");
  });

  test("in the daemon's container are the janitor's to remove, who says when", () => {
    shell().command(
      "docker",
      '[ "$1 $2" != "volume inspect" ] || [ "$(grep -c "^docker volume inspect" "$FIXTURE/calls")" -le 3 ]',
    );
    expect(clean(DAEMON, "strict").status).toBe(0);
    expect(shell().calls("sleep")).toHaveLength(3);
  });

  test("that the janitor never answers for are told", () => {
    shell().command("docker");
    expect(clean(DAEMON, "strict")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("no answer of the janitor") as string,
    });
  });

  test("go with the workspace where every job starts afresh", () => {
    docker();
    clean({ ...DAEMON, ISOLATION: "fresh" });
    expect(shell().calls("docker")).toContain("docker volume create gocd-empty-workspace");
  });

  test("are nobody's where there is no daemon", () => {
    shell().command("docker");
    expect(clean({}).status).toBe(0);
    expect(shell().calls("docker")).toEqual([]);
  });
});

describe("the credential helper", () => {
  function ask(verb: string, input: string, answer = "000"): Outcome {
    shell().server(answer);
    return shell().run("agent/bin/docker-credential-workload-identity", { args: [verb], input });
  }
  const fromGke = '200 {"access_token":"ya29.c.A-b_c/d=","expires_in":3599,"token_type":"Bearer"}';

  test.each([["gcr.io"], ["eu.gcr.io\n"], ["https://us-central1-docker.pkg.dev"], ["https://gcr.io/v2/"]])(
    "gives the pod's own token for %j",
    (registry) => {
      const outcome = ask("get", registry, fromGke);
      expect(outcome.status).toBe(0);
      expect(JSON.parse(outcome.stdout)).toEqual({
        ServerURL: registry.trim(),
        Username: "oauth2accesstoken",
        Secret: "ya29.c.A-b_c/d=",
      });
    },
  );

  test.each([
    ["off GKE", "gcr.io", "000"],
    ["when the answer is none", "gcr.io", "200 <html>"],
    ["for another registry", "docker.io", fromGke],
    ["for a registry that only looks like Google's", "gcr.io.example.org", fromGke],
    ["for a name with a quote", 'gcr.io","x":"y.gcr.io', fromGke],
    ["for no registry", "", fromGke],
  ])("knows no credentials %s, in the words that Docker understands", (_, registry, answer) => {
    const outcome = ask("get", registry, answer);
    expect(outcome.status).toBe(1);
    expect(outcome.stdout).toBe("credentials not found in native keychain\n");
  });

  test("asks nobody for the credentials of other registries", () => {
    ask("get", "docker.io", fromGke);
    expect(shell().calls("curl")).toEqual([]);
  });

  test.each([
    ["list", 0],
    ["erase", 0],
    ["store", 1],
    ["other", 64],
  ])("answers %s", (verb, status) => {
    expect(ask(verb, "gcr.io").status).toBe(status);
  });

  test("is the one that the agent's Docker configuration names, and only for Google's registries", () => {
    const agent = path.resolve(__dirname, "../../images/agent");
    const config = JSON.parse(fs.readFileSync(path.join(agent, "docker/config.json"), "utf8")) as Record<
      string,
      Record<string, string>
    >;
    expect(Object.keys(config)).toEqual(["credHelpers"]);
    const helpers = Object.entries(config["credHelpers"] ?? {});
    for (const [registry, helper] of helpers) {
      expect(registry).toMatch(/^((us|eu|asia)\.)?gcr\.io$|-docker\.pkg\.dev$/);
      expect(fs.existsSync(path.join(agent, "bin", `docker-credential-${helper}`))).toBe(true);
    }
    expect(helpers.map(([registry]) => registry)).toEqual(
      expect.arrayContaining(["gcr.io", "us-central1-docker.pkg.dev"]),
    );
  });
});
