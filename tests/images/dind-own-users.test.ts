import { useShellFixture } from "./shell-fixture";

const shell = useShellFixture();

function start() {
  const folders = { CGROUP_ROOT: "cgroup", PROCESS_DIR: "process", SECURITY_DIR: "security", RUNTIME_DIR: "run" };
  const env = Object.fromEntries(Object.entries(folders).map(([name, folder]) => [name, shell().path(folder)]));
  return shell().run("dind/dind", {
    args: ["docker-init", "--", "dockerd"],
    env: { ...env, WORKSPACE: shell().path("workspace"), DOCKER_CONFIGURATION: shell().path("etc") },
  });
}

/** The cgroup of a container in a namespace of its own. */
function version2(): void {
  const files = { controllers: "memory pids", procs: "1", subtree_control: "", type: "domain" };
  for (const [name, content] of Object.entries(files)) shell().write(`cgroup/cgroup.${name}`, `${content}\n`);
}

describe("in a pod with users of its own", () => {
  beforeEach(() => {
    for (const command of ["mount", "hand-back", "janitor", "docker-init"]) shell().command(command);
    shell().command("mountpoint", "exit 1");
    shell().write("process/cgroup", "0::/\n");
    shell().write("process/uid_map", "         0     131072      65536\n");
  });

  test("containers of jobs run below the daemon's cgroup, which it may write", () => {
    version2();
    expect(start().status).toBe(0);
    expect(shell().calls("docker-init").join(" ")).toContain("--cgroup-parent /jobs");
  });

  test.each([
    ["it may not write", version2],
    ["is of version 1", () => undefined],
  ])("the daemon does not start where its cgroup is one that %s, and says what the node needs", (_, prepare) => {
    prepare();
    shell().command("mkdir", "exit 1");
    const { status, stderr } = start();
    expect(status).toBe(78);
    expect(stderr).toMatch(
      /may not write its cgroup: its node needs cgroup v2 made by systemd \(SystemdCgroup\) and containerd's cgroup_writable/,
    );
    expect(shell().calls("docker-init")).toEqual([]);
  });

  test("among the node's users it starts all the same", () => {
    shell().write("process/uid_map", "         0          0 4294967295\n");
    expect(start().status).toBe(0);
    expect(shell().calls("docker-init")).toEqual(["docker-init -- dockerd"]);
  });
});
