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
