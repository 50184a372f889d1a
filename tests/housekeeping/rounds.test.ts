import { plan } from "../../images/housekeeping/src/plan";
import { DRAINING, record } from "../../images/housekeeping/src/record";
import { MINUTE, type RoundLine, worlds } from "./world";

const world = worlds();
const RECORD = record({ resources: ["docker"], environments: ["docker"] });

const agent = async (uuid: string) => {
  const found = await world().agent(uuid);
  if (found === undefined) throw new Error("GoCD does not know the agent");
  return found;
};
const environments = async (uuid: string) => (await agent(uuid)).environments.map(({ name }) => name);

describe("approving", () => {
  it("approves an expected agent with its resources and environments in one call", async () => {
    const docker = world().expect("docker-0");
    expect(await world().register(docker)).toBe(202);
    const line = await world().rounds().round();
    expect(line.approved).toEqual(["docker-0"]);
    expect(world().changes()).toEqual(["PATCH /api/agents"]);
    expect(await agent(docker.uuid)).toMatchObject({
      agent_config_state: "Enabled",
      resources: ["docker", RECORD],
      environments: [{ name: "docker" }],
    });
    expect(await world().register(docker)).toBe(200);
  });

  it("never approves an unknown uuid, and says that it waits", async () => {
    const stranger = world().expect("docker-0");
    world().expected = [];
    await world().register(stranger);
    const line = await world().rounds().round();
    expect(line.approved).toEqual([]);
    expect(line.notices).toEqual(["docker-0 at 10.0.0.1 waits for a person: nobody here expects it"]);
    expect(world().changes()).toEqual([]);
    expect((await agent(stranger.uuid)).agent_config_state).toBe("Pending");
  });

  it("never approves another pool's uuid from a job, by the name that the job's agent has", async () => {
    const other = world().expect("deploy-0");
    await world().register({ ...other, hostname: "docker-0" });
    const line = await world().rounds().round();
    expect(line.approved).toEqual([]);
    expect(line.notices[0]).toContain("deploy-0 is not approved");
    expect(world().changes()).toEqual([]);
  });

  it("never approves another pool's uuid from a job that lies about its name", async () => {
    const other = world().expect("deploy-0");
    world().settings = { agentsDomain: "gocd-dev-agents.svc" };
    world().addresses.set("deploy-0.deploy.gocd-dev-agents.svc", ["10.0.0.9"]);
    await world().register(other, { address: "10.0.0.1" });
    expect((await world().rounds().round()).approved).toEqual([]);
    expect((await agent(other.uuid)).agent_config_state).toBe("Pending");

    await world().register(other, { address: "10.0.0.9" });
    expect((await world().rounds().round()).approved).toEqual(["deploy-0"]);
  });

  it("waits while the pod has no name in DNS yet", async () => {
    world().settings = { agentsDomain: "gocd-dev-agents.svc" };
    await world().register(world().expect("docker-0"));
    expect((await world().rounds().round()).approved).toEqual([]);
  });

  it("approves an agent whose row was deleted by hand as soon as it registers again", async () => {
    const docker = await world().running("docker-0");
    await world().byHand(docker.uuid, { agent_config_state: "Disabled" });
    expect(await world().byHand(docker.uuid, {}, "DELETE")).toBe(200);
    const rounds = world().rounds();
    expect((await rounds.round()).notices).toEqual(["docker-0 has not registered"]);
    expect(await world().register(docker)).toBe(202);
    expect((await rounds.round()).approved).toEqual(["docker-0"]);
    expect(world().gocd.agents.all()).toHaveLength(1);
  });

  it("approves every agent again when the server's volume is lost", async () => {
    const agents = [await world().running("docker-0"), await world().running("docker-1")];
    world().gocd.loseVolume();
    for (const one of agents) await world().register(one);
    expect((await world().rounds().round()).approved).toEqual(["docker-0", "docker-1"]);
    expect(world().gocd.agents.all()).toHaveLength(2);
  });

  it("leaves the agents that people attach alone", async () => {
    const theirs = world().expect("docker-0");
    world().expected = [];
    expect(await world().register(theirs, { key: "a-key-for-people" })).toBe(200);
    world().gocd.setRuntimeState(theirs.uuid, "LostContact");
    const rounds = world().rounds();
    await rounds.round();
    world().time += 1_000 * MINUTE;
    await rounds.round();
    expect(world().changes()).toEqual([]);
  });

  it("says when somebody else's agent has the name of ours", async () => {
    const theirs = world().expect("docker-0");
    world().expected = [];
    await world().register(theirs, { key: "a-key-for-people" });
    world().expect("docker-0");
    const { notices } = await world().rounds().round();
    expect(notices).toEqual(["an agent that is not ours calls itself docker-0 as well", "docker-0 has not registered"]);
  });
});

