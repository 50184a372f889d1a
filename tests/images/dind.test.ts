import * as fs from "node:fs";
import { stage, type Outcome } from "./scene";

const scene = stage();
const mebibyte = 1024 * 1024;
const pod = "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice/cri-containerd-2.scope";
const controllers = "cpuset cpu io memory pids";

/** A cgroup v2 tree in plain files in which the container has the cgroup `path`. */
function cgroups(path: string, options: { limit?: string; root?: boolean } = {}): void {
  scene().write("process/cgroup", `0::${path}\n`);
  scene().write("cgroup/cgroup.controllers", `${controllers}\n`);
  scene().write("cgroup/cgroup.procs", "1\n");
  const own = `cgroup${path === "/" ? "" : path}`;
  scene().write(`${own}/cgroup.controllers`, `${controllers}\n`);
  scene().write(`${own}/cgroup.procs`, "1\n17\n");
  scene().write(`${own}/cgroup.subtree_control`, "\n");
  scene().write(`${own}/memory.max`, `${options.limit ?? "max"}\n`);
  scene().write(`${own}/memory.oom.group`, "1\n");
  if (options.root !== true) scene().write(`${own}/cgroup.type`, "domain\n");
}

function start(args: readonly string[] = ["docker-init", "--", "dockerd"]): Outcome {
  return scene().run("dind/dind", {
    args,
    env: {
      CGROUP_ROOT: scene().path("cgroup"),
      PROCESS_DIR: scene().path("process"),
      SECURITY_DIR: scene().path("security"),
      RUNTIME_DIR: scene().path("run"),
      WORKSPACE: scene().path("workspace"),
    },
  });
}

beforeEach(() => {
  for (const command of ["mount", "chown", "chmod", "hand-back", "janitor", "docker-init"]) scene().command(command);
  scene().command("mountpoint", "exit 1");
  fs.mkdirSync(scene().path("security"));
  fs.mkdirSync(scene().path("workspace"));
  scene().write("process/oom_score_adj", "937\n");
});

const daemonCall = (): readonly string[] => scene().calls("docker-init");

describe("inner containers", () => {
  test.each([
    ["in the node's cgroup namespace, as in a privileged pod", pod, `${pod}/jobs`],
    ["in a namespace of its own, as under Docker or a newer entry point", "/", "/jobs"],
  ])("run below this container's own cgroup %s", (_, path, parent) => {
    cgroups(path);
    expect(start().status).toBe(0);
    expect(daemonCall()).toEqual([`docker-init -- dockerd --cgroup-parent ${parent}`]);
    const own = `cgroup${path === "/" ? "" : path}`;
    expect(scene().read(`${own}/cgroup.subtree_control`)).toBe("+cpuset +cpu +io +memory +pids\n");
    // A plain file keeps the last write only: process 17 was the last of two to be moved.
    expect(scene().read(`${own}/daemon/cgroup.procs`)).toBe("17\n");
    expect(fs.existsSync(scene().path(own, "jobs"))).toBe(true);
  });

  test("leave the node's root alone in the node's namespace", () => {
    cgroups(pod);
    start();
    expect(fs.readdirSync(scene().path("cgroup")).sort()).toEqual([
      "cgroup.controllers",
      "cgroup.procs",
      "kubepods.slice",
    ]);
  });

  test.each([
    ["300 MiB", 300, 172],
    ["200 MiB", 200, 100],
    ["2 GiB", 2048, 1792],
    ["8 GiB", 8192, 7680],
  ])("of a container with %s of memory leave some of it to the daemon", (_, limit, jobs) => {
    cgroups(pod, { limit: String(limit * mebibyte) });
    start();
    expect(scene().read(`cgroup${pod}/jobs/memory.max`)).toBe(`${jobs * mebibyte}\n`);
  });

  test("of a container without a limit get none", () => {
    cgroups(pod);
    start();
    expect(scene().read(`cgroup${pod}/jobs/memory.max`)).toBeUndefined();
  });

  test("that eat too much memory die alone: the kernel is not to kill the whole container, nor the daemon first", () => {
    cgroups(pod, { limit: String(300 * mebibyte) });
    start();
    expect(scene().read(`cgroup${pod}/memory.oom.group`)).toBe("0\n");
    expect(scene().read("process/oom_score_adj")).toBe("0\n");
  });

  test("do not make the daemon harder to kill than Kubernetes wanted", () => {
    scene().remove("process/oom_score_adj");
    scene().write("process/oom_score_adj", "-997\n");
    start();
    expect(scene().read("process/oom_score_adj")).toBe("-997\n");
  });

  const untouched: readonly [string, () => void, RegExp | undefined][] = [
    ["cgroup v1", () => scene().write("process/cgroup", "4:memory:/kubepods/pod1/2\n0::/\n"), undefined],
    [
      "cgroup v1 with a unified hierarchy beside it",
      () => scene().write("cgroup/unified/cgroup.controllers", ""),
      undefined,
    ],
    [
      "the machine's real root",
      () => {
        cgroups("/", { root: true });
      },
      undefined,
    ],
    [
      "a cgroup outside the mount",
      () => {
        cgroups(pod);
        scene().remove("process/cgroup");
        scene().write("process/cgroup", "0::/../other\n");
        for (const file of ["cgroup.procs", "cgroup.type", "cgroup.controllers"]) scene().write(`other/${file}`, "");
      },
      /not held to this container's limits/,
    ],
    [
      "a cgroup that is not mounted here",
      () => {
        cgroups("/");
        scene().remove("process/cgroup");
        scene().write("process/cgroup", "0::/elsewhere\n");
      },
      /not held to this container's limits/,
    ],
    [
      "a read-only cgroup tree",
      () => {
        cgroups(pod);
        scene().command("mkdir", "exit 1");
      },
      /cannot divide the cgroup/,
    ],
  ];
  test.each(untouched)("stay where dockerd puts them on %s", (_, arrange, says) => {
    arrange();
    const outcome = start();
    expect(outcome.status).toBe(0);
    expect(daemonCall()).toEqual(["docker-init -- dockerd"]);
    expect(outcome.stderr).toMatch(says ?? /^$/);
  });

  test("are contained even if one controller refuses, as cpu does beside real-time processes", () => {
    cgroups(pod);
    const control = `cgroup${pod}/cgroup.subtree_control`;
    scene().remove(control);
    // Nothing can be written to a directory: every controller refuses.
    fs.mkdirSync(scene().path(control));
    const outcome = start();
    expect(outcome.stderr.match(/cannot hand on the controller/g)).toHaveLength(5);
    expect(outcome.stderr).toContain("cannot divide the cgroup");
    expect(daemonCall()).toEqual(["docker-init -- dockerd"]);
  });
});

