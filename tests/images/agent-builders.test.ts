import * as fs from "node:fs";
import * as path from "node:path";
import { CLIENT_CERTIFICATES, DOCKER_HOST } from "../../components/agents/daemon";
import { useShellFixture } from "./shell-fixture";

const shell = useShellFixture();
const OWN = { DOCKER_HOST, DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: CLIENT_CERTIFICATES };

/** What buildx is called with, and the variables by which it finds a daemon. */
function buildx(args: readonly string[], env: Readonly<Record<string, string>> = OWN): string {
  const plugin = shell().write(
    "buildx",
    '#!/bin/sh\necho "$* | ${DOCKER_CONTEXT-} ${DOCKER_HOST-} ${DOCKER_TLS_VERIFY-} ${BUILDX_BUILDER-}"\n',
    0o755,
  );
  const { status, stdout } = shell().run("agent/cli-plugins/docker-buildx", {
    args,
    env: { HOME: shell().path("home"), BUILDX_PLUGIN: plugin, ...env },
  });
  expect(status).toBe(0);
  return stdout.trim();
}

const madeContext = () => shell().write("home/.docker/contexts/meta/abc/meta.json", '{"Name":"agent","Metadata":{}}');

describe("buildx", () => {
  test("gets the agent's daemon as a context, whose name it can keep", () => {
    madeContext();
    expect(buildx(["buildx", "create", "--use"])).toBe("buildx create --use | agent");
    expect(buildx(["bake", "default"])).toBe("bake default | agent");
  });

  test.each([
    { args: ["buildx", "use", "default"], called: "buildx use agent" },
    { args: ["buildx", "build", "--builder", "default", "."], called: "buildx build --builder agent ." },
    { args: ["buildx", "build", "--builder=default", "a b"], called: "buildx build --builder=agent a b" },
  ])("finds the daemon's own builder by the name that it has elsewhere: $args", ({ args, called }) => {
    madeContext();
    expect(buildx(args)).toBe(`${called} | agent`);
  });

  test("… also where a variable names it", () => {
    madeContext();
    expect(buildx(["buildx", "ls"], { ...OWN, BUILDX_BUILDER: "default" })).toBe("buildx ls | agent   agent");
  });

  test("is left alone with another daemon of the job's, and where there is no context", () => {
    expect(buildx(["buildx", "ls"])).toBe(`buildx ls |  ${DOCKER_HOST} 1`);
    madeContext();
    const other = { ...OWN, DOCKER_HOST: "tcp://127.0.0.1:2377" };
    expect(buildx(["buildx", "use", "default"], other)).toBe("buildx use default |  tcp://127.0.0.1:2377 1");
  });

  describe("behind a proxy", () => {
    const PROXY = { HTTP_PROXY: "http://p:1", HTTPS_PROXY: "http://p:2", NO_PROXY: "localhost,.svc" };
    const told = (args: readonly string[]) => buildx(args, { ...OWN, ...PROXY }).replace(/ \|.*/, "");

    test.each([[], ["--driver", "docker-container"], ["--driver=docker-container"]])(
      "tells a new builder in a container of it: %j",
      (...driver) => {
        expect(told(["buildx", "create", ...driver, "--use"])).toBe(
          `buildx create --driver-opt "env.http_proxy=http://p:1" --driver-opt "env.https_proxy=http://p:2" --driver-opt "env.no_proxy=localhost,.svc" ${[...driver, "--use"].join(" ")}`,
        );
      },
    );

    test.each([["create", "--driver", "remote"], ["create", "--driver=kubernetes"], ["ls"]])(
      "tells others nothing: %j",
      (...args) => {
        expect(told(["buildx", ...args])).toBe(["buildx", ...args].join(" "));
      },
    );
  });

  test("has a new builder in a container trust authorities of one's own, beside those of its image", () => {
    const env = { ...OWN, CA_FILE: shell().write("ca.crt", "…") };
    expect(buildx(["buildx", "create", "--use"], env)).toContain(
      "buildx create --driver-opt env.SSL_CERT_DIR=/etc/ssl/certs:/etc/buildkit/certs/gocd-ca.invalid --use",
    );
    expect(buildx(["buildx", "create", "--driver", "remote"], env)).toContain("buildx create --driver remote |");
  });

  test("stands where Docker looks before it looks for the real one", () => {
    const dockerfile = fs.readFileSync(path.join(__dirname, "../../images/agent/Dockerfile"), "utf8");
    expect(dockerfile).toContain("COPY cli-plugins/ /usr/local/lib/docker/cli-plugins/");
    expect(dockerfile).toContain("/usr/local/libexec/docker/cli-plugins/");
  });
});

describe("the context", () => {
  const hook = (env: Readonly<Record<string, string>> = OWN) => shell().run("agent/hooks/25-docker-context", { env });

  test("is made of the agent's own three variables", () => {
    shell().command("docker", '[ "$2" = create ]');
    expect(hook()).toMatchObject({ status: 0, stderr: "" });
    expect(shell().calls("docker").at(-1)).toBe(
      `docker context create agent --docker host=${DOCKER_HOST},ca=${CLIENT_CERTIFICATES}/ca.pem,cert=${CLIENT_CERTIFICATES}/cert.pem,key=${CLIENT_CERTIFICATES}/key.pem`,
    );
  });

  test("is made once, and not where there is no daemon", () => {
    shell().command("docker");
    hook();
    expect(shell().calls("docker")).toEqual(["docker context inspect agent"]);
    hook({});
    expect(shell().calls("docker")).toHaveLength(1);
  });
});

describe("what builders in containers begin with", () => {
  const defaults = (told: string, env: Readonly<Record<string, string>> = {}) => {
    shell().command("docker", `cat <<'END'\n${told}\nEND`);
    const outcome = shell().run("agent/hooks/26-builder-defaults", {
      env: { ...OWN, HOME: shell().path("home"), CA_FILE: shell().path("none"), ...env },
    });
    expect(outcome).toMatchObject({ status: 0 });
    return shell().read("home/.docker/buildx/buildkitd.default.toml");
  };

  test("are the mirrors and insecure registries of the daemon", () => {
    const told =
      "insecure r:1\nmirror https://mirror.example.com/\nmirror http://10.0.0.9:5000/hub/\nmirror http://r:1";
    expect(defaults(told)).toBe(`[registry."r:1"]
  http = true
  insecure = true
[registry."10.0.0.9:5000"]
  http = true
[registry."docker.io"]
  mirrors = ["mirror.example.com", "10.0.0.9:5000/hub", "r:1"]
`);
  });

  test("are certificates of one's own authorities, where the builder is told to look", () => {
    const file = shell().write("ca.crt", "…");
    expect(defaults("", { CA_FILE: file })).toBe(`[registry."gocd-ca.invalid"]\n  ca = ["${file}"]\n`);
  });

  test("are nothing of ours where there is nothing to tell", () => {
    expect(defaults("")).toBeUndefined();
  });

  test("are said to be missing where the daemon does not answer, and the agent starts", () => {
    shell().command("docker", "exit 1");
    const env = { ...OWN, HOME: shell().path("home"), CA_FILE: shell().path("none") };
    const outcome = shell().run("agent/hooks/26-builder-defaults", { env });
    expect(outcome).toMatchObject({ status: 0, stderr: expect.stringContaining("mirrors") as string });
  });
});
