import { readdirSync } from "node:fs";
import path from "node:path";
import { eventually } from "../../kubernetes/run";
import { compose, composeOutcome, docker, startEngine, stopEngine } from "./engine";
import { AGENTS } from "../gocd-api";
import { agents, ask, environments, inService, job, loadTool, makeEnvironment, password, ready, TOOL } from "./gocd";
import {
  address,
  container,
  containers,
  fingerprint,
  lines,
  printed,
  readIfThere,
  secrets,
  SECRETS,
  started,
} from "./seen";

const FIRST = "docker-0";
const SECOND = "docker-1";

beforeAll(async () => {
  await compose(["up", "--detach", "--build"], { timeout: 600_000 });
}, 600_000);

test("one command brings up GoCD with an agent that is approved and waits for work", async () => {
  const agent = await ready(FIRST);
  expect(agent.resources).toContain("docker");
  expect(agent.environments.map(({ name }) => name)).toEqual(["docker"]);
  expect(await agents()).toHaveLength(1);
});

test("nobody gets in without the password, and only this machine gets to ask", async () => {
  expect((await ask(AGENTS)).status).toBe(401);
  expect((await ask(AGENTS, { name: "admin", password: "admin" })).status).toBe(401);
  expect((await ask(AGENTS, { name: "admin", password: await password() })).status).toBe(200);
  const published = lines(await printed("ps", "--format", "{{.Ports}}")).filter((ports) => ports.includes("->"));
  expect(published).toEqual(["127.0.0.1:8153->8153/tcp"]);
});

test("no secret is in the configuration, an image, a log, a container's description or on a command line", async () => {
  const images = lines(await printed("image", "ls", "--quiet", "--filter", "reference=gocd-laptop/*"));
  const places = {
    configuration: await compose(["config"]),
    history: await printed("image", "inspect", ...images),
    layers: (await Promise.all(images.map((image) => printed("history", "--no-trunc", image)))).join("\n"),
    logs: await compose(["logs", "--no-color"]),
    containers: await printed("inspect", ...(await containers())),
    commands: readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => readIfThere(`/proc/${pid}/cmdline`))
      .join("\n"),
  };
  expect(secrets().length).toBeGreaterThan(10);
  for (const [place, text] of Object.entries(places))
    expect({ place, found: secrets().filter((secret) => text.includes(secret)).length }).toEqual({ place, found: 0 });
  expect(places.logs).toContain("docker compose run --rm setup password");
});

test("a job builds an image and runs it", async () => {
  await loadTool(FIRST);
  const seen = await job(
    FIRST,
    `mkdir -p /godata/pipelines/build; cd /godata/pipelines/build; printf 'FROM ${TOOL}\\nRUN cat /proc/sys/kernel/random/uuid >/built\\nCOPY greeting /\\nCMD ["cat", "/greeting"]\\n' >Dockerfile
    echo hello >greeting; docker build -q -t greeting:1 . >/dev/null; docker run --rm greeting:1`,
  );
  expect(seen).toBe("hello");
});

test.each(["/godata/pipelines/files", "/go-working-dir/pipelines/files"])(
  "a container sees the job's files in %s",
  async (directory) => {
    const seen = await job(
      FIRST,
      `mkdir -p ${directory}; cd ${directory}; echo 'from the job' >in
      docker run --rm -v $PWD:/x ${TOOL} sh -c 'cat /x/in; echo "from the container" >/x/out'; cat out`,
    );
    expect(lines(seen)).toEqual(["from the job", "from the container"]);
  },
);

test("the daemon has the cluster's settings", async () => {
  expect(await job(FIRST, "docker info --format '{{.LoggingDriver}} {{.LiveRestoreEnabled}}'")).toBe("local false");
  const mtu = `docker run --rm ${TOOL} cat /sys/class/net/eth0/mtu`;
  expect(await job(FIRST, mtu)).toBe("1460");
});