describe("keeping agents in line", () => {
  it("does nothing when all is well, and says so", async () => {
    await world().running("docker-0");
    const before = world().changes();
    const line = await world().rounds().round();
    expect(line.msg).toBe("round: nothing to do");
    expect(world().changes()).toEqual(before);
  });

  it("takes an environment for the same in either case, and takes it away by the name under which it gave it", async () => {
    const docker = await world().running("docker-0");
    const listed = await agent(docker.uuid);
    // GoCD lists it as its own page does, whatever name the agent was given it by.
    const asListed = { ...listed, environments: [{ name: "Docker", origin: { type: "gocd" } }] };
    const planned = (environments: string[]) =>
      plan({
        agents: [asListed],
        expected: [{ ...docker, environments }],
        confirmed: new Set(),
        lostSince: new Map(),
        drains: world().rounds().drains,
        now: world().time,
        lostAfter: 1,
        lowDisk: 0,
      }).steps;
    expect(planned(["docker"])).toEqual([]);
    expect(planned([]).map(({ change }) => change?.environments)).toEqual([{ add: [], remove: ["docker"] }]);
  });

  it("gives new resources and environments, and takes away what it gave and is wanted no more", async () => {
    const docker = await world().running("docker-0");
    Object.assign(docker, { resources: ["podman"], environments: ["test"] });
    expect((await world().rounds().round()).aligned).toEqual(["docker-0"]);
    expect((await agent(docker.uuid)).resources).toEqual([
      record({ resources: ["podman"], environments: ["test"] }),
      "podman",
    ]);
    expect(await environments(docker.uuid)).toEqual(["test"]);
  });

  it("gives back what a person took away", async () => {
    const docker = await world().running("docker-0");
    await world().byHand(docker.uuid, { resources: [], environments: [] });
    await world().rounds().round();
    expect((await agent(docker.uuid)).resources).toEqual(["docker", RECORD]);
    expect(await environments(docker.uuid)).toEqual(["docker"]);
  });

  it("keeps what a person added", async () => {
    const docker = await world().running("docker-0");
    await world().byHand(docker.uuid, { resources: ["docker", RECORD, "gpu"], environments: ["docker", "theirs"] });
    Object.assign(docker, { resources: [], environments: [] });
    await world().rounds().round();
    expect((await agent(docker.uuid)).resources).toEqual(["gpu", "housekeeping"]);
    expect(await environments(docker.uuid)).toEqual(["theirs"]);
  });

  it("neither adds nor removes what a configuration repository says of an agent", async () => {
    const docker = await world().running("docker-0");
    world().gocd.configuration.state.remoteEnvironments = { docker: [docker.uuid], remote: [docker.uuid] };
    docker.environments = ["remote"];
    await world().rounds().round();
    expect(await environments(docker.uuid)).toEqual(["docker", "remote"]);
    const before = world().changes();
    expect((await world().rounds().round()).msg).toBe("round: nothing to do");
    expect(world().changes()).toEqual(before);
  });

  it("leaves an agent disabled that a person has disabled", async () => {
    const docker = await world().running("docker-0");
    await world().byHand(docker.uuid, { agent_config_state: "Disabled" });
    const rounds = world().rounds();
    await rounds.round();
    world().time += 4 * MINUTE;
    world().gocd.setRuntimeState(docker.uuid, "Idle");
    world().time += 4 * MINUTE;
    const line = await rounds.round();
    expect(line.notices).toEqual(["docker-0 has been disabled by a person"]);
    expect((await agent(docker.uuid)).agent_config_state).toBe("Disabled");
  });

  it("takes over an agent of ours that was registered before there was housekeeping", async () => {
    const docker = world().expect("docker-0");
    await world().register(docker, { key: "a-key-for-people" });
    expect((await world().rounds().round()).aligned).toEqual(["docker-0"]);
    expect((await agent(docker.uuid)).resources).toEqual(["docker", RECORD]);
  });

  it("names agents whose disk runs full", async () => {
    const docker = await world().running("docker-0");
    world().gocd.setRuntimeState(docker.uuid, "Idle", 1024 ** 3);
    expect((await world().rounds().round()).notices).toEqual(["docker-0 has 1.0 GiB of free disk"]);
  });

  it("repeats GoCD's own warnings about disk space, and counts the others", async () => {
    const of = (message: string) => ({ message, detail: "", level: "WARNING" as const, time: "" });
    world().gocd.healthMessages = [of("GoCD Server's artifact repository is running low on disk space"), of("Else")];
    const rounds = world().rounds();
    expect((await rounds.round()).notices).toEqual(["GoCD Server's artifact repository is running low on disk space"]);
    expect(await rounds.metrics.registry.metrics()).toContain('gocd_housekeeping_server_messages{level="WARNING"} 2');
  });
});

