import { binary } from "../../../kubernetes/binaries";
import { hasGuestKernel } from "../../../kubernetes/guest-kernel";
import { startGuestNode, stopGuestNode } from "../../../kubernetes/guest-node";
import { OWN_CLUSTER, TEST_IMAGES } from "../../test-images";
import { deployPools, inAgent, inDaemon, inJob, MEMORY, type Pool } from "./pools";

const OUT_OF_MEMORY = 137;

// As docker:29 has it. dockerd gives it fifteen seconds to start, and Debian's takes longer in an emulated machine.
const CONTAINERD = Object.fromEntries(
  ["containerd", "containerd-shim-runc-v2", "ctr"].map((name) => [`usr/local/bin/${name}`, binary(name)]),
);

/** What a script printed that ran well, and what it complained of otherwise. */
const said = ({ code, stdout, stderr }: Awaited<ReturnType<typeof inJob>>): string =>
  code === 0 ? stdout.trim() : `ended with ${code}: ${stderr.trim()}`;

// It takes what the harness brings for its own cluster: QEMU, a kernel, containerd 2.
(OWN_CLUSTER && hasGuestKernel() ? describe : describe.skip)("behind the wall of users of its own", () => {
  beforeAll(async () => {
    await startGuestNode([TEST_IMAGES.dind.reference, TEST_IMAGES.agent.reference], CONTAINERD);
    await deployPools();
  }, 900_000);

  afterAll(stopGuestNode);

  describe("a job", () => {
    test("runs containers on layers of the daemon's usual kind", async () => {
      expect(said(await inAgent("walled", "docker info --format '{{.Driver}}'"))).toBe(
        said(await inAgent("open", "docker info --format '{{.Driver}}'")),
      );
      expect(said(await inJob("walled", "", "id -u"))).toBe("0");
    });

    test("builds images", async () => {
      const dockerfile = "FROM tool:1\\nRUN echo built >/built && chown 33:33 /built\\n";
      const build = `cd /tmp && printf '${dockerfile}' >Dockerfile && docker build -q -t built:1 . >/dev/null`;
      const look = `docker run --rm built:1 sh -c 'cat /built; stat -c %u:%g /built'`;
      expect(said(await inAgent("walled", `${build} && ${look}`))).toBe("built\n33:33");
    });

    test("finds its files in containers, where they keep their owner, and can delete what root writes there", async () => {
      const write = "cat /w/file; stat -c %u /w/file; mkdir /w/other; echo theirs >/w/other/file";
      const script = `cd /godata/pipelines && echo mine >file && docker run --rm -v $PWD:/w tool:1 sh -c '${write}'; until rm -r other; do sleep 1; done; ls`;
      expect(said(await inAgent("walled", script))).toBe("mine\n1000\nfile");
    });

    test("lets containers talk to each other by name, and publishes their ports", async () => {
      const script = `docker network create net >/dev/null
        docker run -d --name web --network net -p 127.0.0.1:8080:80 tool:1 sh -c 'while true; do echo hello | nc -l -p 80; done' >/dev/null
        docker run --rm --network net tool:1 nc web 80 </dev/null; docker rm -f web >/dev/null; docker network rm net >/dev/null`;
      expect(said(await inAgent("walled", script))).toBe("hello");
    });

    test.each([
      ["more memory than it was given", "-m 32m", 200],
      ["more memory than all jobs of the agent may have", "", MEMORY * 2],
    ])("loses a container that takes %s, and not its daemon", async (_, options, mebibytes) => {
      const eaten = await inJob("walled", options, `dd if=/dev/zero of=/dev/null bs=${mebibytes}M count=1`);
      expect(eaten.code).toBe(OUT_OF_MEMORY);
      expect(said(await inJob("walled", "", "echo alive"))).toBe("alive");
    });
  });

  describe("root", () => {
    const users = async (pool: Pool) =>
      said(await inDaemon(pool, "cat /proc/self/uid_map"))
        .split(/\s+/)
        .map(Number);

    test("is nobody on the node, and the node's own root where the daemon is privileged", async () => {
      expect(await users("open")).toEqual([0, 0, 4_294_967_295]);
      const [inside, outside, length] = await users("walled");
      expect([inside, length]).toEqual([0, 65_536]);
      expect(outside).toBeGreaterThanOrEqual(65_536);
    });

    /** What opens the node to a container that a job runs with --privileged, and what is printed where it does. */
    test.each([
      [
        "mounts the node's disk and reads the kubelet's configuration",
        "--privileged",
        "IFS=: read major minor </sys/block/vda/dev && mknod /vda b $major $minor && mkdir /d && mount /vda /d && grep -q server /d/etc/kubeconfig && echo read",
        "read",
      ],
      [
        "sets what is the node's in /proc/sys",
        "--privileged",
        "v=/proc/sys/kernel/panic; echo $(cat $v) >$v && echo set",
        "set",
      ],
      // Who may load modules is told that this is none, and everybody else that it is not permitted.
      [
        "loads modules into the node's kernel",
        "--privileged",
        "echo This is no module of any kernel. >/m.ko; insmod /m.ko 2>&1 | grep -v permitted",
        "insmod: can.t insert .*: (invalid module format|Exec format error)",
      ],
      [
        "reaches the cgroups of other pods",
        "--privileged --cgroupns host",
        "ls -d /sys/fs/cgroup/kubepods",
        "/sys/fs/cgroup/kubepods",
      ],
    ])("in a privileged container of a job no longer %s", async (_, options, script, taken) => {
      const tried = async (pool: Pool) => said(await inJob(pool, options, script));
      expect(await tried("open")).toMatch(new RegExp(`^${taken}$`));
      expect(await tried("walled")).toMatch(/^ended with/);
    });
  });
});
