import { kubectl } from "../../../kubernetes/kubectl";
import { eventually } from "../../../kubernetes/run";
import { AGENTS_NAMESPACE } from "../../deploy";
import { agent, inAgent, inDind, job, loadTool, pod, status } from "../../pods";
import { standIn } from "../../server";
import { deployWithShortTimeouts } from "../../short-timeouts";
import { OWN_CLUSTER } from "../../test-images";

/** Hands the agent a job of a pipeline, as its server would. */
const start = (pipeline: string, script: string) =>
  job(0, "rm -f /godata/job-result; tee /godata/next-job.new >/dev/null; mv /godata/next-job.new /godata/next-job", {
    input: `${pipeline}\n${script}\n`,
  });

/** What the job printed, once it has ended. */
const result = () =>
  eventually("the job to end", async () => {
    const { code, stdout } = await inAgent(0, "cat /godata/job-result");
    return code === 0 ? stdout : undefined;
  });

async function runJob(pipeline: string, script: string): Promise<string> {
  await start(pipeline, script);
  return result();
}

/** Leaves something in every place that a job can write to. */
const LEAVE = `set -e
docker run -d --name left -v /anonymous tool:1 sleep 1000 >/dev/null
docker run --rm -v /tmp:/outside tool:1 touch /outside/left
docker network create left >/dev/null
docker volume create kept >/dev/null
mkdir -p ~/.cache/locked ~/.docker && touch ~/.cache/locked/file ~/.netrc /tmp/left /dev/shm/left && chmod 500 ~/.cache/locked
echo '{"auths":{"registry.example":{"auth":"dXNlcjpzZWNyZXQ="}}}' >~/.docker/config.json
sleep 1234 </dev/null >/dev/null 2>&1 &
docker run --rm -v "$PWD:/work" -w /work tool:1 sh -c 'mkdir -p target && touch target/of-root && chmod 700 target'`;

/** Prints what the job before has left, where a job can look. */
const LOOK = `echo "containers: $(docker ps -aq | wc -l)"
echo "networks: $(docker network ls -q --filter type=custom | wc -l)"
echo "volumes: $(docker volume ls -q | sort | tr '\\n' ' ')"
echo "images: $(docker images --format '{{.Repository}}' tool)"
echo "home: $(ls -A ~ | tr '\\n' ' ')"
echo "credentials: $(grep -c registry.example ~/.docker/config.json)"
echo "temporary: $(ls -A /tmp /dev/shm | grep left | tr '\\n' ' ')"
echo "daemon's: $(docker run --rm -v /tmp:/outside tool:1 ls /outside | tr '\\n' ' ')"
echo "processes: $(cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -o 'sleep 123[4]' | sort -u)"
echo "checkouts: $(ls -d ../first/target 2>/dev/null)"`;

const CLEAN = `containers: 0
networks: 0
volumes: kept
images: tool
home: .docker
credentials: 0
temporary:
daemon's:
processes:
`;

/** Wants twice what the pool's settings give: agent.memory in deploy.ts. */
const EAT_AGENT = "dd if=/dev/zero of=/dev/null bs=1024M count=1";

/** What a job's console has; the server knows of the job from the first time that this asks. */
const consoleOf = (pipeline: string) => standIn<{ readonly printed: string }>("job", { job: `${pipeline}/1/s/1/j` });

/** The same of a job that is told something; where it is not, the agent's log says why. */
async function toldTo(pipeline: string): Promise<string> {
  const { printed } = await consoleOf(pipeline);
  if (printed !== "") return printed;
  const log = await kubectl(["logs", agent(0), "-n", AGENTS_NAMESPACE, "-c", "agent", "--tail=20"]);
  throw new Error(`the console of ${pipeline} has nothing; the agent says:\n${log}`);
}

const trimmed = (text: string) => text.replace(/ +$/gm, "");