describe("removing agents", () => {
  const gone = async (hostname: string): Promise<string> => {
    const { uuid } = await world().running(hostname);
    world().expected = world().expected.filter((one) => one.uuid !== uuid);
    world().gocd.setRuntimeState(uuid, "LostContact");
    return uuid;
  };

  it("removes an agent of a pool that has shrunk, once it has been lost for the grace time", async () => {
    const uuid = await gone("docker-1");
    const rounds = world().rounds();
    await rounds.round();
    world().time += 29 * MINUTE;
    expect((await rounds.round()).removed).toEqual([]);
    world().time += 1 * MINUTE;
    expect((await rounds.round()).removed).toEqual(["docker-1"]);
    expect(await world().agent(uuid)).toBeUndefined();
  });

  it("gives it the whole grace time again when it was in touch in between", async () => {
    const uuid = await gone("docker-1");
    const rounds = world().rounds();
    await rounds.round();
    world().time += 29 * MINUTE;
    world().gocd.setRuntimeState(uuid, "Idle");
    await rounds.round();
    world().gocd.setRuntimeState(uuid, "LostContact");
    world().time += 2 * MINUTE;
    expect((await rounds.round()).removed).toEqual([]);
  });

  it("keeps an expected agent however long it is lost: its pod will be back as the same agent", async () => {
    const { uuid } = await world().running("docker-0");
    world().gocd.setRuntimeState(uuid, "LostContact");
    const rounds = world().rounds();
    await rounds.round();
    world().time += 10_000 * MINUTE;
    expect((await rounds.round()).removed).toEqual([]);
    expect((await agent(uuid)).agent_state).toBe("LostContact");
  });

  it("removes a disabled one as well, and does not disable it again", async () => {
    const uuid = await gone("docker-1");
    await world().byHand(uuid, { agent_config_state: "Disabled" });
    world().settings = { lostAfterMinutes: 0 };
    const before = world().changes().length;
    expect((await world().rounds().round()).removed).toEqual(["docker-1"]);
    expect(world().changes().slice(before)).toEqual([`DELETE /api/agents/${uuid}`]);
  });

  it("goes on where it was interrupted between disabling and deleting", async () => {
    const uuid = await gone("docker-1");
    world().settings = { lostAfterMinutes: 0 };
    world().gocd.weather.dieAfter = 2; // the list and the change
    expect((await world().rounds().round()).failures[0]).toContain("unreachable");
    world().gocd.fairWeather();
    expect((await agent(uuid)).agent_config_state).toBe("Disabled");
    expect((await world().rounds().round()).removed).toEqual(["docker-1"]);
  });

  it("enables it again when it was interrupted and the pool has grown since", async () => {
    const uuid = await gone("docker-1");
    world().settings = { lostAfterMinutes: 0 };
    world().gocd.weather.dieAfter = 2;
    await world().rounds().round();
    world().gocd.fairWeather();
    expect((await agent(uuid)).resources).toContain(DRAINING);
    world().expected = [{ ...world().expect("docker-1"), uuid }];
    const rounds = world().rounds();
    await rounds.round();
    world().time += 6 * MINUTE;
    world().gocd.setRuntimeState(uuid, "Idle");
    expect((await rounds.round()).enabled).toEqual(["docker-1"]);
    expect(await agent(uuid)).toMatchObject({ agent_config_state: "Enabled", resources: ["docker", RECORD] });
  });
});

