import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseAllDocuments } from "yaml";
import { DAEMON_CERTIFICATES } from "../../../../../components/agents/daemon";
import { AGENTS_NAMESPACE, deployed } from "../../deploy";
import { get } from "../../../kubernetes/api";
import { ROOT } from "../../../kubernetes/paths";
import { inAgent, inDind, job, loadTool } from "../../pods";

/** As a golden file shows a resource, or as the API server gives it. */
interface ConfigMap {
  readonly kind?: string;
  readonly data?: Readonly<Record<string, string>>;
}

// Nothing listens on port 1: a builder that wants to ask a registry for something newer is refused at once, and takes what
// is there.
const BASE = "localhost:1/tool:1";
const GOLDEN = path.join(ROOT, "tests/golden");

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

describe("the daemon itself finds", () => {
  // It looks at the keys too, and those of the daemon that runs are hidden by now.
  const folder = "/tmp/validate";
  const keys = `mkdir -p ${folder} && cd ${folder} && openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -keyout key.pem -out cert.pem 2>/dev/null && cp cert.pem ca.pem`;
  const validate = (configuration: string) =>
    inDind(0, `${keys} && cat >daemon.json && dockerd --validate --config-file daemon.json`, {
      input: configuration.replaceAll(DAEMON_CERTIFICATES, folder),
    });

  afterAll(() => inDind(0, `rm -r ${folder}`));

  const whole = readdirSync(GOLDEN).filter((file) => file.endsWith(".yaml"));

  test.each(whole)("no mistake in its configuration in tests/golden/%s", async (file) => {
    const documents = parseAllDocuments(readFileSync(path.join(GOLDEN, file), "utf8"));
    const found = documents
      .map((document) => (document.toJS() as { readonly inputs?: ConfigMap }).inputs)
      .flatMap((inputs) => (inputs?.kind === "ConfigMap" ? (inputs.data?.["daemon.json"] ?? []) : []));
    expect(found).not.toEqual([]);
    for (const configuration of found) {
      const { code, stderr } = await validate(configuration);
      expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining("configuration OK") as string });
    }
  });

  test("no mistake in the one that it runs with", async () => {
    const { data } = await get<ConfigMap>("configmap/docker-daemon", AGENTS_NAMESPACE);
    expect((await validate(data?.["daemon.json"] ?? "")).code).toBe(0);
  });

  test("a mistake where there is one", async () => {
    const { code, stderr } = await validate('{"no-such-setting": true}');
    expect(code).not.toBe(0);
    expect(stderr).toContain("no-such-setting");
  });
});

test.each([
  ["the builder of old", 0],
  ["BuildKit", 1],
])("a job builds an image with %s and runs it", async (_name, buildkit) => {
  const built = await job(
    0,
    `mkdir -p /godata/pipelines/build; cd /godata/pipelines/build; cat >Dockerfile; echo hello >greeting
    docker tag tool:1 ${BASE}; DOCKER_BUILDKIT=${buildkit} docker build -q -t greeting:1 . >/dev/null; docker run --rm greeting:1
    docker image rm greeting:1 >/dev/null`,
    { input: `FROM ${BASE}\nCOPY greeting /\nRUN cat /greeting >/copy\nCMD ["cat", "/copy"]\n` },
  );
  expect(built).toBe("hello");
});

test.each(["/godata/pipelines/files", "/go-working-dir/pipelines/files"])(
  "a container reads and writes the job's files in %s",
  async (directory) => {
    await job(0, "mkdir -p /godata/pipelines/files; echo 'from the job' >/godata/pipelines/files/in");
    const seen = await job(
      0,
      `cd ${directory}; test "$PWD" = ${directory}; docker run --rm -v "$PWD":/x tool:1 sh -c 'cat /x/in; echo "from the container" >/x/out'; cat out`,
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
  const sockets = "find / \\( -path /proc -o -path /sys \\) -prune -o -type s -print 2>/dev/null || true";
  expect((await inDind(0, sockets)).stdout).toContain("/docker.sock\n");
  expect(await job(0, sockets)).toBe("");
});