test("a second agent with a daemon of its own takes one line, and the first does not notice", async () => {
  const before = await Promise.all([started("docker-0-agent"), started("docker-0-dind"), started("server")]);
  await compose(["up", "--detach"], { secondAgent: true });
  await ready(SECOND);
  expect(await Promise.all([started("docker-0-agent"), started("docker-0-dind"), started("server")])).toEqual(before);
  await loadTool(SECOND);
  expect(await job(SECOND, "docker image ls --format '{{.Repository}}:{{.Tag}}'")).toBe(TOOL);
});

test("neither agent nor anybody else reaches the daemon of the other, not even with a key", async () => {
  const refused = async (from: string, script: string, why: RegExp) => {
    const { code, stdout, stderr } = await inService(from, script);
    expect({ from, script, code }).not.toMatchObject({ code: 0 });
    expect(stdout + stderr).toMatch(why);
  };
  const first = await address(FIRST);
  // A server of a job, open to the network of its agent: that is how far one gets.
  await job(
    FIRST,
    `docker run -d --name open -p 8000:8000 ${TOOL} sh -c 'while :; do echo open | nc -l -p 8000; done'`,
  );
  const talk = `curl --silent --http0.9 --max-time 3 http://${first}:8000`;
  await eventually("the job's server", async () =>
    (await inService("server", talk)).stdout.includes("open") ? true : undefined,
  );
  await refused("docker-1-agent", `${talk} || { echo "no way"; exit 1; }`, /no way/);
  await job(FIRST, "docker rm -f open >/dev/null");
  await refused("server", `curl --silent --show-error --max-time 3 https://${first}:2376`, /refused|connect/i);

  const key = (pair: string) => readdirSync(path.join(SECRETS, pair, "client")).sort();
  expect(key(FIRST)).toEqual(["ca.pem", "cert.pem", "key.pem"]);
  await docker(
    "cp",
    path.join(SECRETS, FIRST, "client"),
    `${await container("docker-1-agent", { secondAgent: true })}:/tmp/stolen`,
  );
  await refused("docker-1-agent", "DOCKER_CERT_PATH=/tmp/stolen docker version", /certificate/);
  await refused(
    "docker-1-agent",
    "DOCKER_TLS_VERIFY= DOCKER_CERT_PATH= docker version",
    /HTTPS|HTTP request|bad request/i,
  );
});

test("an agent sees its own files of the secrets, and a daemon's keys are out of the jobs' reach", async () => {
  const seen = await job(FIRST, "find /etc/gocd-agent /certs -type f | sort");
  expect(lines(seen)).toEqual([
    ...["ca", "cert", "key"].map((file) => `/certs/client/${file}.pem`),
    "/etc/gocd-agent/token",
    "/etc/gocd-agent/uuid",
  ]);
  const inside = await job(
    FIRST,
    `docker run --rm -v /:/x ${TOOL} sh -c 'ls /x/certs/server 2>/dev/null; cat /x/certs/server/key.pem 2>/dev/null || true'`,
  );
  expect(inside).toBe("");
});

test("a daemon that dies comes back by itself, beside an agent that goes on", async () => {
  const before = await Promise.all([started("docker-0-agent"), started("docker-0-dind")]);
  await inService("docker-0-dind", "kill -9 $(pidof dockerd)");
  await eventually("the daemon", async () => {
    const { code } = await inService("docker-0-agent", "docker version");
    return code === 0 && (await started("docker-0-dind")) !== before[1] ? true : undefined;
  });
  expect(await started("docker-0-agent")).toBe(before[0]);
});

test("an agent that is stopped finishes its job first, and works again afterwards", async () => {
  await job(FIRST, "touch /tmp/job");
  await eventually("the agent to build", async () =>
    (await agents()).find(({ hostname, agent_state }) => hostname === FIRST && agent_state === "Building"),
  );
  let over = false;
  const stopped = compose(["stop", "docker-0-agent"], { secondAgent: true }).then(() => (over = true));
  await eventually("the agent to be drained", async () =>
    (await agents()).find(
      ({ hostname, agent_config_state }) => hostname === FIRST && agent_config_state === "Disabled",
    ),
  );
  expect(over).toBe(false);
  await job(FIRST, "rm /tmp/job");
  await stopped;
  await compose(["start", "docker-0-agent"], { secondAgent: true });
  await ready(FIRST);
});

