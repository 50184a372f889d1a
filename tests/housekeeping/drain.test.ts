import { DRAINING, record } from "../../images/housekeeping/src/record";
import type { AgentOfOurs } from "./fixture";
import { MINUTE, until, useHousekeepingFixture } from "./fixture";

const fixture = useHousekeepingFixture();
const RECORD = record({ resources: ["docker"], environments: ["docker"] });

let url: string;
async function start(settings: object = {}): Promise<void> {
  // What a test needs it reconciles itself; the service's own are an hour apart.
  fixture().settings = { intervalSeconds: 3600, requestTimeoutSeconds: 0.5, ...settings };
  ({ url } = await fixture().service());
  await until(() =>
    fixture()
      .logged()
      .some(({ msg }) => msg.startsWith("reconcile:")),
  );
}

async function ask(method: string, uuid: string, token?: string): Promise<[number, unknown]> {
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/drain/${uuid}`, { method, headers });
  return [response.status, await response.json()];
}
const drain = (agent: AgentOfOurs) => ask("POST", agent.uuid, agent.token);
const release = (agent: AgentOfOurs) => ask("DELETE", agent.uuid, agent.token);
const state = async (agent: AgentOfOurs) => {
  const found = await fixture().agent(agent.uuid);
  return [found?.agent_config_state, found?.resources];
};
const DRAINS = ["Disabled", ["docker", DRAINING, RECORD]];
const WORKS = ["Enabled", ["docker", RECORD]];
const BUSY = [202, { state: "draining" }];
const SETTLING = [202, { state: "settling" }];
const IDLE = [200, { state: "idle" }];

describe("draining", () => {
  test("disables the agent, marks why, and tells when it has been idle for twice as long as agents take to ask for work", async () => {
    const docker = await fixture().running("docker-0");
    await start();
    expect(await drain(docker)).toEqual(SETTLING);
    expect(await state(docker)).toEqual(DRAINS);
    fixture().time += 19_000;
    expect(await drain(docker)).toEqual(SETTLING);
    fixture().time += 1_000;
    expect(await drain(docker)).toEqual(IDLE);
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
    await start();
    const begun = fixture().time;
    const answers = new Map<number, unknown>();
    for (let second = 0; second <= 66; second += 3) {
      fixture().time = begun + second * 1000;
      const [, shown] = HANDED_OVER.findLast(([at]) => at <= second) ?? [0, "Idle"];
      fixture().gocd.setRuntimeState(docker.uuid, shown);
      answers.set(second, (await drain(docker))[1]);
    }
    const firstIdle = [...answers].find(([, answer]) => (answer as { readonly state: string }).state === "idle")?.[0];
    expect(firstIdle).toBe(63);
  });

  test("lets the agent settle for as long as the settings say", async () => {
    const docker = await fixture().running("docker-0");
    await start({ settledAfterSeconds: 2 });
    expect(await drain(docker)).toEqual(SETTLING);
    expect(await drain(docker)).toEqual(SETTLING);
    fixture().time += 2_000;
    expect(await drain(docker)).toEqual(IDLE);
  });

  test("waits while the agent builds", async () => {
    const docker = await fixture().running("docker-0");
    await start();
    fixture().gocd.setRuntimeState(docker.uuid, "Building");
    expect(await drain(docker)).toEqual(BUSY);
    fixture().time += 4 * MINUTE;
    fixture().gocd.setRuntimeState(docker.uuid, "Cancelled");
    expect(await drain(docker)).toEqual(BUSY);
    fixture().gocd.setRuntimeState(docker.uuid, "Idle");
    expect(await drain(docker)).toEqual(SETTLING);
    fixture().time += 20_000;
    expect(await drain(docker)).toEqual(IDLE);
  });

  test("waits while a restarted server does not know yet what the agent does", async () => {
    const docker = await fixture().running("docker-0");
    await start();
    fixture().gocd.restart();
    await drain(docker);
    fixture().time += 20_000;
    expect(await drain(docker)).toEqual(BUSY);
  });

  test("does not wait for an agent that GoCD has lost: its job runs elsewhere", async () => {
    const docker = await fixture().running("docker-0");
    await start();
    fixture().gocd.setRuntimeState(docker.uuid, "LostContact");
    expect(await drain(docker)).toEqual(IDLE);
    expect(await state(docker)).toEqual(DRAINS);
  });

  test("does not approve an agent by disabling it", async () => {
    const docker = fixture().expect("docker-0");
    fixture().settings = { agentsDomain: "nowhere.svc" };
    await start();
    await fixture().register({ ...docker, hostname: "other" });
    expect(await drain(docker)).toEqual(IDLE);
    expect(await release(docker)).toEqual([200, { state: "pending" }]);
    expect(await state(docker)).toEqual(["Pending", []]);
  });

  test("has nothing to do for an agent that GoCD does not know", async () => {
    const docker = fixture().expect("docker-0");
    await start();
    expect(await drain(docker)).toEqual(IDLE);
    expect(await release(docker)).toEqual([200, { state: "unknown" }]);
  });

  test("has nothing to do for one that is neither expected any more nor known", async () => {
    const docker = fixture().expect("docker-0");
    fixture().expected = [];
    await start();
    expect(await drain(docker)).toEqual(IDLE);
    expect(await release(docker)).toEqual([200, { state: "unknown" }]);
  });

  test("answers 503 during a backup, and changes nothing", async () => {
    const docker = await fixture().running("docker-0");
    await start();
    fixture().gocd.setBackingUp(true);
    expect(await drain(docker)).toEqual([503, { error: "unavailable" }]);
    fixture().gocd.setBackingUp(false);
    expect(await state(docker)).toEqual(WORKS);
  });

  test("is still done for an agent whose pool has shrunk while its job runs", async () => {
    const docker = await fixture().running("docker-0");
    fixture().settings = { intervalSeconds: 0.02 };
    ({ url } = await fixture().service());
    fixture().expected = [];
    fixture().write();
    await until(() => fixture().lines.some((line) => line.includes("the configuration has changed")));
    fixture().gocd.setRuntimeState(docker.uuid, "Building");
    expect(await drain(docker)).toEqual(BUSY);
  });

  test("goes on when housekeeping is replaced by one that has never heard of the agent", async () => {
    const docker = await fixture().running("docker-0");
    fixture().gocd.setRuntimeState(docker.uuid, "Building");
    fixture().expected = [];
    await start();
    expect(await drain(docker)).toEqual(BUSY);
    expect(await state(docker)).toEqual(DRAINS);
    expect(await release(docker)).toEqual([200, { state: "enabled" }]);
  });

  test("is named in the line of every reconciliation", async () => {
    const docker = await fixture().running("docker-0");
    await start();
    await drain(docker);
    expect((await fixture().reconciler().reconcile()).notices).toEqual(["docker-0 drains"]);
  });
});

describe("draining in maintenance mode, in which GoCD lets nobody disable an agent", () => {
  test("lets an idle agent go when it has asked for work and got none", async () => {
    const docker = await fixture().running("docker-0");
    await start();
    fixture().gocd.setMaintenance(true);
    expect(await drain(docker)).toEqual(SETTLING);
    fixture().time += 3_000;
    await fixture().reconciler().reconcile();
    fixture().time += 17_000;
    expect(await drain(docker)).toEqual(IDLE);
    expect(await state(docker)).toEqual(WORKS);
  });

  test("lets a busy one go when its job has ended", async () => {
    const docker = await fixture().running("docker-0");
    await start();
    fixture().gocd.setMaintenance(true);
    fixture().gocd.setRuntimeState(docker.uuid, "Building");
    expect(await drain(docker)).toEqual(BUSY);
    fixture().time += 3_000;
    fixture().gocd.setRuntimeState(docker.uuid, "Idle");
    expect(await drain(docker)).toEqual(SETTLING);
    fixture().time += 20_000;
    expect(await drain(docker)).toEqual(IDLE);
  });

  test("waits for a job that was waiting when the mode began: GoCD still hands those out", async () => {
    const docker = await fixture().running("docker-0");
    await start();
    fixture().gocd.setMaintenance(true);
    expect(await drain(docker)).toEqual(SETTLING);
    fixture().time += 9_000;
    fixture().gocd.setRuntimeState(docker.uuid, "Building");
    expect(await drain(docker)).toEqual(BUSY);
  });

  test("tries no change, each of which would be a line in the server's log", async () => {
    const docker = await fixture().running("docker-0");
    await start();
    const before = fixture().changes();
    fixture().gocd.setMaintenance(true);
    fixture().expect("docker-1");
    for (let ask = 0; ask < 3; ask += 1) await drain(docker);
    const line = await fixture().reconciler().reconcile();
    expect(line).toMatchObject({ level: "info", failures: [], approved: [] });
    expect(line.notices).toContain("GoCD is in maintenance mode: nothing is changed until that ends");
    expect(fixture().changes()).toEqual(before);
  });

  test("disables the agent, and counts anew, when the mode ends before the agent has gone", async () => {
    const docker = await fixture().running("docker-0");
    await start();
    fixture().gocd.setMaintenance(true);
    await drain(docker);
    fixture().time += 18_000;
    fixture().gocd.setMaintenance(false);
    expect(await drain(docker)).toEqual(SETTLING);
    expect(await state(docker)).toEqual(DRAINS);
    fixture().time += 18_000;
    expect(await drain(docker)).toEqual(SETTLING);
    fixture().time += 2_000;
    expect(await drain(docker)).toEqual(IDLE);
  });

  test("does not take an earlier drain's idleness for this one's", async () => {
    const docker = await fixture().running("docker-0");
    await start();
    fixture().gocd.setMaintenance(true);
    await drain(docker);
    fixture().time += 10 * MINUTE;
    fixture().gocd.setRuntimeState(docker.uuid, "Idle");
    expect(await drain(docker)).toEqual(SETTLING);
  });

  test("waits with enabling a drained agent again until the mode ends", async () => {
    const docker = await fixture().running("docker-0");
    await start();
    await drain(docker);
    fixture().gocd.setMaintenance(true);
    const before = fixture().changes();
    expect(await release(docker)).toEqual([503, { error: "unavailable" }]);
    expect(fixture().changes()).toEqual(before);
    fixture().gocd.setMaintenance(false);
    expect(await release(docker)).toEqual([200, { state: "enabled" }]);
  });
});

describe("starting again", () => {
  test("enables an agent that has drained, and takes the mark away", async () => {
    const docker = await fixture().running("docker-0");
    await start();
    await drain(docker);
    expect(await release(docker)).toEqual([200, { state: "enabled" }]);
    expect(await state(docker)).toEqual(WORKS);
    expect(await release(docker)).toEqual([200, { state: "enabled" }]);
  });

  test("leaves an agent disabled that a person had disabled before it stopped", async () => {
    const docker = await fixture().running("docker-0");
    await start();
    await fixture().byHand(docker.uuid, { agent_config_state: "Disabled" });
    await drain(docker);
    fixture().time += 20_000;
    expect(await drain(docker)).toEqual(IDLE);
    expect(await release(docker)).toEqual([200, { state: "disabled" }]);
    expect(await state(docker)).toEqual(["Disabled", ["docker", RECORD]]);
  });

  test("still knows why the agent is disabled when housekeeping was restarted in between", async () => {
    const docker = await fixture().running("docker-0");
    await start();
    await drain(docker);
    await start();
    expect(await release(docker)).toEqual([200, { state: "enabled" }]);
  });

  test("takes the mark away when a person has enabled the agent meanwhile", async () => {
    const docker = await fixture().running("docker-0");
    await start();
    await drain(docker);
    await fixture().byHand(docker.uuid, { agent_config_state: "Enabled" });
    await fixture().reconciler().reconcile();
    expect(await state(docker)).toEqual(WORKS);
  });

  test("keeps the mark of an agent that a person enables while it drains, since it is disabled again in a moment", async () => {
    const docker = await fixture().running("docker-0");
    const reconciler = fixture().reconciler();
    await reconciler.drains.drain(fixture().client(), docker.uuid);
    await fixture().byHand(docker.uuid, { agent_config_state: "Enabled" });
    expect((await reconciler.reconcile()).aligned).toEqual([]);
    await reconciler.drains.drain(fixture().client(), docker.uuid);
    expect(await state(docker)).toEqual(DRAINS);
    await fixture().byHand(docker.uuid, { agent_config_state: "Enabled" });
    fixture().time += 30_000;
    expect((await reconciler.reconcile()).aligned).toEqual(["docker-0"]);
    expect(await state(docker)).toEqual(WORKS);
  });

  test("is made good by the next reconciliation when GoCD could not be asked", async () => {
    const docker = await fixture().running("docker-0");
    const reconciler = fixture().reconciler();
    await reconciler.drains.drain(fixture().client(), docker.uuid);
    fixture().gocd.setBackingUp(true);
    await expect(reconciler.drains.release(fixture().client(), docker.uuid)).rejects.toThrow("503");
    fixture().gocd.setBackingUp(false);
    expect((await reconciler.reconcile()).enabled).toEqual(["docker-0"]);
    expect(await state(docker)).toEqual(WORKS);
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
    expect(await state(docker)).toEqual(DRAINS);
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
    expect(await state(docker)).toEqual(WORKS);
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
    expect(await state(docker)).toEqual(DRAINS);
  });
});

describe("who may drain", () => {
  test.each(["POST", "DELETE"])("only the agent itself (%s)", async (method) => {
    const docker = await fixture().running("docker-0");
    const other = await fixture().running("docker-1");
    await start();
    const before = fixture().changes();
    const refused = [401, { error: "unauthorized" }];
    expect(await ask(method, docker.uuid)).toEqual(refused);
    expect(await ask(method, docker.uuid, "")).toEqual(refused);
    expect(await ask(method, docker.uuid, other.token)).toEqual(refused);
    expect(await ask(method, docker.uuid, docker.token.slice(0, -1))).toEqual(refused);
    expect(await ask(method, "00000000-0000-4000-8000-000000000000", docker.token)).toEqual(refused);
    expect(await ask(method, "00000000-0000-4000-8000-000000000000")).toEqual(refused);
    expect(fixture().changes()).toEqual(before);
    expect(await state(docker)).toEqual(WORKS);
  });

  test("an agent that somebody else attached stays as it is, even when it asks with its own token", async () => {
    const theirs = fixture().expect("theirs-0");
    fixture().expected = [];
    await fixture().register(theirs, { key: "a-key-for-people" });
    await start();
    expect(await drain(theirs)).toEqual(IDLE);
    expect(await release(theirs)).toEqual([200, { state: "unknown" }]);
    expect(await state(theirs)).toEqual(["Enabled", []]);
  });

  test("nothing but POST and DELETE is understood", async () => {
    const docker = await fixture().running("docker-0");
    await start();
    expect((await ask("GET", docker.uuid, docker.token))[0]).toBe(405);
    expect((await ask("PUT", docker.uuid, docker.token))[0]).toBe(405);
  });
});
