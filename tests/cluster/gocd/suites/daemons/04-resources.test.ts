import { AGENTS_NAMESPACE } from "../../deploy";
import { deployWithShortTimeouts } from "../../short-timeouts";
import { kubectl } from "../../../kubernetes/kubectl";
import { agent, inAgent, inDind, job, loadTool, pod, status } from "../../pods";
import { eventually } from "../../../kubernetes/run";

const OUT_OF_MEMORY = 137;
// More than the pool's daemon may have (see Pulumi.test.yaml).
const TOO_MUCH = "900M";

beforeAll(async () => {
  await deployWithShortTimeouts();
  await loadTool(0);
}, 300_000);

const restarts = async () => {
  const found = await pod(agent(0));
  return { agent: status(found, "agent").restartCount, dind: status(found, "dind").restartCount };
};

test("a container that eats memory dies without taking the daemon or the agent with it", async () => {
  const before = await restarts();
  await job(0, "docker run -d --name neighbour tool:1 sleep 600 >/dev/null");
  const eater = await inAgent(0, `docker run --rm tool:1 dd if=/dev/zero of=/dev/null bs=${TOO_MUCH} count=1`);
  expect(eater.code).toBe(OUT_OF_MEMORY);
  expect(
    await job(0, "docker inspect neighbour --format '{{.State.Running}}'; docker rm -f neighbour >/dev/null"),
  ).toBe("true");
  expect(await restarts()).toEqual(before);
});

test("a limit that a job sets itself is kept", async () => {
  expect((await inAgent(0, "docker run --rm -m 64m tool:1 dd if=/dev/zero of=/dev/null bs=100M count=1")).code).toBe(
    OUT_OF_MEMORY,
  );
});

test("a daemon that is killed comes back alone: the agent stays, and its images too", async () => {
  const before = await restarts();
  await inDind(0, "kill -9 $(cat /var/run/docker.pid)");
  await eventually("the daemon to come back", async () =>
    (await restarts()).dind > before.dind && (await inAgent(0, "docker info")).code === 0 ? true : undefined,
  );
  expect((await restarts()).agent).toBe(before.agent);
  expect(await job(0, "docker run --rm tool:1 id -u")).toBe("0");
});

test("a full image disk is reported and cleaned, and neither daemon nor agent ends", async () => {
  const before = await restarts();
  // The folder that stands in for a disk is as large as the machine's: a small file system takes its place for the look.
  const said = await inDind(
    0,
    "mkdir -p /tmp/small && mount -t tmpfs -o size=16m none /tmp/small && dd if=/dev/zero of=/tmp/small/full bs=1M count=15 2>/dev/null; DOCKER_DATA=/tmp/small janitor disk 2>&1; umount /tmp/small",
  );
  expect(said.stdout).toMatch(/image disk 9\d % full: removed everything unused/);
  expect(await job(0, "docker images --format '{{.Repository}}'")).toBe("");
  expect(await restarts()).toEqual(before);
  expect(await kubectl(["get", "pod", agent(0), "-n", AGENTS_NAMESPACE, "-o", "jsonpath={.status.phase}"])).toBe(
    "Running",
  );
  await loadTool(0);
});