describe("before dockerd starts", () => {
  test("what it needs is mounted", () => {
    start();
    expect(scene().calls("mount")).toEqual([
      `mount -t securityfs none ${scene().path("security")}`,
      "mount -t tmpfs none /tmp",
      "mount --make-rshared /",
    ]);
  });

  test("mounts that are there stay", () => {
    scene().command("mountpoint", "exit 0");
    start();
    expect(scene().calls("mount")).toEqual(["mount --make-rshared /"]);
  });

  test("the workspace becomes the agent's, leftovers included, and only then the daemon runs", () => {
    start();
    const workspace = scene().path("workspace");
    expect(scene().calls("chown", "chmod", "hand-back", "docker-init")).toEqual([
      `chown 1000:0 ${workspace}`,
      `chmod 0775 ${workspace}`,
      "hand-back all",
      "docker-init -- dockerd",
    ]);
  });

  test("process ids of a killed daemon are gone", () => {
    scene().write("run/docker.pid", "7");
    scene().write("run/docker/containerd/containerd.pid", "12");
    start();
    expect(scene().read("run/docker.pid")).toBeUndefined();
    expect(scene().read("run/docker/containerd/containerd.pid")).toBeUndefined();
  });

  test("the janitor starts beside it", () => {
    start();
    expect(scene().calls("janitor")).toEqual(["janitor"]);
  });
});

describe("the wrapper", () => {
  test("becomes the daemon, so that a signal reaches it and its exit status is the container's", () => {
    scene().command("docker-init", 'echo "$PPID" >"$SCENE/parent"; kill -TERM $$');
    const outcome = start();
    expect(outcome.status).toBeNull();
    expect(scene().read("parent")).toBe(`${process.pid}\n`);
  });

  test("keeps the daemon's own arguments", () => {
    cgroups(pod);
    scene().command("dockerd");
    start(["dockerd", "--debug", "--label", "a b"]);
    expect(scene().calls("dockerd")).toEqual([`dockerd --debug --label a b --cgroup-parent ${pod}/jobs`]);
  });

  test("runs anything else without janitor and cgroups", () => {
    cgroups(pod);
    scene().command("something");
    expect(start(["something", "else"]).status).toBe(0);
    expect(scene().calls("something", "janitor", "hand-back")).toEqual(["something else"]);
  });

  test("says what it wants when it is given nothing", () => {
    expect(start([])).toMatchObject({ status: 64, stderr: expect.stringContaining("nothing to run") as string });
  });
});