describe("a round in bad weather", () => {
  const expectOneFailure = async (line: RoundLine, kind: string): Promise<void> => {
    expect(line.level).toBe("warn");
    expect(line.failures.map((failure) => failure.split(":")[0])).toEqual([kind]);
    world().gocd.fairWeather();
    world().gocd.setBackingUp(false);
    expect((await world().rounds().round()).approved).toEqual(["docker-0"]);
  };

  beforeEach(async () => {
    await world().register(world().expect("docker-0"));
  });

  it("ends with a line during a backup, and the next one does the work", async () => {
    world().gocd.setBackingUp(true);
    await expectOneFailure(await world().rounds().round(), "unavailable");
  });

  it("ends soon when GoCD is slow, and the next one does the work", async () => {
    world().settings = { requestTimeoutSeconds: 0.05 };
    world().gocd.weather.delay = 500;
    const line = await world().rounds().round();
    world().settings = {};
    await expectOneFailure(line, "slow");
  });

  it("ends with a line when GoCD is down, and the next one does the work", async () => {
    await world().gocd.stop();
    const line = await world().rounds().round();
    await world().gocd.start();
    await expectOneFailure(line, "unreachable");
  });

  it.each([1, -1])("says clearly that GoCD speaks another version of the API (%i)", async (versionsApart) => {
    world().gocd.weather.versionsApart = versionsApart;
    const line = await world().rounds().round();
    expect(line.failures[0]).toContain("this GoCD does not speak version 7 of this API");
    await expectOneFailure(line, "version");
  });

  it("goes on with the other agents when one is refused", async () => {
    const other = world().expect("docker-1");
    await world().register(other);
    const change = world().gocd.agents.bulkUpdate.bind(world().gocd.agents);
    jest.spyOn(world().gocd.agents, "bulkUpdate").mockImplementation((update, remotely) => {
      if (update.uuids[0] !== other.uuid) update.resources.add.push("no: such name");
      change(update, remotely);
    });
    const line = await world().rounds().round();
    expect(line.approved).toEqual(["docker-1"]);
    expect(line.failures).toEqual([expect.stringContaining("refused")]);
  });

  it("does not mind that its agents have gone from GoCD meanwhile", async () => {
    const { uuid } = await world().running("docker-1");
    world().expected = [];
    world().gocd.setRuntimeState(uuid, "LostContact");
    await world().byHand(uuid, { agent_config_state: "Disabled" });
    world().settings = { lostAfterMinutes: 0 };
    const remove = world().gocd.agents.remove.bind(world().gocd.agents);
    jest.spyOn(world().gocd.agents, "remove").mockImplementationOnce((uuids) => {
      remove(uuids);
      remove(uuids);
    });
    expect((await world().rounds().round()).failures).toEqual([]);
  });

  it("survives something that nobody thought of", async () => {
    const rounds = world().rounds();
    jest.spyOn(rounds.drains, "observe").mockImplementation(() => {
      throw new Error("a bug");
    });
    expect((await rounds.round()).failures).toEqual(["unexpected: a bug"]);
  });
});

describe("two housekeepers at once", () => {
  it("do together what one would do", async () => {
    const agents = ["docker-0", "docker-1", "docker-2"].map((hostname) => world().expect(hostname));
    world().settings = {
      managed: { siteUrl: "https://ci.example.com", artifacts: { purgeStartGib: 5, purgeUptoGib: 9 } },
    };
    for (const one of agents) await world().register(one);
    const [first, second] = [world().rounds(), world().rounds()];
    await Promise.all([first.round(), second.round()]);
    await Promise.all([first.round(), second.round()]);
    for (const one of agents)
      expect(await agent(one.uuid)).toMatchObject({ agent_config_state: "Enabled", resources: ["docker", RECORD] });
    const [a, b] = [await first.round(), await second.round()];
    expect([a.msg, b.msg]).toEqual(["round: nothing to do", "round: nothing to do"]);
  });

  it("with different settings leave what the one that stays wants", async () => {
    const docker = await world().running("docker-0");
    const [old, young] = [world().rounds(), world().rounds()];
    for (let n = 0; n < 2; n += 1) {
      docker.resources = ["old"];
      await old.round();
      docker.resources = ["young"];
      await young.round();
    }
    expect((await agent(docker.uuid)).resources).toEqual([
      record({ resources: ["young"], environments: ["docker"] }),
      "young",
    ]);
  });
});
