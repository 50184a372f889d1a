import { deployed } from "../harness/deploy";
import { inAgent, job, loadTool } from "../harness/pods";

beforeAll(async () => {
  await deployed();
  await loadTool(0);
}, 300_000);

test("a job talks to its own daemon, over TLS and on loopback", async () => {
  expect(await job(0, "docker info --format '{{.ServerVersion}}'")).not.toBe("");
  expect(await job(0, "echo $DOCKER_HOST $DOCKER_TLS_VERIFY")).toBe("tcp://127.0.0.1:2376 1");
});

test("the daemon runs with the settings that the program gives it", async () => {
  expect(await job(0, "docker info --format '{{.LoggingDriver}} {{.LiveRestoreEnabled}}'")).toBe("local false");
  await job(0, "docker network create settings >/dev/null");
  const mtu = await job(
    0,
    "docker run --rm --network settings tool:1 cat /sys/class/net/eth0/mtu; docker run --rm tool:1 cat /sys/class/net/eth0/mtu; docker network rm settings >/dev/null",
  );
  expect(mtu.split("\n")).toEqual(["1460", "1460"]);
  expect(
    await job(
      0,
      "docker network create pool >/dev/null; docker network inspect pool --format '{{(index .IPAM.Config 0).Subnet}}'; docker network rm pool >/dev/null",
    ),
  ).toMatch(/^172\.30\./);
});

test("a job builds an image and runs it", async () => {
  const built = await job(
    0,
    'mkdir -p /godata/pipelines/build; cd /godata/pipelines/build; printf \'FROM tool:1\\nCOPY greeting /\\nCMD ["cat", "/greeting"]\\n\' >Dockerfile; echo hello >greeting; docker build -q -t greeting:1 . >/dev/null; docker run --rm greeting:1',
  );
  expect(built).toBe("hello");
});

test.each(["/godata/pipelines/files", "/go-working-dir/pipelines/files"])(
  "a container reads and writes the job's files in %s",
  async (directory) => {
    await job(0, "mkdir -p /godata/pipelines/files; echo 'from the job' >/godata/pipelines/files/in");
    const seen = await job(
      0,
      `cd ${directory}; docker run --rm -v ${directory}:/x tool:1 sh -c 'cat /x/in; echo "from the container" >/x/out'; cat out`,
    );
    expect(seen.split("\n")).toEqual(["from the job", "from the container"]);
  },
);

test("what a container writes as root belongs to the job soon after", async () => {
  await job(
    0,
    "cd /godata/pipelines/files; docker run --rm -v $PWD:/x tool:1 sh -c 'mkdir -p /x/deep/er; touch /x/deep/er/file'",
  );
  const removed = await inAgent(
    0,
    "cd /godata/pipelines/files; for i in $(seq 100); do rm -rf deep 2>/dev/null && exit; sleep 0.2; done; exit 1",
  );
  expect(removed.code).toBe(0);
});

test("the agent container has no capability, no way to more of them, no service account and no socket", async () => {
  const processStatus = await job(0, "grep -E 'Cap|NoNewPrivs|Seccomp:' /proc/self/status");
  expect(processStatus).toMatch(/CapPrm:\s+0+\n/);
  expect(processStatus).toMatch(/CapBnd:\s+0+\n/);
  expect(processStatus).toMatch(/NoNewPrivs:\s+1/);
  expect(processStatus).toMatch(/Seccomp:\s+2/);
  expect(await job(0, "id -u")).toBe("1000");
  expect((await inAgent(0, "ls /var/run/secrets/kubernetes.io")).code).not.toBe(0);
  expect(await job(0, "find / -xdev -type s 2>/dev/null || true")).toBe("");
});