// Only the stand-in of the agent takes jobs from a test.
(OWN_CLUSTER ? describe : describe.skip)("between two jobs", () => {
  beforeAll(async () => {
    await deployWithShortTimeouts();
    await loadTool(0);
    await job(0, "docker volume ls -q | xargs -r docker volume rm >/dev/null");
  }, 300_000);

  afterAll(async () => {
    await deployWithShortTimeouts();
  }, 300_000);

  test("the second pipeline finds the images, named volumes and checkouts of the first, and nothing else of it", async () => {
    expect(await runJob("first", LEAVE)).toBe("exit status 0\n");
    expect(trimmed(await runJob("second", LOOK))).toBe(`${CLEAN}checkouts: ../first/target\nexit status 0\n`);
  });

  test("what a root container left in the first checkout its own next job can delete", async () => {
    expect(await runJob("first", "rm -r target && ls -A")).toBe("exit status 0\n");
  });

  test("a job that runs keeps all that it makes, while nothing of it runs for a while", async () => {
    const between = "sleep 6";
    const made = await runJob(
      "first",
      `docker run -d --name mine tool:1 sleep 1000 >/dev/null; touch /tmp/mine ~/mine; ${between}
      docker ps --format '{{.Names}}'; ls /tmp/mine ~/mine`,
    );
    expect(made).toBe("mine\n/home/go/mine\n/tmp/mine\nexit status 0\n");
  });

  test("what a cancelled job leaves goes, too", async () => {
    await start("first", `${LEAVE}\nsleep 1000`);
    await eventually("the job's container", async () =>
      (await inAgent(0, "docker ps -q --filter name=left")).stdout === "" ? undefined : true,
    );
    await inAgent(0, "touch /godata/cancel-job");
    expect(await result()).toContain("exit status null");
    expect(trimmed(await runJob("second", LOOK))).toContain(CLEAN);
  });

  test.each([
    // Twice what the pool's settings give: dind.memory in Pulumi.test.yaml.
    ["the agent's container", "memory-of-agent", EAT_AGENT, "agent.memory"],
    [
      "Docker",
      "memory-of-docker",
      "docker run --rm tool:1 dd if=/dev/zero of=/dev/null bs=1500M count=1",
      "dind.memory",
    ],
    [
      "Docker, as a step of a build,",
      "memory-of-build",
      `printf 'FROM tool:1\nRUN dd if=/dev/zero of=/dev/null bs=1500M count=1\n' | docker build - || exit 137`,
      "dind.memory",
    ],
  ])(
    "a task that wants more memory than %s has fails with 137, and its job's console says which setting gives more",
    async (_where, pipeline, task, setting) => {
      const before = status(await pod(agent(0)), "agent").restartCount;
      expect(await consoleOf(pipeline)).toEqual({ printed: "" });
      expect(await runJob(pipeline, task)).toMatch(/exit status 137\n$/);
      expect(await runJob("second", "echo works")).toBe("works\nexit status 0\n");
      expect(await toldTo(pipeline)).toMatch(
        new RegExp(`^##\\|[0-9:.]+ \\[memory\\] a .+ was killed: .+gocd:agents\\.docker\\.${setting}.*\n$`),
      );
      expect(status(await pod(agent(0)), "agent").restartCount).toBe(before);
    },
  );

  test("an agent whose cleaner was killed restarts, rather than take a job", async () => {
    const before = status(await pod(agent(0)), "agent").restartCount;
    await inAgent(0, "kill -9 $(cat /godata/jobs.pid)");
    const after = await eventually("the restart", async () => {
      const { restartCount } = status(await pod(agent(0)), "agent");
      return restartCount > before ? restartCount : undefined;
    });
    expect(after).toBe(before + 1);
  });

  test("with isolation: shared nothing is removed", async () => {
    await deployWithShortTimeouts({ isolation: "shared" });
    await loadTool(0);
    await runJob("first", LEAVE);
    const found = trimmed(await runJob("second", LOOK));
    expect(found).toContain("containers: 1\nnetworks: 1\n");
    expect(found).toContain("credentials: 1\ntemporary: left left\ndaemon's: left\nprocesses: sleep 1234\n");
  });

  test("with isolation: shared a job's console names the setting for memory, too", async () => {
    expect(await consoleOf("memory-of-shared")).toEqual({ printed: "" });
    expect(await runJob("memory-of-shared", EAT_AGENT)).toMatch(/exit status 137\n$/);
    expect(await toldTo("memory-of-shared")).toContain("gocd:agents.docker.agent.memory");
  });

  test("with isolation: fresh the container starts anew after each job, on an empty workspace", async () => {
    await deployWithShortTimeouts({ isolation: "fresh" });
    await loadTool(0);
    const before = status(await pod(agent(0)), "agent").restartCount;
    await start("first", LEAVE);
    await eventually("the restart", async () => {
      const { restartCount, ready } = status(await pod(agent(0)), "agent");
      return restartCount > before && ready ? true : undefined;
    });
    expect(status(await pod(agent(0)), "dind").restartCount).toBe(0);
    expect((await inDind(0, "ls -A /godata/pipelines /tmp")).stdout).toBe("/godata/pipelines:\n\n/tmp:\n");
    const found = await pod(agent(0), AGENTS_NAMESPACE);
    expect(status(found, "agent").lastState?.terminated?.exitCode).toBe(0);
  });
});
