import * as fs from "node:fs";
import { useShellFixture, type Outcome } from "./shell-fixture";

const shell = useShellFixture();
const mebibyte = 1024 * 1024;
const POD = "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice/cri-containerd-2.scope";
const CONTROLLERS = "cpuset cpu io memory pids";

/** A cgroup v2 tree in plain files in which the container has the cgroup `path`. */
function cgroups(path: string, options: { readonly limit?: string; readonly root?: boolean } = {}): void {
  shell().write("process/cgroup", `0::${path}\n`);
  shell().write("cgroup/cgroup.controllers", `${CONTROLLERS}\n`);
  shell().write("cgroup/cgroup.procs", "1\n");
  const own = `cgroup${path === "/" ? "" : path}`;
  shell().write(`${own}/cgroup.controllers`, `${CONTROLLERS}\n`);
  shell().write(`${own}/cgroup.procs`, "1\n17\n");
  shell().write(`${own}/cgroup.subtree_control`, "\n");
  shell().write(`${own}/memory.max`, `${options.limit ?? "max"}\n`);
  shell().write(`${own}/memory.oom.group`, "1\n");
  if (options.root !== true) shell().write(`${own}/cgroup.type`, "domain\n");
}

function start(args: readonly string[] = ["docker-init", "--", "dockerd"]): Outcome {
  return shell().run("dind/dind", {
    args,
    env: {
      CGROUP_ROOT: shell().path("cgroup"),
      PROCESS_DIR: shell().path("process"),
      SECURITY_DIR: shell().path("security"),
      RUNTIME_DIR: shell().path("run"),
      WORKSPACE: shell().path("workspace"),
      DOCKER_CONFIGURATION: shell().path("etc"),
      IP_FORWARD: shell().path("ip_forward"),
    },
  });
}

beforeEach(() => {
  for (const command of ["mount", "chown", "chmod", "hand-back", "janitor", "docker-init"]) shell().command(command);
  shell().command("mountpoint", "exit 1");
  fs.mkdirSync(shell().path("security"));
  fs.mkdirSync(shell().path("workspace"));
  shell().write("process/oom_score_adj", "937\n");
});

const daemonCall = (): readonly string[] => shell().calls("docker-init");

describe("inner containers in gVisor, where dockerd may not touch the firewall,", () => {
  beforeEach(() => {
    shell().write("etc/daemon.json", '{\n  "iptables": false\n}\n');
    shell().command("iptables-legacy");
  });

  test("leave the pod with its address", () => {
    shell().command(
      "ip",
      'case $1 in route) echo "default via 10.1.0.1 dev eth0" ;; *) echo "    inet 10.1.0.7/24 brd 10.1.0.255 scope global eth0" ;; esac',
    );
    const { status, stderr } = start();
    expect(status).toBe(0);
    expect(shell().read("ip_forward")).toBe("1\n");
    expect(shell().calls("iptables-legacy")).toEqual(
      ["tcp", "udp"].map(
        (protocol) => `iptables-legacy -t nat -A POSTROUTING -o eth0 -j SNAT --to-source 10.1.0.7 -p ${protocol}`,
      ),
    );
    expect(stderr).toContain("inner containers leave this pod as 10.1.0.7");
  });

  test("reach nothing where the pod has no network, and the daemon starts all the same", () => {
    shell().command("ip");
    const { status, stderr } = start();
    expect(status).toBe(0);
    expect(shell().calls("iptables-legacy")).toEqual([]);
    expect(stderr).toContain("inner containers reach no network");
  });

  test("are left to dockerd anywhere else", () => {
    shell().write("etc/daemon.json", "{}\n");
    expect(start().status).toBe(0);
    expect(shell().calls("iptables-legacy")).toEqual([]);
  });
});