test.each([
  ["all containers", ["restart"]],
  ["the one that holds their network", ["restart", "docker-0"]],
])("agent and daemon find each other again after a restart of %s", async (_what, args) => {
  await compose(args, { secondAgent: true });
  await ready(FIRST);
  expect(await job(FIRST, "docker run --rm greeting:1")).toBe("hello");
});

test("all is there again after the machine was switched off and on", async () => {
  await stopEngine();
  await startEngine();
  await Promise.all([ready(FIRST), ready(SECOND)]);
  expect(await job(FIRST, "docker run --rm greeting:1")).toBe("hello");
  expect(await job(SECOND, `docker run --rm ${TOOL} sh -c 'echo hello'`)).toBe("hello");
});

test("down without -v and up again: GoCD's data, artifacts, images, build cache and files are still there", async () => {
  await makeEnvironment("made-by-hand");
  expect(await inService("server", "echo kept >/godata/artifacts/kept")).toMatchObject({ code: 0 });
  const built = await job(FIRST, "docker run --rm greeting:1 cat /built");
  const before = {
    secrets: fingerprint(),
    volumes: lines(await printed("volume", "ls", "--quiet")),
    agents: (await agents()).map(({ uuid }) => uuid).sort(),
  };
  // Whether or not the line is there when it is said.
  await compose(["down"]);
  expect(await containers()).toEqual([]);
  expect(lines(await printed("network", "ls", "--quiet", "--filter", "type=custom"))).toEqual([]);
  await compose(["up", "--detach"], { secondAgent: true });
  await Promise.all([ready(FIRST), ready(SECOND)]);
  expect({
    secrets: fingerprint(),
    volumes: lines(await printed("volume", "ls", "--quiet")),
    agents: (await agents()).map(({ uuid }) => uuid).sort(),
  }).toEqual(before);
  expect((await environments()).sort()).toEqual(["docker", "made-by-hand"]);
  expect((await inService("server", "cat /godata/artifacts/kept")).stdout).toBe("kept\n");
  expect(await job(FIRST, "docker run --rm greeting:1; cat /godata/pipelines/files/out")).toBe(
    "hello\nfrom the container",
  );
  // What the image has from its build is random: only a build from the cache has it again.
  expect(
    await job(
      FIRST,
      "cd /godata/pipelines/build; docker build -q -t greeting:2 . >/dev/null; docker run --rm greeting:2 cat /built",
    ),
  ).toBe(built);
});

test("without the line the second agent goes, its data stays, and new certificates take one command", async () => {
  const volumes = lines(await printed("volume", "ls", "--quiet"));
  await compose(["up", "--detach"]);
  expect(lines(await compose(["ps", "--services"])).sort()).not.toContain("docker-1-agent");
  expect(lines(await printed("volume", "ls", "--quiet"))).toEqual(volumes);
  const before = fingerprint();
  await compose(["down"]);
  await compose(["run", "--rm", "setup", "renew"]);
  await compose(["up", "--detach"]);
  await ready(FIRST);
  const after = fingerprint();
  const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
  // agents.json: the second agent is no longer expected, since the first command of this test.
  expect(changed.map((name) => path.relative(SECRETS, name)).sort()).toEqual(
    ["client", "daemon"].flatMap((side) => ["ca", "cert", "key"].map((file) => `docker-0/${side}/${file}.pem`)),
  );
  expect(await job(FIRST, "docker run --rm greeting:1")).toBe("hello");
});

test("down with -v leaves nothing", async () => {
  expect((await composeOutcome(["down", "--volumes"])).code).toBe(0);
  expect(lines(await printed("volume", "ls", "--quiet"))).toEqual([]);
});
