import { replaceNode, restartNode } from "../../../kubernetes/cluster";
import { AGENTS_NAMESPACE, ready, scaleAgents, SERVER_NAMESPACE } from "../../deploy";
import { agentsOnce, enabledAgents } from "../../server";
import { deployWithShortTimeouts } from "../../short-timeouts";
import { writeTestData, snapshotState, type PersistedState } from "../../persisted-state";
import { agent, pod, status } from "../../pods";
import { eventually } from "../../../kubernetes/run";
import { OWN_CLUSTER } from "../../test-images";

// Only the harness's own node can be stopped without asking anybody.
(OWN_CLUSTER ? describe : describe.skip)("on a node of the harness's own", () => {
  let before: PersistedState;
  let whole: readonly string[];

  beforeAll(async () => {
    await deployWithShortTimeouts();
    await writeTestData();
    before = await snapshotState();
    whole = await enabledAgents();
  }, 300_000);

  /** Without anybody's help. */
  async function expectWhole(): Promise<void> {
    expect(await agentsOnce(whole)).toEqual(whole);
    await ready();
    expect(await snapshotState()).toEqual(before);
  }

  test("identity, workspace, image cache and file modes survive a restart of the node", async () => {
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
    await expectWhole();
  });

  test("… the loss of the node while the agents run", async () => {
    await replaceNode([SERVER_NAMESPACE, AGENTS_NAMESPACE]);
    await expectWhole();
  });

  test("… the loss of the node while they do not", async () => {
    await scaleAgents(0);
    await replaceNode([SERVER_NAMESPACE, AGENTS_NAMESPACE]);
    await scaleAgents(2);
    await expectWhole();
  });
});