describe("inner containers", () => {
  test.each([
    ["in the node's cgroup namespace, as in a privileged pod", POD, `${POD}/jobs`],
    ["in a namespace of its own, as under Docker or a newer entry point", "/", "/jobs"],
  ])("run below this container's own cgroup %s", (_, path, parent) => {
    cgroups(path);
    expect(start().status).toBe(0);
    expect(daemonCall()).toEqual([`docker-init -- dockerd --cgroup-parent ${parent}`]);
    const own = `cgroup${path === "/" ? "" : path}`;
    expect(shell().read(`${own}/cgroup.subtree_control`)).toBe("+cpuset +cpu +io +memory +pids\n");
    // A plain file keeps the last write only: process 17 was the last of two to be moved.
    expect(shell().read(`${own}/daemon/cgroup.procs`)).toBe("17\n");
    expect(fs.existsSync(shell().path(own, "jobs"))).toBe(true);
  });

  test("leave the node's root alone in the node's namespace", () => {
    cgroups(POD);
    start();
    expect(fs.readdirSync(shell().path("cgroup")).sort()).toEqual([
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
    cgroups(POD, { limit: String(limit * mebibyte) });
    start();
    expect(shell().read(`cgroup${POD}/jobs/memory.max`)).toBe(`${jobs * mebibyte}\n`);
  });

  test("of a container without a limit get none", () => {
    cgroups(POD);
    start();
    expect(shell().read(`cgroup${POD}/jobs/memory.max`)).toBeUndefined();
  });

  test("that eat too much memory die alone: the kernel is not to kill the whole container, nor the daemon first", () => {
    cgroups(POD, { limit: String(300 * mebibyte) });
    start();
    expect(shell().read(`cgroup${POD}/memory.oom.group`)).toBe("0\n");
    expect(shell().read("process/oom_score_adj")).toBe("0\n");
  });

  test("do not make the daemon harder to kill than Kubernetes wanted", () => {
    shell().remove("process/oom_score_adj");
    shell().write("process/oom_score_adj", "-997\n");
    start();
    expect(shell().read("process/oom_score_adj")).toBe("-997\n");
  });

  const untouched: readonly [string, () => void, RegExp | undefined][] = [
    ["cgroup v1", () => shell().write("process/cgroup", "4:memory:/kubepods/pod1/2\n0::/\n"), undefined],
    [
      "cgroup v1 with a unified hierarchy beside it",
      () => shell().write("cgroup/unified/cgroup.controllers", ""),
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
        cgroups(POD);
        shell().remove("process/cgroup");
        shell().write("process/cgroup", "0::/../other\n");
        for (const file of ["cgroup.procs", "cgroup.type", "cgroup.controllers"]) shell().write(`other/${file}`, "");
      },
      /not held to this container's limits/,
    ],
    [
      "a cgroup that is not mounted here",
      () => {
        cgroups("/");
        shell().remove("process/cgroup");
        shell().write("process/cgroup", "0::/elsewhere\n");
      },
      /not held to this container's limits/,
    ],
    [
      "a read-only cgroup tree",
      () => {
        cgroups(POD);
        shell().command("mkdir", "exit 1");
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
    cgroups(POD);
    const control = `cgroup${POD}/cgroup.subtree_control`;
    shell().remove(control);
    // Nothing can be written to a directory: every controller refuses.
    fs.mkdirSync(shell().path(control));
    const outcome = start();
    expect(outcome.stderr.match(/cannot delegate the controller/g)).toHaveLength(5);
    expect(outcome.stderr).toContain("cannot divide the cgroup");
    expect(daemonCall()).toEqual(["docker-init -- dockerd"]);
  });
});

describe("before dockerd starts", () => {
  test("what it needs is mounted", () => {
    start();
    expect(shell().calls("mount")).toEqual([
      `mount -t securityfs none ${shell().path("security")}`,
      "mount -t tmpfs none /tmp",
      "mount --make-rshared /",
    ]);
  });

  test("mounts that are there stay", () => {
    shell().command("mountpoint", "exit 0");
    start();
    expect(shell().calls("mount")).toEqual(["mount --make-rshared /"]);
  });

  test("the workspace becomes the agent's, leftovers included, and only then the daemon runs", () => {
    start();
    const workspace = shell().path("workspace");
    expect(shell().calls("chown", "chmod", "hand-back", "docker-init")).toEqual([
      `chown 1000:0 ${workspace}`,
      `chmod 0775 ${workspace}`,
      "hand-back all",
      "docker-init -- dockerd",
    ]);
  });

  test("process ids of a killed daemon are gone", () => {
    shell().write("run/docker.pid", "7");
    shell().write("run/docker/containerd/containerd.pid", "12");
    start();
    expect(shell().read("run/docker.pid")).toBeUndefined();
    expect(shell().read("run/docker/containerd/containerd.pid")).toBeUndefined();
  });

  test("the janitor starts beside it", () => {
    start();
    expect(shell().calls("janitor")).toEqual(["janitor"]);
  });
});

describe("the wrapper", () => {
  test("becomes the daemon, so that a signal reaches it and its exit status is the container's", () => {
    shell().command("docker-init", 'echo "$PPID" >"$FIXTURE/parent"; kill -TERM $$');
    const outcome = start();
    expect(outcome.status).toBeNull();
    expect(shell().read("parent")).toBe(`${process.pid}\n`);
  });

  test("keeps the daemon's own arguments", () => {
    cgroups(POD);
    shell().command("dockerd");
    start(["dockerd", "--debug", "--label", "a b"]);
    expect(shell().calls("dockerd")).toEqual([`dockerd --debug --label a b --cgroup-parent ${POD}/jobs`]);
  });

  test("runs anything else without janitor and cgroups", () => {
    cgroups(POD);
    shell().command("something");
    expect(start(["something", "else"]).status).toBe(0);
    expect(shell().calls("something", "janitor", "hand-back")).toEqual(["something else"]);
  });

  test("says what it wants when it is given nothing", () => {
    expect(start([])).toMatchObject({ status: 64, stderr: expect.stringContaining("nothing to run") as string });
  });
});

describe("certificates of one's own authorities", () => {
  beforeEach(() => {
    shell().command("docker-init", 'echo "${SSL_CERT_DIR-}" >"$FIXTURE/trusted"');
  });

  test("are trusted beside the public ones", () => {
    shell().write("etc/ca.crt", "PEM");
    start();
    expect(shell().read("trusted")).toBe(`/etc/ssl/certs:${shell().path("etc")}\n`);
  });

  test("are nothing to do where there are none", () => {
    start();
    expect(shell().read("trusted")).toBe("\n");
  });
});
