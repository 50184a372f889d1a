import { Draining, DRAINS, IDLE, RECORD, WORKS } from "./draining";
import { MINUTE, useHousekeepingFixture } from "./fixture";

const fixture = useHousekeepingFixture();
const draining = new Draining(fixture);

describe("starting again", () => {
  test("enables an agent that has drained, and takes the mark away", async () => {
    const docker = await fixture().running("docker-0");
    await draining.start();
    await draining.drain(docker);
    expect(await draining.release(docker)).toEqual([200, { state: "enabled" }]);
    expect(await draining.state(docker)).toEqual(WORKS);
    expect(await draining.release(docker)).toEqual([200, { state: "enabled" }]);
  });

  test("leaves an agent disabled that a person had disabled before it stopped", async () => {
    const docker = await fixture().running("docker-0");
    await draining.start();
    await fixture().byHand(docker.uuid, { agent_config_state: "Disabled" });
    await draining.drain(docker);
    fixture().time += 20_000;
    expect(await draining.drain(docker)).toEqual(IDLE);
    expect(await draining.release(docker)).toEqual([200, { state: "disabled" }]);
    expect(await draining.state(docker)).toEqual(["Disabled", ["docker", RECORD]]);
  });

  test("still knows why the agent is disabled when housekeeping was restarted in between", async () => {
    const docker = await fixture().running("docker-0");
    await draining.start();
    await draining.drain(docker);
    await draining.start();
    expect(await draining.release(docker)).toEqual([200, { state: "enabled" }]);
  });

  test("takes the mark away when a person has enabled the agent meanwhile", async () => {
    const docker = await fixture().running("docker-0");
    await draining.start();
    await draining.drain(docker);
    await fixture().byHand(docker.uuid, { agent_config_state: "Enabled" });
    await fixture().reconciler().reconcile();
    expect(await draining.state(docker)).toEqual(WORKS);
  });

  test("keeps the mark of an agent that a person enables while it drains, since it is disabled again in a moment", async () => {
    const docker = await fixture().running("docker-0");
    const reconciler = fixture().reconciler();
    await reconciler.drains.drain(fixture().client(), docker.uuid);
    await fixture().byHand(docker.uuid, { agent_config_state: "Enabled" });
    expect((await reconciler.reconcile()).aligned).toEqual([]);
    await reconciler.drains.drain(fixture().client(), docker.uuid);
    expect(await draining.state(docker)).toEqual(DRAINS);
    await fixture().byHand(docker.uuid, { agent_config_state: "Enabled" });
    fixture().time += 30_000;
    expect((await reconciler.reconcile()).aligned).toEqual(["docker-0"]);
    expect(await draining.state(docker)).toEqual(WORKS);
  });

  test("is made good by the next reconciliation when GoCD could not be asked", async () => {
    const docker = await fixture().running("docker-0");
    const reconciler = fixture().reconciler();
    await reconciler.drains.drain(fixture().client(), docker.uuid);
    fixture().gocd.setBackingUp(true);
    await expect(reconciler.drains.release(fixture().client(), docker.uuid)).rejects.toThrow("503");
    fixture().gocd.setBackingUp(false);
    expect((await reconciler.reconcile()).enabled).toEqual(["docker-0"]);
    expect(await draining.state(docker)).toEqual(WORKS);
  });

  test("is forgotten once the agent drains no more, so that the next drain is not undone", async () => {
    const docker = await fixture().running("docker-0");
    const [reconciler, others] = [fixture().reconciler(), fixture().reconciler()];
    fixture().gocd.setBackingUp(true);
    await expect(reconciler.drains.release(fixture().client(), docker.uuid)).rejects.toThrow("503");
    fixture().gocd.setBackingUp(false);
    await reconciler.reconcile();
    await others.drains.drain(fixture().client(), docker.uuid);
    expect((await reconciler.reconcile()).enabled).toEqual([]);
    expect(await draining.state(docker)).toEqual(DRAINS);
  });

  test("is noticed for an agent that is at work and has not asked to drain for six minutes", async () => {
    const docker = await fixture().running("docker-0");
    const reconciler = fixture().reconciler();
    await reconciler.drains.drain(fixture().client(), docker.uuid);
    await reconciler.reconcile();
    for (let minute = 0; minute < 6; minute += 1) {
      expect((await reconciler.reconcile()).enabled).toEqual([]);
      fixture().time += MINUTE;
      fixture().gocd.setRuntimeState(docker.uuid, "Idle");
    }
    expect((await reconciler.reconcile()).enabled).toEqual(["docker-0"]);
    expect(await draining.state(docker)).toEqual(WORKS);
  });

  test("is not taken for one by a second housekeeping that nobody has asked to drain", async () => {
    const docker = await fixture().running("docker-0");
    const [asked, other] = [fixture().reconciler(), fixture().reconciler()];
    await other.reconcile();
    fixture().time += 4 * MINUTE;
    fixture().gocd.setRuntimeState(docker.uuid, "Building");
    fixture().time += 4 * MINUTE;
    fixture().gocd.setRuntimeState(docker.uuid, "Building");
    await asked.drains.drain(fixture().client(), docker.uuid);
    expect((await other.reconcile()).enabled).toEqual([]);
  });

  test("is not seen in an agent that this process has never seen drain", () => {
    expect(fixture().reconciler().drains.lastDrainRequestAt("unseen")).toBe(fixture().time);
  });

  test("is not seen in an agent that drained and is gone", async () => {
    const docker = await fixture().running("docker-0");
    const reconciler = fixture().reconciler();
    await reconciler.drains.drain(fixture().client(), docker.uuid);
    await reconciler.reconcile();
    fixture().time += 10 * MINUTE;
    expect((await reconciler.reconcile()).enabled).toEqual([]);
    expect(await draining.state(docker)).toEqual(DRAINS);
  });
});
