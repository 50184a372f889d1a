import * as fs from "node:fs";
import * as path from "node:path";
import { useShellFixture, type Outcome } from "./shell-fixture";

const shell = useShellFixture();

/** GoCD's own file, as far as it matters. */
const LOGGING = '<included>\n  <appender name="CONSOLE" class="ch.qos.logback.core.ConsoleAppender"/>\n\n</included>\n';
const PRINTED = "Job BuildWork completed.";

function environment(): Record<string, string> {
  return {
    VOLUME_DIR: shell().path("godata"),
    CLEAN_HOME: shell().path("home"),
    CLEAN_DOCKER: shell().path("commands/clean-docker"),
    AGENT_LIB: path.resolve(__dirname, "../../images/agent/lib"),
    TEMPORARY_DIRECTORIES: `${shell().path("tmp")} ${shell().path("shm")}`,
    CLEAN_PAUSE_SECONDS: "0",
    DOCKER_HOST: "tcp://127.0.0.1:2376",
  };
}

beforeEach(() => {
  shell().command("docker");
  shell().command("clean-docker");
  shell().write("godata/config/agent-logback-include.xml", LOGGING);
  shell().write("home/.docker/config.json", "{}");
  shell().write("tmp/hsperfdata_go/7", "of the agent");
  shell().write("shm/.keep", "of the agent");
});

describe("the hook", () => {
  const hook = (env: Readonly<Record<string, string>> = {}): Outcome => {
    shell().command("between-jobs");
    return shell().run("agent/hooks/30-isolation", { env: { ...environment(), ...env } });
  };
  const logging = () => shell().read("godata/config/agent-logback-include.xml") ?? "";

  test("has the agent log jobs to a pipe as well, and starts what reads it", () => {
    expect(hook()).toMatchObject({ status: 0, stderr: "" });
    expect(fs.statSync(shell().path("godata/jobs")).isFIFO()).toBe(true);
    expect(logging()).toContain('<appender name="CONSOLE"');
    expect(logging()).toContain(`<file>${shell().path("godata/jobs")}</file>`);
    expect(logging()).toContain('<logger name="com.thoughtworks.go.remote.work.BuildWork">');
    expect(shell().read("godata/jobs.pid")).toMatch(/^\d+\n$/);
  });

  test("keeps the home directory as the image has it", () => {
    hook();
    expect(shell().read("godata/home/.docker/config.json")).toBe("{}");
    expect(shell().mode("godata/home")).toBe(shell().mode("home"));
  });

  test("leaves out of it what a volume brings there", () => {
    shell().write("home/.m2/settings.xml", "of a volume");
    hook({
      MOUNTS_FILE: shell().write("mounts", `tmpfs / tmpfs rw 0 0\next4 ${shell().path("home/.m2")} ext4 ro 0 0\n`),
    });
    expect(fs.readdirSync(shell().path("godata/home"))).toEqual([".docker"]);
  });

  test("has them logged as well where jobs share what they leave, and keeps no home directory", () => {
    expect(hook({ ISOLATION: "shared" })).toMatchObject({ status: 0, stderr: "" });
    expect(logging()).toContain(`<file>${shell().path("godata/jobs")}</file>`);
    expect(fs.existsSync(shell().path("godata/home"))).toBe(false);
  });

  test("stops an agent that it could not clean, and says what to do", () => {
    shell().write("godata/config/agent-logback-include.xml", "<configuration/>");
    const outcome = hook();
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toContain("isolation: shared");
  });

  test("lets such an agent run where jobs share what they leave, and says what is missing", () => {
    shell().write("godata/config/agent-logback-include.xml", "<configuration/>");
    const outcome = hook({ ISOLATION: "shared" });
    expect(outcome).toMatchObject({ status: 0, stderr: expect.stringContaining("lacked memory") as string });
    expect(shell().calls("between-jobs")).toEqual([]);
  });

  test("stops at a word that it does not know", () => {
    expect(hook({ ISOLATION: "tidy" })).toMatchObject({ status: 1, stderr: expect.stringContaining("tidy") as string });
  });
});

