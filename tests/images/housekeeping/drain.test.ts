import { BUSY, Draining, DRAINS, IDLE, SETTLING, WORKS } from "./draining";
import { MINUTE, until, useHousekeepingFixture } from "./fixture";

const fixture = useHousekeepingFixture();
const draining = new Draining(fixture);

describe("draining", () => {
  test("disables the agent, marks why, and tells when it has been idle for twice as long as agents take to ask for work", async () => {
    const docker = await fixture().running("docker-0");
    await draining.start();
    expect(await draining.drain(docker)).toEqual(SETTLING);
    expect(await draining.state(docker)).toEqual(DRAINS);
    fixture().time += 19_000;
    expect(await draining.drain(docker)).toEqual(SETTLING);
    fixture().time += 1_000;
    expect(await draining.drain(docker)).toEqual(IDLE);
  });

  // Seconds after the drain, as a real server showed it: it had just given the agent a job, which pinged twice before it asked.
  const HANDED_OVER = [
    [0, "Building"],
    [5, "Idle"],
    [10.2, "Building"],
    [40, "Idle"],
  ] as const;
  test("is not deceived by an agent that shows idle until it asks for the job that it was given", async () => {
    const docker = await fixture().running("docker-0");
    await draining.start();
    const begun = fixture().time;
    const answers = new Map<number, unknown>();
    for (let second = 0; second <= 66; second += 3) {
      fixture().time = begun + second * 1000;
      const [, shown] = HANDED_OVER.findLast(([at]) => at <= second) ?? [0, "Idle"];
      fixture().gocd.setRuntimeState(docker.uuid, shown);
      answers.set(second, (await draining.drain(docker))[1]);
    }
    const firstIdle = [...answers].find(([, answer]) => (answer as { readonly state: string }).state === "idle")?.[0];
    expect(firstIdle).toBe(63);
  });

  test("lets the agent settle for as long as the settings say", async () => {
    const docker = await fixture().running("docker-0");
    await draining.start({ settledAfterSeconds: 2 });
    expect(await draining.drain(docker)).toEqual(SETTLING);
    expect(await draining.drain(docker)).toEqual(SETTLING);
    fixture().time += 2_000;
    expect(await draining.drain(docker)).toEqual(IDLE);
  });

  test("waits while the agent builds", async () => {
    const docker = await fixture().running("docker-0");
    await draining.start();
    fixture().gocd.setRuntimeState(docker.uuid, "Building");
    expect(await draining.drain(docker)).toEqual(BUSY);
    fixture().time += 4 * MINUTE;
    fixture().gocd.setRuntimeState(docker.uuid, "Cancelled");
    expect(await draining.drain(docker)).toEqual(BUSY);
    fixture().gocd.setRuntimeState(docker.uuid, "Idle");
    expect(await draining.drain(docker)).toEqual(SETTLING);
    fixture().time += 20_000;
    expect(await draining.drain(docker)).toEqual(IDLE);
  });

  test("waits while a restarted server does not know yet what the agent does", async () => {
    const docker = await fixture().running("docker-0");
    await draining.start();
    fixture().gocd.restart();
    await draining.drain(docker);
    fixture().time += 20_000;
    expect(await draining.drain(docker)).toEqual(BUSY);
  });

  test("does not wait for an agent that GoCD has lost: its job runs elsewhere", async () => {
    const docker = await fixture().running("docker-0");
    await draining.start();
    fixture().gocd.setRuntimeState(docker.uuid, "LostContact");
    expect(await draining.drain(docker)).toEqual(IDLE);
    expect(await draining.state(docker)).toEqual(DRAINS);
  });

  test("does not approve an agent by disabling it", async () => {
    const docker = fixture().expect("docker-0");
    fixture().settings = { agentsDomain: "nowhere.svc" };
    await draining.start();
    await fixture().register({ ...docker, hostname: "other" });
    expect(await draining.drain(docker)).toEqual(IDLE);
    expect(await draining.release(docker)).toEqual([200, { state: "pending" }]);
    expect(await draining.state(docker)).toEqual(["Pending", []]);
  });

  test("has nothing to do for an agent that GoCD does not know", async () => {
    const docker = fixture().expect("docker-0");
    await draining.start();
    expect(await draining.drain(docker)).toEqual(IDLE);
    expect(await draining.release(docker)).toEqual([200, { state: "unknown" }]);
  });

  test("has nothing to do for one that is neither expected any more nor known", async () => {
    const docker = fixture().expect("docker-0");
    fixture().expected = [];
    await draining.start();
    expect(await draining.drain(docker)).toEqual(IDLE);
    expect(await draining.release(docker)).toEqual([200, { state: "unknown" }]);
  });

  test("answers 503 during a backup, and changes nothing", async () => {
    const docker = await fixture().running("docker-0");
    await draining.start();
    fixture().gocd.setBackingUp(true);
    expect(await draining.drain(docker)).toEqual([503, { error: "unavailable" }]);
    fixture().gocd.setBackingUp(false);
    expect(await draining.state(docker)).toEqual(WORKS);
  });

  test("is still done for an agent whose pool has shrunk while its job runs", async () => {
    const docker = await fixture().running("docker-0");
    fixture().settings = { intervalSeconds: 0.02 };
    ({ url: draining.url } = await fixture().service());
    fixture().expected = [];
    fixture().write();
    await until(() => fixture().lines.some((line) => line.includes("the configuration has changed")));
    fixture().gocd.setRuntimeState(docker.uuid, "Building");
    expect(await draining.drain(docker)).toEqual(BUSY);
  });

  test("goes on when housekeeping is replaced by one that has never heard of the agent", async () => {
    const docker = await fixture().running("docker-0");
    fixture().gocd.setRuntimeState(docker.uuid, "Building");
    fixture().expected = [];
    await draining.start();
    expect(await draining.drain(docker)).toEqual(BUSY);
    expect(await draining.state(docker)).toEqual(DRAINS);
    expect(await draining.release(docker)).toEqual([200, { state: "enabled" }]);
  });

  test("is named in the line of every reconciliation", async () => {
    const docker = await fixture().running("docker-0");
    await draining.start();
    await draining.drain(docker);
    expect((await fixture().reconciler().reconcile()).notices).toEqual(["docker-0 drains"]);
  });
});

