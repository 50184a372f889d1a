import { AGENTS_NAMESPACE, POOL, ready, scaleAgents } from "../../deploy";
import { serverAgents } from "../../server";
import { deployWithShortTimeouts } from "../../short-timeouts";
import { kubectl } from "../../../kubernetes/kubectl";
import { writeTestData, snapshotState, type PersistedState } from "../../persisted-state";
import { agent, pod, status } from "../../pods";
import { deletePods } from "../../../kubernetes/delete-pods";

let before: PersistedState;

beforeAll(async () => {
  await deployWithShortTimeouts();
  await writeTestData();
  before = await snapshotState();
}, 300_000);

test("there is a state to compare with", () => {
  expect(before.identities).toEqual(before.uuids.map((uuid, ordinal) => `${agent(ordinal)} ${uuid}`));
  expect(before.modes.split("\n")).toEqual([
    "/setuid 4755 0:0",
    "/sticky 1777 0:0",
    "/secret 600 0:0",
    "/shared 2775 12:34",
  ]);
});

test("identity, workspace, image cache and file modes survive the deletion of the pod", async () => {
  await deletePods(AGENTS_NAMESPACE, agent(0));
  await ready();
  expect(await snapshotState()).toEqual(before);
});

test("… scaling to zero and back", async () => {
  await scaleAgents(0);
  await deployWithShortTimeouts();
  expect(await snapshotState()).toEqual(before);
});

test("… deleting and applying the StatefulSet again", async () => {
  await kubectl(["delete", "-n", AGENTS_NAMESPACE, `statefulset/${POOL}`, "--cascade=foreground"]);
  await deployWithShortTimeouts();
  expect(await snapshotState()).toEqual(before);
});

test("adding a third agent restarts neither of the others, and the third comes by itself", async () => {
  const identity = async (ordinal: number) => {
    const found = await pod(agent(ordinal));
    return { uid: found.metadata.uid, restarts: ["agent", "dind"].map((name) => status(found, name).restartCount) };
  };
  const others = await Promise.all([0, 1].map(identity));
  await deployWithShortTimeouts({ replicas: 3 });
  expect(await Promise.all([0, 1].map(identity))).toEqual(others);
  expect((await serverAgents()).map(({ hostname, agent_config_state }) => `${hostname} ${agent_config_state}`)).toEqual(
    [0, 1, 2].map((ordinal) => `${agent(ordinal)} Enabled`),
  );
  await deployWithShortTimeouts();
});