describe("after a job", () => {
  /**
   * An agent in the shape of the official one: this script is the container's first process, logs as the agent does, each time
   * until all is read, and does the job in between.
   */
  const agent = (job: string, env: Readonly<Record<string, string>> = {}): Outcome =>
    shell().runBeside(
      "agent",
      `set -eu
      umask 022
      mkfifo "$VOLUME_DIR/jobs"; cp -a "$CLEAN_HOME" "$VOLUME_DIR/home"
      INIT_PID=$$ between-jobs &
      cleaner=$!
      # What it was about to read lets its last child end, too.
      stop() { kill "$cleaner" && printf '%-4096s' over 1<>"$VOLUME_DIR/jobs"; }
      trap stop EXIT
      log() { printf '%-1114112s' "$1" >"$VOLUME_DIR/jobs"; }
      begin() { log "Executing received job BuildWork..."; }
      end() { log "${PRINTED}"; }
      ${job}`,
      { ...environment(), ...env },
    );

  test("home and temporary files are as before it, its own processes gone, the agent's alive", () => {
    const outcome = agent(`
      /bin/sleep 1000 & own=$!
      begin
      rm -r "$CLEAN_HOME/.docker"; mkdir -p "$CLEAN_HOME/.m2/locked"; touch "$CLEAN_HOME/.m2/locked/jar" "$CLEAN_HOME/.netrc"
      chmod 500 "$CLEAN_HOME/.m2/locked"; mkdir -p "$CLEAN_HOME/one/two"; touch "$CLEAN_HOME/one/two/file"; chmod 0 "$CLEAN_HOME/one/two" "$CLEAN_HOME/one" "$CLEAN_HOME"
      touch "$FIXTURE/tmp/left" "$FIXTURE/shm/a b"
      /bin/sleep 1000 & left=$!
      end
      kill -0 "$own" && kill "$own"
      ! kill -0 "$left" 2>/dev/null`);
    expect(outcome).toMatchObject({ status: 0 });
    expect(fs.readdirSync(shell().path("home"))).toEqual([".docker"]);
    expect(shell().read("home/.docker/config.json")).toBe("{}");
    expect(fs.readdirSync(shell().path("tmp"))).toEqual(["hsperfdata_go"]);
    expect(fs.readdirSync(shell().path("shm"))).toEqual([".keep"]);
    expect(shell().calls("clean-docker")).toEqual(["clean-docker strict"]);
  });

  test("the next one waits until the daemon is clean", () => {
    shell().command("clean-docker", '[ "$(grep -c "^clean-docker" "$FIXTURE/calls")" -ge 3 ]');
    shell().command("docker", '[ "$(grep -c "^docker ps" "$FIXTURE/calls")" -ge 2 ] || echo aaa');
    agent('begin; end; begin; grep -c \'^clean-docker\' "$FIXTURE/calls" >"$FIXTURE/seen"');
    expect(shell().read("seen")).toBe("4\n");
  });

  test("nothing is removed while it runs", () => {
    agent('begin; touch "$CLEAN_HOME/mine"');
    expect(shell().read("home/mine")).toBe("");
    expect(shell().calls("clean-docker")).toEqual([]);
  });

  test("that ran out of memory, a line names the setting", () => {
    const events = shell().path("cgroup/memory.events");
    shell().write("cgroup/memory.events", "oom 0\noom_kill 3\n");
    const env = { CGROUP_ROOT: shell().path("cgroup"), POD_NAME: "docker-large-0" };
    const eaten = agent(`begin; end; begin; printf 'oom 1\\noom_kill 4\\n' >${events}; end`, env);
    expect(eaten.stderr.match(/gocd:agents\.docker-large\.agent\.memory/g)).toHaveLength(1);
  });

  describe("that failed", () => {
    const UUID = "11111111-2222-3333-4444-555555555555";
    const TOKEN = `${"t".repeat(43)}=`;
    const result = (result: string) =>
      `log "Agent [docker-large-0, 10.0.0.1, ${UUID}] is reporting build result [${result}] to Go Server for Job [p/7/s/1/j/9]"`;
    const environmentWith = () => ({
      CGROUP_ROOT: shell().path("cgroup"),
      POD_NAME: "docker-large-0",
      GO_SERVER_URL: "http://gocd:8153/go",
    });
    /** Builds that failed, and what a step of each ended with. */
    const builds = (ended: Readonly<Record<string, number>>) => {
      const message = (code: number) => `process \\"/bin/sh -c x\\" did not complete successfully: exit code: ${code}`;
      const inspected = Object.entries(ended).map(
        ([name, code]) => `*"inspect --builder default ${name} "*) echo "${message(code)}" ;;`,
      );
      shell().command(
        "docker",
        `case "$*" in *"history ls"*) echo ${Object.keys(ended).join(" ")} ;; ${inspected.join(" ")} esac`,
      );
    };
    const EAT = `printf 'oom_kill 1\\n' >"$CGROUP_ROOT/memory.events"`;

    beforeEach(() => {
      shell().write("cgroup/memory.events", "oom_kill 0\n");
      shell().write("godata/config/guid.txt", UUID);
      shell().write("godata/config/token", TOKEN);
      shell().server("200 appended");
    });

    test("for want of memory, its console names the setting, once, in the request of its agent", () => {
      agent(`begin; ${EAT}; ${result("Failed")}; ${result("Failed")}; end`, environmentWith());
      const requests = shell().read("requests") ?? "";
      expect(requests).toContain(
        'url = "http://gocd:8153/go/remoting/files/p/7/s/1/j/cruise-output/console.log?attempt=1&buildId=9"\n',
      );
      expect(requests).toContain(`header = "X-Agent-GUID: ${UUID}"\nheader = "Authorization: ${TOKEN}"\n`);
      expect(requests).toMatch(
        /^data = "##\|\d\d:\d\d:\d\d\.000 \[memory\] .*gocd:agents\.docker-large\.agent\.memory\\n"$/m,
      );
      expect(requests.match(/^data/gm)).toHaveLength(1);
      expect(shell().calls("curl").join()).not.toContain(TOKEN);
    });

    test("for want of memory, its console says so as well where jobs share what they leave, and nothing is removed", () => {
      agent(`begin; touch "$CLEAN_HOME/left"; ${EAT}; ${result("Failed")}; end`, {
        ...environmentWith(),
        ISOLATION: "shared",
      });
      expect(shell().read("requests")).toContain("gocd:agents.docker-large.agent.memory");
      expect(fs.readdirSync(shell().path("home"))).toEqual([".docker", "left"]);
      expect(shell().calls("clean-docker")).toEqual([]);
    });

    test("for want of memory in Docker, it names the daemon's setting", () => {
      shell().command("docker", `case $1 in events) echo 4f1e ;; esac`);
      agent(`begin; ${result("Failed")}; end`, environmentWith());
      expect(shell().read("requests")).toContain("gocd:agents.docker-large.dind.memory");
    });

    test("for want of memory in what Docker built since it began, it names the daemon's setting, once", () => {
      builds({ one: 1, two: 137, three: 137 });
      agent(`begin; ${result("Failed")}; end`, environmentWith());
      expect(shell().read("requests")).toMatch(/^data = ".*docker build.*gocd:agents\.docker-large\.dind\.memory/m);
      expect(shell().read("requests")?.match(/^data/gm)).toHaveLength(1);
      expect(shell().calls("docker").join("\n")).toMatch(/status=error .*startedAt>\d{4}-\d\d-\d\dT[\d:]{8}Z /);
    });

    test("for another reason in what Docker built, nothing is told", () => {
      builds({ one: 1, two: 2 });
      agent(`begin; ${result("Failed")}; end`, environmentWith());
      expect(shell().calls("docker").join("\n")).toContain("history inspect --builder default two");
      expect(shell().calls("curl")).toEqual([]);
    });

    test("for another reason, or did not fail, nothing is told", () => {
      shell().command("docker", `case $1 in events) [ ! -e "$FIXTURE/passes" ] || echo 4f1e ;; esac`);
      agent(
        `begin; ${result("Failed")}; end; touch "$FIXTURE/passes"; begin; ${result("Passed")}; end`,
        environmentWith(),
      );
      expect(shell().calls("curl")).toEqual([]);
    });

    test("goes on when the server does not take the line, and the log has both", () => {
      shell().server("000");
      const outcome = agent(`begin; ${EAT}; ${result("Failed")}; end`, environmentWith());
      expect(outcome).toMatchObject({ status: 0 });
      expect(outcome.stderr).toContain("gocd:agents.docker-large.agent.memory");
      expect(outcome.stderr).toContain("(HTTP status 000)");
    });

    test("sends nothing to an address that the job's name would make another", () => {
      agent(`begin; ${EAT}; ${result("Failed").replace("p/7", 'p"\\\\n/7')}; end`, environmentWith());
      expect(shell().calls("curl")).toEqual([]);
    });
  });

  test("one whose end was never told is cleaned up when the next begins", () => {
    agent('begin; touch "$CLEAN_HOME/left"; begin; [ ! -e "$CLEAN_HOME/left" ]');
    expect(shell().calls("clean-docker")).toEqual(["clean-docker strict"]);
    expect(fs.readdirSync(shell().path("home"))).toEqual([".docker"]);
  });
});