describe("who may drain", () => {
  test.each(["POST", "DELETE"])("only the agent itself (%s)", async (method) => {
    const docker = await fixture().running("docker-0");
    const other = await fixture().running("docker-1");
    await draining.start();
    const before = fixture().changes();
    const refused = [401, { error: "unauthorized" }];
    expect(await draining.ask(method, docker.uuid)).toEqual(refused);
    expect(await draining.ask(method, docker.uuid, "")).toEqual(refused);
    expect(await draining.ask(method, docker.uuid, other.token)).toEqual(refused);
    expect(await draining.ask(method, docker.uuid, docker.token.slice(0, -1))).toEqual(refused);
    expect(await draining.ask(method, "00000000-0000-4000-8000-000000000000", docker.token)).toEqual(refused);
    expect(await draining.ask(method, "00000000-0000-4000-8000-000000000000")).toEqual(refused);
    expect(fixture().changes()).toEqual(before);
    expect(await draining.state(docker)).toEqual(WORKS);
  });

  test("an agent that somebody else attached stays as it is, even when it asks with its own token", async () => {
    const theirs = fixture().expect("theirs-0");
    fixture().expected = [];
    await fixture().register(theirs, { key: "a-key-for-people" });
    await draining.start();
    expect(await draining.drain(theirs)).toEqual(IDLE);
    expect(await draining.release(theirs)).toEqual([200, { state: "unknown" }]);
    expect(await draining.state(theirs)).toEqual(["Enabled", []]);
  });

  test("nothing but POST and DELETE is understood", async () => {
    const docker = await fixture().running("docker-0");
    await draining.start();
    expect((await draining.ask("GET", docker.uuid, docker.token))[0]).toBe(405);
    expect((await draining.ask("PUT", docker.uuid, docker.token))[0]).toBe(405);
  });
});
