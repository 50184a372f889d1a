import { DRAINING, record } from "../../images/housekeeping/src/record";
import type { AgentOfOurs } from "./world";
import { MINUTE, until, worlds } from "./world";

const world = worlds();
const RECORD = record({ resources: ["docker"], environments: ["docker"] });

let url: string;
async function start(settings: object = {}): Promise<void> {
  // Rounds that a test needs it runs itself; those of the service are an hour apart.
  world().settings = { intervalSeconds: 3600, requestTimeoutSeconds: 0.5, ...settings };
  ({ url } = await world().service());
  await until(() =>
    world()
      .logged()
      .some(({ msg }) => msg.startsWith("round:")),
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
  const found = await world().agent(agent.uuid);
  return [found?.agent_config_state, found?.resources];
};
const DRAINS = ["Disabled", ["docker", DRAINING, RECORD]];
const WORKS = ["Enabled", ["docker", RECORD]];

describe("draining", () => {
  it("disables the agent, marks why, and tells when it has been idle for two of its pings", async () => {
    const docker = await world().running("docker-0");
    await start();
    expect(await drain(docker)).toEqual([202, { state: "draining" }]);
    expect(await state(docker)).toEqual(DRAINS);
    world().time += 9_000;
    expect(await drain(docker)).toEqual([202, { state: "draining" }]);
    world().time += 1_000;
    expect(await drain(docker)).toEqual([200, { state: "idle" }]);
  });

  it("lets the agent settle for as long as the settings say", async () => {
    const docker = await world().running("docker-0");
    await start({ settledAfterSeconds: 2 });
    expect(await drain(docker)).toEqual([202, { state: "draining" }]);
    expect(await drain(docker)).toEqual([202, { state: "draining" }]);
    world().time += 2_000;
    expect(await drain(docker)).toEqual([200, { state: "idle" }]);
  });

  it("waits while the agent builds", async () => {
    const docker = await world().running("docker-0");
    await start();
    world().gocd.setRuntimeState(docker.uuid, "Building");
    expect(await drain(docker)).toEqual([202, { state: "draining" }]);
    world().time += 4 * MINUTE;
    world().gocd.setRuntimeState(docker.uuid, "Cancelled");
    expect(await drain(docker)).toEqual([202, { state: "draining" }]);
    world().gocd.setRuntimeState(docker.uuid, "Idle");
    expect(await drain(docker)).toEqual([202, { state: "draining" }]);
    world().time += 10_000;
    expect(await drain(docker)).toEqual([200, { state: "idle" }]);
  });

  it("begins to count again when a job shows that was being handed over", async () => {
    const docker = await world().running("docker-0");
    await start();
    await drain(docker);
    world().time += 5_000;
    world().gocd.setRuntimeState(docker.uuid, "Building");
    await drain(docker);
    world().gocd.setRuntimeState(docker.uuid, "Idle");
    world().time += 5_000;
    expect(await drain(docker)).toEqual([202, { state: "draining" }]);
  });

  it("waits while a restarted server does not know yet what the agent does", async () => {
    const docker = await world().running("docker-0");
    await start();
    world().gocd.restart();
    await drain(docker);
    world().time += 10_000;
    expect(await drain(docker)).toEqual([202, { state: "draining" }]);
  });

  it("does not wait for an agent that GoCD has lost: its job runs elsewhere", async () => {
    const docker = await world().running("docker-0");
    await start();
    world().gocd.setRuntimeState(docker.uuid, "LostContact");
    expect(await drain(docker)).toEqual([200, { state: "idle" }]);
    expect(await state(docker)).toEqual(DRAINS);
  });

  it("does not approve an agent by disabling it", async () => {
    const docker = world().expect("docker-0");
    world().settings = { agentsDomain: "nowhere.svc" };
    await start();
    await world().register({ ...docker, hostname: "other" });
    expect(await drain(docker)).toEqual([200, { state: "idle" }]);
    expect(await release(docker)).toEqual([200, { state: "pending" }]);
    expect(await state(docker)).toEqual(["Pending", []]);
  });

  it("has nothing to do for an agent that GoCD does not know", async () => {
    const docker = world().expect("docker-0");
    await start();
    expect(await drain(docker)).toEqual([200, { state: "idle" }]);
    expect(await release(docker)).toEqual([200, { state: "unknown" }]);
  });

  it("has nothing to do for one that is neither expected any more nor known", async () => {
    const docker = world().expect("docker-0");
    world().expected = [];
    await start();
    expect(await drain(docker)).toEqual([200, { state: "idle" }]);
    expect(await release(docker)).toEqual([200, { state: "unknown" }]);
  });

  it("asks for patience during a backup, and changes nothing", async () => {
    const docker = await world().running("docker-0");
    await start();
    world().gocd.setBackingUp(true);
    expect(await drain(docker)).toEqual([503, { error: "unavailable" }]);
    world().gocd.setBackingUp(false);
    expect(await state(docker)).toEqual(WORKS);
  });

  it("is still done for an agent whose pool has shrunk while its job runs", async () => {
    const docker = await world().running("docker-0");
    world().settings = { intervalSeconds: 0.02 };
    ({ url } = await world().service());
    world().expected = [];
    world().write();
    await until(() => world().lines.some((line) => line.includes("the configuration has changed")));
    world().gocd.setRuntimeState(docker.uuid, "Building");
    expect(await drain(docker)).toEqual([202, { state: "draining" }]);
  });

  it("goes on when housekeeping is replaced by one that has never heard of the agent", async () => {
    const docker = await world().running("docker-0");
    world().gocd.setRuntimeState(docker.uuid, "Building");
    world().expected = [];
    await start();
    expect(await drain(docker)).toEqual([202, { state: "draining" }]);
    expect(await state(docker)).toEqual(DRAINS);
    expect(await release(docker)).toEqual([200, { state: "enabled" }]);
  });

  it("is named in the line of every round", async () => {
    const docker = await world().running("docker-0");
    await start();
    await drain(docker);
    expect((await world().rounds().round()).notices).toEqual(["docker-0 drains"]);
  });
});

describe("starting again", () => {
  it("enables an agent that has drained, and takes the mark away", async () => {
    const docker = await world().running("docker-0");
    await start();
    await drain(docker);
    expect(await release(docker)).toEqual([200, { state: "enabled" }]);
    expect(await state(docker)).toEqual(WORKS);
    expect(await release(docker)).toEqual([200, { state: "enabled" }]);
  });

  it("leaves an agent disabled that a person had disabled before it stopped", async () => {
    const docker = await world().running("docker-0");
    await start();
    await world().byHand(docker.uuid, { agent_config_state: "Disabled" });
    await drain(docker);
    world().time += 10_000;
    expect(await drain(docker)).toEqual([200, { state: "idle" }]);
    expect(await release(docker)).toEqual([200, { state: "disabled" }]);
    expect(await state(docker)).toEqual(["Disabled", ["docker", RECORD]]);
  });

  it("still knows why the agent is disabled when housekeeping was restarted in between", async () => {
    const docker = await world().running("docker-0");
    await start();
    await drain(docker);
    await start();
    expect(await release(docker)).toEqual([200, { state: "enabled" }]);
  });

  it("takes the mark away when a person has enabled the agent meanwhile", async () => {
    const docker = await world().running("docker-0");
    await start();
    await drain(docker);
    await world().byHand(docker.uuid, { agent_config_state: "Enabled" });
    await world().rounds().round();
    expect(await state(docker)).toEqual(WORKS);
  });

  it("keeps the mark of an agent that a person enables while it drains, since it is disabled again in a moment", async () => {
    const docker = await world().running("docker-0");
    const rounds = world().rounds();
    await rounds.drains.drain(world().client(), docker.uuid);
    await world().byHand(docker.uuid, { agent_config_state: "Enabled" });
    expect((await rounds.round()).aligned).toEqual([]);
    await rounds.drains.drain(world().client(), docker.uuid);
    expect(await state(docker)).toEqual(DRAINS);
    await world().byHand(docker.uuid, { agent_config_state: "Enabled" });
    world().time += 30_000;
    expect((await rounds.round()).aligned).toEqual(["docker-0"]);
    expect(await state(docker)).toEqual(WORKS);
  });

  it("is made good by the next round when GoCD could not be asked", async () => {
    const docker = await world().running("docker-0");
    const rounds = world().rounds();
    await rounds.drains.drain(world().client(), docker.uuid);
    world().gocd.setBackingUp(true);
    await expect(rounds.drains.release(world().client(), docker.uuid)).rejects.toThrow("503");
    world().gocd.setBackingUp(false);
    expect((await rounds.round()).enabled).toEqual(["docker-0"]);
    expect(await state(docker)).toEqual(WORKS);
  });

  it("is forgotten once the agent drains no more, so that the next drain is not undone", async () => {
    const docker = await world().running("docker-0");
    const [rounds, others] = [world().rounds(), world().rounds()];
    world().gocd.setBackingUp(true);
    await expect(rounds.drains.release(world().client(), docker.uuid)).rejects.toThrow("503");
    world().gocd.setBackingUp(false);
    await rounds.round();
    await others.drains.drain(world().client(), docker.uuid);
    expect((await rounds.round()).enabled).toEqual([]);
    expect(await state(docker)).toEqual(DRAINS);
  });

  it("is noticed for an agent that is at work and has not asked to drain for six minutes", async () => {
    const docker = await world().running("docker-0");
    const rounds = world().rounds();
    await rounds.drains.drain(world().client(), docker.uuid);
    await rounds.round();
    for (let minute = 0; minute < 6; minute += 1) {
      expect((await rounds.round()).enabled).toEqual([]);
      world().time += MINUTE;
      world().gocd.setRuntimeState(docker.uuid, "Idle");
    }
    expect((await rounds.round()).enabled).toEqual(["docker-0"]);
    expect(await state(docker)).toEqual(WORKS);
  });

  it("is not taken for one by a second housekeeper that nobody has asked to drain", async () => {
    const docker = await world().running("docker-0");
    const [asked, other] = [world().rounds(), world().rounds()];
    await other.round();
    world().time += 4 * MINUTE;
    world().gocd.setRuntimeState(docker.uuid, "Building");
    world().time += 4 * MINUTE;
    world().gocd.setRuntimeState(docker.uuid, "Building");
    await asked.drains.drain(world().client(), docker.uuid);
    expect((await other.round()).enabled).toEqual([]);
  });

  it("is not seen in an agent that this process has never seen drain", () => {
    expect(world().rounds().drains.quietSince("unseen")).toBe(world().time);
  });

  it("is not seen in an agent that drained and is gone", async () => {
    const docker = await world().running("docker-0");
    const rounds = world().rounds();
    await rounds.drains.drain(world().client(), docker.uuid);
    await rounds.round();
    world().time += 10 * MINUTE;
    expect((await rounds.round()).enabled).toEqual([]);
    expect(await state(docker)).toEqual(DRAINS);
  });
});

describe("who may drain", () => {
  it.each(["POST", "DELETE"])("only the agent itself (%s)", async (method) => {
    const docker = await world().running("docker-0");
    const other = await world().running("docker-1");
    await start();
    const before = world().changes();
    const refused = [401, { error: "unauthorized" }];
    expect(await ask(method, docker.uuid)).toEqual(refused);
    expect(await ask(method, docker.uuid, "")).toEqual(refused);
    expect(await ask(method, docker.uuid, other.token)).toEqual(refused);
    expect(await ask(method, docker.uuid, docker.token.slice(0, -1))).toEqual(refused);
    expect(await ask(method, "00000000-0000-4000-8000-000000000000", docker.token)).toEqual(refused);
    expect(await ask(method, "00000000-0000-4000-8000-000000000000")).toEqual(refused);
    expect(world().changes()).toEqual(before);
    expect(await state(docker)).toEqual(WORKS);
  });

  it("an agent that somebody else attached stays as it is, even when it asks with its own token", async () => {
    const theirs = world().expect("theirs-0");
    world().expected = [];
    await world().register(theirs, { key: "a-key-for-people" });
    await start();
    expect(await drain(theirs)).toEqual([200, { state: "idle" }]);
    expect(await release(theirs)).toEqual([200, { state: "unknown" }]);
    expect(await state(theirs)).toEqual(["Enabled", []]);
  });

  it("nothing but POST and DELETE is understood", async () => {
    const docker = await world().running("docker-0");
    await start();
    expect((await ask("GET", docker.uuid, docker.token))[0]).toBe(405);
    expect((await ask("PUT", docker.uuid, docker.token))[0]).toBe(405);
  });
});
