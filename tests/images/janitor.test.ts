import * as fs from "node:fs";
import { useShellFixture, type Outcome } from "./shell-fixture";

const shell = useShellFixture();

function janitor(...args: readonly string[]): Outcome {
  return shell().run("dind/janitor", {
    args,
    env: {
      DOCKER_DATA: shell().path("data"),
      DOCKER_CERTIFICATES: shell().path("certs"),
      MOUNTS_FILE: shell().write("mounts", ""),
      DOCKER_HOST: "tcp://elsewhere:2376",
      DOCKER_TLS_VERIFY: "1",
    },
  });
}

/** A disk that is so full, in percent, at each look; inodes likewise. */
function disk(space: readonly number[], inodes: readonly number[] = [1]): void {
  fs.mkdirSync(shell().path("data"), { recursive: true });
  shell().write("space", space.join("\n"));
  shell().write("inodes", inodes.join("\n"));
  shell().command(
    "df",
    `case $1 in -P) file=$FIXTURE/space ;; *) file=$FIXTURE/inodes ;; esac
echo "Filesystem 1024-blocks Used Available Capacity Mounted on"
echo "/dev/sda 100 50 50 $(head -n 1 "$file")% /var/lib/docker"
if [ "$(wc -l <"$file")" -gt 0 ]; then tail -n +2 "$file" >"$file.rest"; mv "$file.rest" "$file"; fi`,
  );
}

describe("the image disk", () => {
  const old = "docker system prune --all --force --filter until=24h";
  const all = ["docker system prune --all --force", "docker volume prune --force"];
  beforeEach(() => {
    shell().command(
      "docker",
      '[ "$1" != info ] || exit 1; echo "$DOCKER_HOST ${DOCKER_TLS_VERIFY-}" >>"$FIXTURE/hosts"',
    );
  });

  test.each([
    { state: "has room", space: [79], prunes: [], says: "" },
    {
      state: "is fuller than 80 % and old things go",
      space: [81, 40],
      prunes: [old],
      says: "image disk 81 % full: removed what had not been used for a day; now 40 %",
    },
    { state: "is fuller than 80 % with little old", space: [85, 84], prunes: [old], says: "still 84 %" },
    { state: "is as good as full and old things go", space: [97, 60], prunes: [old], says: "now 60 %" },
    {
      state: "is as good as full with little old",
      space: [97, 95, 20],
      prunes: [old, ...all],
      says: "image disk 97 % full: removed everything unused; now 20 %",
    },
    {
      state: "is full of what is in use",
      space: [100, 100, 100],
      prunes: [old, ...all],
      says: "still 100 %: running containers and named volumes hold the rest",
    },
    {
      state: "has no inodes left",
      space: [30],
      inodes: [99, 99, 10],
      prunes: [old, ...all],
      says: "image disk 99 % full",
    },
  ])("when it $state is looked after", ({ space, inodes, prunes, says }) => {
    disk(space, inodes);
    const outcome = janitor("disk");
    expect(outcome.status).toBe(0);
    expect(shell().calls("docker")).toEqual(prunes);
    expect(outcome.stderr).toContain(says);
    expect(outcome.stderr.split("\n").filter((line) => line !== "")).toHaveLength(says === "" ? 0 : 1);
  });

  test("is pruned by the daemon beside it, whatever the environment says", () => {
    disk([95, 10]);
    janitor("disk");
    expect(shell().read("hosts")).toBe("unix:///var/run/docker.sock \n");
  });

  test("says so when pruning fails", () => {
    disk([95, 95, 95]);
    shell().command("docker", "exit 1");
    expect(janitor("disk").stderr).toContain("removed nothing (docker system prune failed); still 95 %");
  });

  test("is pruned again only when it has become fuller than the last pruning left it", () => {
    // Each round looks once; pruning looks twice more.
    disk([92, 91, 91, 91, 91, 93, 93, 93, 10]);
    shell().command("docker", 'case $1 in events) sleep; kill -TERM "$PPID" ;; esac; exit 0');
    shell().command("mount");
    shell().command(
      "sleep",
      '[ "$1" != 60 ] || [ "$(grep -c "^sleep 60" "$FIXTURE/calls")" -lt 6 ] || kill -TERM "$PPID"',
    );
    const outcome = janitor();
    const lines = outcome.stderr.split("\n").filter((line) => line.startsWith("janitor: image disk"));
    expect(lines).toEqual([expect.stringContaining("92 % full"), expect.stringContaining("93 % full")]);
  });
});

describe("files that containers leave in the workspace", () => {
  const running = '[ "$*" != "ps --quiet" ] || echo aaa';
  const stopped = '[ "$*" != "ps --all --quiet" ] || echo aaa';
  test.each([
    ["stay while a container runs", running, []],
    ["of root go back while stopped containers may start again", stopped, ["hand-back root"]],
    ["of everybody go back when no container is left", "", ["hand-back all"]],
    ["stay when the daemon does not answer", 'echo "Cannot connect" >&2; exit 1', []],
  ])("%s", (_, docker, calls) => {
    shell().command("docker", docker);
    shell().command("hand-back");
    expect(janitor("workspace").status).toBe(0);
    expect(shell().calls("hand-back")).toEqual(calls);
  });

  test("are looked for once after a burst of containers, not once for each", () => {
    disk([1]);
    shell().command("mount");
    shell().command("hand-back");
    // Four containers died at 1000, one at 1002; a look takes the clock on by one.
    shell().command(
      "date",
      `now=$(($(cat "$FIXTURE/now" 2>/dev/null || echo 999) + 1)); echo "$now" | tee "$FIXTURE/now"`,
    );
    shell().command(
      "docker",
      '[ "$1" != volume ] || exit 1; [ "$1" != events ] || { printf "1000\\n1000\\n1000\\n1000\\n1002\\n"; touch "$FIXTURE/over"; }',
    );
    shell().command(
      "sleep",
      '[ ! -e "$FIXTURE/over" ] || [ "$1" != 1 ] || kill -TERM "$PPID"; [ "$1" != 60 ] || kill -TERM "$PPID"',
    );
    janitor();
    expect(shell().calls("hand-back")).toEqual(["hand-back all", "hand-back all"]);
  });
});

