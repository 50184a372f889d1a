import { BUSY, Draining, DRAINS, IDLE, SETTLING, WORKS } from "./draining";
import { MINUTE, useHousekeepingFixture } from "./fixture";

const fixture = useHousekeepingFixture();
const draining = new Draining(fixture);

describe("draining in maintenance mode, in which GoCD lets nobody disable an agent", () => {
  test("lets an idle agent go when it has asked for work and got none", async () => {
    const docker = await fixture().running("docker-0");
    await draining.start();
    fixture().gocd.setMaintenance(true);
    expect(await draining.drain(docker)).toEqual(SETTLING);
    fixture().time += 3_000;
    await fixture().reconciler().reconcile();
    fixture().time += 17_000;
    expect(await draining.drain(docker)).toEqual(IDLE);
    expect(await draining.state(docker)).toEqual(WORKS);
  });

  test("lets a busy one go when its job has ended", async () => {
    const docker = await fixture().running("docker-0");
    await draining.start();
    fixture().gocd.setMaintenance(true);
    fixture().gocd.setRuntimeState(docker.uuid, "Building");
    expect(await draining.drain(docker)).toEqual(BUSY);
    fixture().time += 3_000;
    fixture().gocd.setRuntimeState(docker.uuid, "Idle");
    expect(await draining.drain(docker)).toEqual(SETTLING);
    fixture().time += 20_000;
    expect(await draining.drain(docker)).toEqual(IDLE);
  });

  test("waits for a job that was waiting when the mode began: GoCD still hands those out", async () => {
    const docker = await fixture().running("docker-0");
    await draining.start();
    fixture().gocd.setMaintenance(true);
    expect(await draining.drain(docker)).toEqual(SETTLING);
    fixture().time += 9_000;
    fixture().gocd.setRuntimeState(docker.uuid, "Building");
    expect(await draining.drain(docker)).toEqual(BUSY);
  });

  test("tries no change, each of which would be a line in the server's log", async () => {
    const docker = await fixture().running("docker-0");
    await draining.start();
    const before = fixture().changes();
    fixture().gocd.setMaintenance(true);
    fixture().expect("docker-1");
    for (let ask = 0; ask < 3; ask += 1) await draining.drain(docker);
    const line = await fixture().reconciler().reconcile();
    expect(line).toMatchObject({ level: "info", failures: [], approved: [] });
    expect(line.notices).toContain("GoCD is in maintenance mode: nothing is changed until that ends");
    expect(fixture().changes()).toEqual(before);
  });

  test("disables the agent, and counts anew, when the mode ends before the agent has gone", async () => {
    const docker = await fixture().running("docker-0");
    await draining.start();
    fixture().gocd.setMaintenance(true);
    await draining.drain(docker);
    fixture().time += 18_000;
    fixture().gocd.setMaintenance(false);
    expect(await draining.drain(docker)).toEqual(SETTLING);
    expect(await draining.state(docker)).toEqual(DRAINS);
    fixture().time += 18_000;
    expect(await draining.drain(docker)).toEqual(SETTLING);
    fixture().time += 2_000;
    expect(await draining.drain(docker)).toEqual(IDLE);
  });

  test("does not take an earlier drain's idleness for this one's", async () => {
    const docker = await fixture().running("docker-0");
    await draining.start();
    fixture().gocd.setMaintenance(true);
    await draining.drain(docker);
    fixture().time += 10 * MINUTE;
    fixture().gocd.setRuntimeState(docker.uuid, "Idle");
    expect(await draining.drain(docker)).toEqual(SETTLING);
  });

  test("waits with enabling a drained agent again until the mode ends", async () => {
    const docker = await fixture().running("docker-0");
    await draining.start();
    await draining.drain(docker);
    fixture().gocd.setMaintenance(true);
    const before = fixture().changes();
    expect(await draining.release(docker)).toEqual([503, { error: "unavailable" }]);
    expect(fixture().changes()).toEqual(before);
    fixture().gocd.setMaintenance(false);
    expect(await draining.release(docker)).toEqual([200, { state: "enabled" }]);
  });
});
