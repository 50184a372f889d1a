import { AGENTS_NAMESPACE, POOL } from "../../deploy";
import { changeByHand, deleteByHand, serverAgent, standIn, uuidOf } from "../../server";
import { loggedSince, metric, said, waitForReconciliations } from "../../housekeeping";
import {
  applyWithShortTimeouts,
  deployWithShortTimeouts,
  LOST_AFTER_SECONDS,
  tellHousekeeping,
} from "../../short-timeouts";
import { kubectl } from "../../../kubernetes/kubectl";
import { agent, job, USABLE_SPACE } from "../../pods";
import { eventually } from "../../../kubernetes/run";
import {
  AFTER_EDIT,
  BEFORE_EDIT,
  describeBesideStandIns,
  EDITED,
  expectToBecome,
  given,
  row,
  THEIRS,
  useAgents,
} from "./fixture";

describeBesideStandIns("beside the stand-ins of server and agent,", () => {
  const own = useAgents();

  describe("an expected agent", () => {
    test("that asks to be registered is approved", async () => {
      await deleteByHand(own()[0]);
      await eventually("it to be gone", async () => ((await serverAgent(own()[0])) === undefined ? true : undefined));
      await expectToBecome(async () => (await serverAgent(own()[0]))?.agent_config_state, "Enabled");
      await expectToBecome(async () => given(await row(own()[0])), BEFORE_EDIT);
    });

    test("follows the settings, resources and environments, both ways", async () => {
      await tellHousekeeping(EDITED);
      for (const uuid of own()) await expectToBecome(async () => given(await row(uuid)), AFTER_EDIT);
      await tellHousekeeping({});
      for (const uuid of own()) await expectToBecome(async () => given(await row(uuid)), BEFORE_EDIT);
    });

    test("gets back what somebody has taken from it, and keeps what somebody has given it", async () => {
      const { resources } = await row(own()[0]);
      await changeByHand(own()[0], {
        resources: [...resources.filter((name) => name !== "docker"), "gpu"],
        environments: ["docker", "edited"],
      });
      const wanted = { resources: ["docker", "gpu"], environments: ["docker", "edited"] };
      await expectToBecome(async () => given(await row(own()[0])), wanted);
      await waitForReconciliations(2);
      expect(given(await row(own()[0]))).toEqual(wanted);
      await changeByHand(own()[0], { resources, environments: ["docker"] });
    });

    test("that a person has disabled stays disabled, and is named in every reconciliation", async () => {
      const before = new Date();
      await changeByHand(own()[1], { agent_config_state: "Disabled" });
      await waitForReconciliations(2);
      expect((await row(own()[1])).agent_config_state).toBe("Disabled");
      expect((await loggedSince(before)).at(-1)?.notices).toContain(`${agent(1)} has been disabled by a person`);
      await changeByHand(own()[1], { agent_config_state: "Enabled" });
    });

    test("whose disk runs full is named, and measured", async () => {
      const before = new Date();
      await job(1, `echo ${1024 ** 3} >${USABLE_SPACE}`);
      const { notices } = await said(/GiB of free disk/, before);
      expect(notices).toContain(`${agent(1)} has 1.0 GiB of free disk`);
      expect(await metric(`gocd_housekeeping_agent_free_disk_bytes{hostname="${agent(1)}"}`)).toBe(1024 ** 3);
      await job(1, `rm ${USABLE_SPACE}`);
    });
  });

  describe("somebody else's agent", () => {
    test("keeps what they gave it, whatever the settings say", async () => {
      await tellHousekeeping(EDITED);
      await waitForReconciliations(2);
      expect(given(await row(THEIRS))).toEqual({ resources: ["theirs"], environments: ["docker"] });
      await tellHousekeeping({});
    });
  });

  describe("an agent out of contact", () => {
    let removed: { readonly afterSeconds: number };

    beforeAll(async () => {
      await applyWithShortTimeouts({ replicas: 3 });
      const third = await uuidOf(agent(2));
      await eventually("the third agent", async () =>
        (await serverAgent(third))?.agent_state === "Idle" ? true : undefined,
      );
      await applyWithShortTimeouts({ replicas: 2 });
      await kubectl(["wait", "-n", AGENTS_NAMESPACE, "--for=delete", `pod/${agent(2)}`, "--timeout=120s"]);
      // The second one is still expected, the third is not, and the last was never ours.
      await kubectl(["scale", "-n", AGENTS_NAMESPACE, `statefulset/${POOL}`, "--replicas=1"]);
      await kubectl(["wait", "-n", AGENTS_NAMESPACE, "--for=delete", `pod/${agent(1)}`, "--timeout=120s"]);
      for (const uuid of [own()[1], THEIRS, third]) await standIn("agent", { uuid, state: "LostContact" });
      const lost = Date.now();
      await eventually("the third agent to be removed", async () =>
        (await serverAgent(third)) === undefined ? true : undefined,
      );
      removed = { afterSeconds: (Date.now() - lost) / 1000 };
      await waitForReconciliations(2);
    }, 300_000);

    afterAll(async () => {
      await deployWithShortTimeouts();
      await expectToBecome(async () => (await row(own()[1])).agent_config_state, "Enabled");
    }, 300_000);

    test("is removed after its time of grace when it is ours and no longer expected", () => {
      expect(removed.afterSeconds).toBeGreaterThanOrEqual(LOST_AFTER_SECONDS - 1);
    });

    test("stays when it is expected", async () => {
      expect((await row(own()[1])).agent_state).toBe("LostContact");
    });

    test("stays when it is somebody else's", async () => {
      expect(await row(THEIRS)).toMatchObject({ agent_state: "LostContact", agent_config_state: "Enabled" });
    });
  });
});