describe("what the agent asks for between two jobs", () => {
  const asked = (name: string) => `[ "$1 $2" != "volume inspect" ] || [ "$3" = ${name} ] || exit 1`;
  beforeEach(() => {
    shell().command("hand-back");
    shell().write("tmp/folder/left", "");
    shell().write("workspace/pipeline/file", "");
  });

  test.each([
    { request: "gocd-job-ended", workspace: true },
    { request: "gocd-empty-workspace", workspace: false },
  ])("is done, and then the volume that asks is gone: $request", ({ request, workspace }) => {
    shell().command("docker", `${asked(request)}; [ "$1 $2" != "volume rm" ] || ls -A "$FIXTURE/tmp" >"$FIXTURE/then"`);
    janitor("requests");
    expect(shell().read("then")).toBe("");
    expect(shell().read("workspace/pipeline/file")).toBe(workspace ? "" : undefined);
    expect(shell().calls("hand-back")).toEqual(["hand-back all"]);
    expect(shell().calls("docker").at(-1)).toBe(
      request === "gocd-job-ended"
        ? "docker volume inspect gocd-empty-workspace"
        : `docker volume rm --force ${request}`,
    );
  });

  test("comes with the agent's own cgroup: what eats its memory is killed alone", () => {
    const pod = "kubepods/burstable/pod1";
    shell().write("process/cgroup", `0::/${pod}/dind/daemon\n`);
    for (const name of ["agent", "dind"]) shell().write(`cgroup/${pod}/${name}/memory.oom.group`, "1\n");
    shell().write("cgroup/kubepods/memory.oom.group", "1\n");
    shell().command("docker", asked("gocd-job-ended"));
    shell().run("dind/janitor", {
      args: ["requests"],
      env: { CGROUP_ROOT: shell().path("cgroup"), PROCESS_DIR: shell().path("process") },
    });
    expect(shell().read(`cgroup/${pod}/agent/memory.oom.group`)).toBe("0\n");
    expect(shell().read("cgroup/kubepods/memory.oom.group")).toBe("1\n");
  });

  test("is nothing while nobody asks", () => {
    shell().command("docker", asked("none"));
    janitor("requests");
    expect(shell().read("tmp/folder/left")).toBe("");
    expect(shell().calls("hand-back")).toEqual([]);
  });
});

describe("the daemon's keys", () => {
  beforeEach(() => {
    shell().command("mount", '[ "$2" != tmpfs ] || rm -rf "$FIXTURE/certs"');
    shell().command("umount", 'rm -rf "$2"');
  });

  function hide(mounts: readonly string[]): Outcome {
    const file = shell().write("mounted", mounts.map((mount) => `tmpfs ${mount} tmpfs rw 0 0\n`).join(""));
    return shell().run("dind/janitor", {
      args: ["certificates"],
      env: { DOCKER_CERTIFICATES: shell().path("certs"), MOUNTS_FILE: file },
    });
  }

  test("go out of the reach of containers with their mount, deepest first", () => {
    shell().write("certs/server/key.pem", "key");
    const outcome = hide(["/", shell().path("certs"), shell().path("certs/server"), shell().path("certs-of-others")]);
    expect(shell().calls("umount", "mount")).toEqual([
      `umount -l ${shell().path("certs/server")}`,
      `umount -l ${shell().path("certs")}`,
    ]);
    expect(outcome.stderr).toContain("out of the reach of containers");
  });

  test("are covered where they lie on no mount of their own", () => {
    shell().write("certs/ca/key.pem", "key");
    const outcome = hide(["/"]);
    expect(shell().calls("umount", "mount")).toEqual([
      `mount -t tmpfs -o ro,size=4k,mode=0555 none ${shell().path("certs")}`,
    ]);
    expect(outcome.stderr).toContain("out of the reach of containers");
  });

  test("that cannot be hidden are reported", () => {
    shell().write("certs/server/key.pem", "key");
    shell().command("mount", "exit 1");
    expect(hide([]).stderr).toContain("a job that mounts it can read the daemon's key");
  });

  test("are nothing to talk about where there are none", () => {
    expect(hide([])).toMatchObject({ status: 0, stderr: "" });
    expect(shell().calls("mount", "umount")).toEqual([]);
  });

  test("stay until the daemon has read them", () => {
    shell().write("certs/server/key.pem", "key");
    shell().command(
      "docker",
      'ls "$FIXTURE/certs/server" >>"$FIXTURE/seen"; [ "$(grep -c version "$FIXTURE/calls")" -gt 3 ]',
    );
    shell().command("sleep", '[ "$(grep -c "^docker version" "$FIXTURE/calls")" -lt 3 ] || kill -TERM "$PPID"');
    janitor();
    expect(shell().read("seen")).toBe("key.pem\n".repeat(3));
    expect(shell().calls("umount")).toEqual([]);
  });
});

test("the janitor says how it is used", () => {
  expect(janitor("sweep")).toMatchObject({ status: 64, stderr: expect.stringContaining("usage") as string });
});
