import { restartNode } from "../../harness/cluster";
import { AGENTS_NAMESPACE, POOL, ready, SERVER_NAMESPACE } from "../../harness/deploy";
import { identities, serverAgents } from "../../harness/gocd";
import { deployedInAHurry } from "../../harness/hurry";
import { kubectl } from "../../harness/kubectl";
import { agent, job, loadTool, pod, status } from "../../harness/pods";
import { eventually } from "../../harness/run";
import { OWN_CLUSTER } from "../../harness/stack";

const MODES = "stat -c '%n %a %u:%g' /setuid /sticky /secret /shared";
const DOCKERFILE = `FROM tool:1
RUN touch /setuid /secret && mkdir /sticky /shared && chmod 4755 /setuid && chmod 1777 /sticky && chmod 0600 /secret && chmod 2775 /shared && chown 12:34 /shared`;

/** Everything of an agent that must outlive its pod. */
interface Memory {
  readonly identities: readonly string[];
  /** What the agents that run now say that they are. */
  readonly uuids: readonly string[];
  readonly file: string;
  readonly image: string;
  readonly modes: string;
}

const remember = async (): Promise<Memory> => ({
  // The third agent, once it was there, stays known for a while.
  identities: (await identities()).filter((identity) => !identity.startsWith(`${agent(2)} `)),
  uuids: await Promise.all([0, 1].map((ordinal) => job(ordinal, "cat /godata/config/guid.txt"))),
  file: await job(0, "cat /godata/pipelines/kept; stat -c '%a %u:%g' /godata/pipelines/kept"),
  image: await job(0, "docker image inspect modes:1 --format '{{.Id}}'"),
  modes: await job(0, `docker run --rm modes:1 ${MODES}`),
});

let before: Memory;

beforeAll(async () => {
  await deployedInAHurry();
  await loadTool(0);
  await job(
    0,
    "echo kept >/godata/pipelines/kept; mkdir -p /godata/pipelines/modes; cat >/godata/pipelines/modes/Dockerfile",
    { input: DOCKERFILE },
  );
  await job(0, "cd /godata/pipelines/modes && docker build -q -t modes:1 . >/dev/null");
  before = await remember();
}, 300_000);

test("there is something to remember", () => {
  expect(before.identities).toEqual(before.uuids.map((uuid, ordinal) => `${agent(ordinal)} ${uuid}`));
  expect(before.modes.split("\n")).toEqual([
    "/setuid 4755 0:0",
    "/sticky 1777 0:0",
    "/secret 600 0:0",
    "/shared 2775 12:34",
  ]);
});

test("identity, workspace, image cache and file modes survive the deletion of the pod", async () => {
  await kubectl(["delete", "pod", agent(0), "-n", AGENTS_NAMESPACE]);
  await ready();
  expect(await remember()).toEqual(before);
});

test("… scaling to zero and back", async () => {
  await kubectl(["scale", "-n", AGENTS_NAMESPACE, `statefulset/${POOL}`, "--replicas=0"]);
  await kubectl([
    "wait",
    "-n",
    AGENTS_NAMESPACE,
    "--for=delete",
    `pod/${agent(0)}`,
    `pod/${agent(1)}`,
    "--timeout=120s",
  ]);
  await deployedInAHurry();
  expect(await remember()).toEqual(before);
});

test("… deleting and applying the StatefulSet again", async () => {
  await kubectl(["delete", "-n", AGENTS_NAMESPACE, `statefulset/${POOL}`]);
  await kubectl([
    "wait",
    "-n",
    AGENTS_NAMESPACE,
    "--for=delete",
    `pod/${agent(0)}`,
    `pod/${agent(1)}`,
    "--timeout=120s",
  ]);
  await deployedInAHurry();
  expect(await remember()).toEqual(before);
});

test("adding a third agent restarts neither of the others, and the third comes by itself", async () => {
  const identity = async (ordinal: number) => {
    const found = await pod(agent(ordinal));
    return { uid: found.metadata.uid, restarts: ["agent", "dind"].map((name) => status(found, name).restartCount) };
  };
  const others = await Promise.all([0, 1].map(identity));
  await deployedInAHurry({ replicas: 3 });
  expect(await Promise.all([0, 1].map(identity))).toEqual(others);
  expect((await serverAgents()).map(({ hostname, agent_config_state }) => `${hostname} ${agent_config_state}`)).toEqual(
    [0, 1, 2].map((ordinal) => `${agent(ordinal)} Enabled`),
  );
  await deployedInAHurry();
});

// Only the harness's own node can be stopped without asking anybody.
(OWN_CLUSTER ? describe : describe.skip)("on a node of the harness's own", () => {
  test("… a restart of the node", async () => {
    const stopped = Date.now();
    await restartNode();
    // Until the kubelet has looked, the API server believes that all runs on.
    await eventually(
      "every container to have started anew",
      async () => {
        const pods = await Promise.all([pod(agent(0)), pod(agent(1)), pod("gocd-server-0", SERVER_NAMESPACE)]);
        const started = pods.flatMap((each) =>
          each.spec.containers.map(({ name }) => status(each, name).state.running?.startedAt),
        );
        return started.every((at) => at !== undefined && Date.parse(at) > stopped - 1000) ? true : undefined;
      },
      120_000,
    );
    await ready();
    expect(await remember()).toEqual(before);
  });
});
