import { plan } from "../../images/housekeeping/src/plan";
import { DRAINING, record } from "../../images/housekeeping/src/record";
import { MINUTE, type ReconcileLine, useHousekeepingFixture } from "./fixture";

const fixture = useHousekeepingFixture();
const RECORD = record({ resources: ["docker"], environments: ["docker"] });

const agent = async (uuid: string) => {
  const found = await fixture().agent(uuid);
  if (found === undefined) throw new Error("GoCD does not know the agent");
  return found;
};
const environments = async (uuid: string) => (await agent(uuid)).environments.map(({ name }) => name);

describe("approving", () => {
  test("approves an expected agent with its resources and environments in one call", async () => {
    const docker = fixture().expect("docker-0");
    expect(await fixture().register(docker)).toBe(202);
    const line = await fixture().reconciler().reconcile();
    expect(line.approved).toEqual(["docker-0"]);
    expect(fixture().changes()).toEqual(["PATCH /api/agents"]);
    expect(await agent(docker.uuid)).toMatchObject({
      agent_config_state: "Enabled",
      resources: ["docker", RECORD],
      environments: [{ name: "docker" }],
    });
    expect(await fixture().register(docker)).toBe(200);
  });

  test("never approves an unknown uuid, and says that it waits", async () => {
    const stranger = fixture().expect("docker-0");
    fixture().expected = [];
    await fixture().register(stranger);
    const line = await fixture().reconciler().reconcile();
    expect(line.approved).toEqual([]);
    expect(line.notices).toEqual(["docker-0 at 10.0.0.1 waits for a person: nobody here expects it"]);
    expect(fixture().changes()).toEqual([]);
    expect((await agent(stranger.uuid)).agent_config_state).toBe("Pending");
  });

  test("never approves another pool's uuid from a job, by the name that the job's agent has", async () => {
    const other = fixture().expect("deploy-0");
    await fixture().register({ ...other, hostname: "docker-0" });
    const line = await fixture().reconciler().reconcile();
    expect(line.approved).toEqual([]);
    expect(line.notices[0]).toContain("deploy-0 is not approved");
    expect(fixture().changes()).toEqual([]);
  });

  test("never approves another pool's uuid from a job that lies about its name", async () => {
    const other = fixture().expect("deploy-0");
    fixture().settings = { agentsDomain: "gocd-dev-agents.svc" };
    fixture().addresses.set("deploy-0.deploy.gocd-dev-agents.svc", ["10.0.0.9"]);
    await fixture().register(other, { address: "10.0.0.1" });
    expect((await fixture().reconciler().reconcile()).approved).toEqual([]);
    expect((await agent(other.uuid)).agent_config_state).toBe("Pending");

    await fixture().register(other, { address: "10.0.0.9" });
    expect((await fixture().reconciler().reconcile()).approved).toEqual(["deploy-0"]);
  });

  test("waits while the pod has no name in DNS yet", async () => {
    fixture().settings = { agentsDomain: "gocd-dev-agents.svc" };
    await fixture().register(fixture().expect("docker-0"));
    expect((await fixture().reconciler().reconcile()).approved).toEqual([]);
  });

  test("approves an agent whose row was deleted by hand as soon as it registers again", async () => {
    const docker = await fixture().running("docker-0");
    await fixture().byHand(docker.uuid, { agent_config_state: "Disabled" });
    expect(await fixture().byHand(docker.uuid, {}, "DELETE")).toBe(200);
    const reconciler = fixture().reconciler();
    expect((await reconciler.reconcile()).notices).toEqual(["docker-0 has not registered"]);
    expect(await fixture().register(docker)).toBe(202);
    expect((await reconciler.reconcile()).approved).toEqual(["docker-0"]);
    expect(fixture().gocd.agents.all()).toHaveLength(1);
  });

  test("approves every agent again when the server's volume is lost", async () => {
    const agents = [await fixture().running("docker-0"), await fixture().running("docker-1")];
    fixture().gocd.loseVolume();
    for (const one of agents) await fixture().register(one);
    expect((await fixture().reconciler().reconcile()).approved).toEqual(["docker-0", "docker-1"]);
    expect(fixture().gocd.agents.all()).toHaveLength(2);
  });

  test("leaves the agents that people attach alone", async () => {
    const theirs = fixture().expect("docker-0");
    fixture().expected = [];
    expect(await fixture().register(theirs, { key: "a-key-for-people" })).toBe(200);
    fixture().gocd.setRuntimeState(theirs.uuid, "LostContact");
    const reconciler = fixture().reconciler();
    await reconciler.reconcile();
    fixture().time += 1_000 * MINUTE;
    await reconciler.reconcile();
    expect(fixture().changes()).toEqual([]);
  });

  test("says when somebody else's agent has the name of ours", async () => {
    const theirs = fixture().expect("docker-0");
    fixture().expected = [];
    await fixture().register(theirs, { key: "a-key-for-people" });
    fixture().expect("docker-0");
    const { notices } = await fixture().reconciler().reconcile();
    expect(notices).toEqual(["an agent that is not ours calls itself docker-0 as well", "docker-0 has not registered"]);
  });
});

describe("keeping agents in line", () => {
  test("does nothing when all is well, and says so", async () => {
    await fixture().running("docker-0");
    const before = fixture().changes();
    const line = await fixture().reconciler().reconcile();
    expect(line.msg).toBe("reconcile: nothing to do");
    expect(fixture().changes()).toEqual(before);
  });

  test("takes an environment for the same in either case, and takes it away by the name under which it gave it", async () => {
    const docker = await fixture().running("docker-0");
    const listed = await agent(docker.uuid);
    // GoCD lists it as its own page does, whatever name the agent was given it by.
    const asListed = { ...listed, environments: [{ name: "Docker", origin: { type: "gocd" } }] };
    const planned = (environments: string[]) =>
      plan({
        agents: [asListed],
        expected: [{ ...docker, environments }],
        confirmed: new Set(),
        lostSince: new Map(),
        drains: fixture().reconciler().drains,
        now: fixture().time,
        lostAfter: 1,
        lowDisk: 0,
      }).steps;
    expect(planned(["docker"])).toEqual([]);
    expect(planned([]).map(({ change }) => change?.environments)).toEqual([{ add: [], remove: ["docker"] }]);
  });

  test("gives new resources and environments, and takes away what it gave and is wanted no more", async () => {
    const docker = await fixture().running("docker-0");
    Object.assign(docker, { resources: ["podman"], environments: ["test"] });
    expect((await fixture().reconciler().reconcile()).aligned).toEqual(["docker-0"]);
    expect((await agent(docker.uuid)).resources).toEqual([
      record({ resources: ["podman"], environments: ["test"] }),
      "podman",
    ]);
    expect(await environments(docker.uuid)).toEqual(["test"]);
  });

  test("gives back what a person took away", async () => {
    const docker = await fixture().running("docker-0");
    await fixture().byHand(docker.uuid, { resources: [], environments: [] });
    await fixture().reconciler().reconcile();
    expect((await agent(docker.uuid)).resources).toEqual(["docker", RECORD]);
    expect(await environments(docker.uuid)).toEqual(["docker"]);
  });

  test("keeps what a person added", async () => {
    const docker = await fixture().running("docker-0");
    await fixture().byHand(docker.uuid, { resources: ["docker", RECORD, "gpu"], environments: ["docker", "theirs"] });
    Object.assign(docker, { resources: [], environments: [] });
    await fixture().reconciler().reconcile();
    expect((await agent(docker.uuid)).resources).toEqual(["gpu", "housekeeping"]);
    expect(await environments(docker.uuid)).toEqual(["theirs"]);
  });

  test("neither adds nor removes what a configuration repository says of an agent", async () => {
    const docker = await fixture().running("docker-0");
    fixture().gocd.configuration.state.remoteEnvironments = { docker: [docker.uuid], remote: [docker.uuid] };
    docker.environments = ["remote"];
    await fixture().reconciler().reconcile();
    expect(await environments(docker.uuid)).toEqual(["docker", "remote"]);
    const before = fixture().changes();
    expect((await fixture().reconciler().reconcile()).msg).toBe("reconcile: nothing to do");
    expect(fixture().changes()).toEqual(before);
  });

  test("leaves an agent disabled that a person has disabled", async () => {
    const docker = await fixture().running("docker-0");
    await fixture().byHand(docker.uuid, { agent_config_state: "Disabled" });
    const reconciler = fixture().reconciler();
    await reconciler.reconcile();
    fixture().time += 4 * MINUTE;
    fixture().gocd.setRuntimeState(docker.uuid, "Idle");
    fixture().time += 4 * MINUTE;
    const line = await reconciler.reconcile();
    expect(line.notices).toEqual(["docker-0 has been disabled by a person"]);
    expect((await agent(docker.uuid)).agent_config_state).toBe("Disabled");
  });

  test("takes over an agent of ours that was registered before there was housekeeping", async () => {
    const docker = fixture().expect("docker-0");
    await fixture().register(docker, { key: "a-key-for-people" });
    expect((await fixture().reconciler().reconcile()).aligned).toEqual(["docker-0"]);
    expect((await agent(docker.uuid)).resources).toEqual(["docker", RECORD]);
  });

  test("names agents whose disk runs full", async () => {
    const docker = await fixture().running("docker-0");
    fixture().gocd.setRuntimeState(docker.uuid, "Idle", 1024 ** 3);
    expect((await fixture().reconciler().reconcile()).notices).toEqual(["docker-0 has 1.0 GiB of free disk"]);
  });

  test("repeats GoCD's own warnings about disk space, and counts the others", async () => {
    const of = (message: string) => ({ message, detail: "", level: "WARNING" as const, time: "" });
    fixture().gocd.healthMessages = [of("GoCD Server's artifact repository is running low on disk space"), of("Else")];
    const reconciler = fixture().reconciler();
    expect((await reconciler.reconcile()).notices).toEqual([
      "GoCD Server's artifact repository is running low on disk space",
    ]);
    expect(await reconciler.metrics.registry.metrics()).toContain(
      'gocd_housekeeping_server_messages{level="WARNING"} 2',
    );
  });
});

describe("removing agents", () => {
  const gone = async (hostname: string): Promise<string> => {
    const { uuid } = await fixture().running(hostname);
    fixture().expected = fixture().expected.filter((one) => one.uuid !== uuid);
    fixture().gocd.setRuntimeState(uuid, "LostContact");
    return uuid;
  };

  test("removes an agent of a pool that has shrunk, once it has been lost for the grace time", async () => {
    const uuid = await gone("docker-1");
    const reconciler = fixture().reconciler();
    await reconciler.reconcile();
    fixture().time += 29 * MINUTE;
    expect((await reconciler.reconcile()).removed).toEqual([]);
    fixture().time += 1 * MINUTE;
    expect((await reconciler.reconcile()).removed).toEqual(["docker-1"]);
    expect(await fixture().agent(uuid)).toBeUndefined();
  });

  test("gives it the whole grace time again when it was in touch in between", async () => {
    const uuid = await gone("docker-1");
    const reconciler = fixture().reconciler();
    await reconciler.reconcile();
    fixture().time += 29 * MINUTE;
    fixture().gocd.setRuntimeState(uuid, "Idle");
    await reconciler.reconcile();
    fixture().gocd.setRuntimeState(uuid, "LostContact");
    fixture().time += 2 * MINUTE;
    expect((await reconciler.reconcile()).removed).toEqual([]);
  });

  test("keeps an expected agent however long it is lost: its pod will be back as the same agent", async () => {
    const { uuid } = await fixture().running("docker-0");
    fixture().gocd.setRuntimeState(uuid, "LostContact");
    const reconciler = fixture().reconciler();
    await reconciler.reconcile();
    fixture().time += 10_000 * MINUTE;
    expect((await reconciler.reconcile()).removed).toEqual([]);
    expect((await agent(uuid)).agent_state).toBe("LostContact");
  });

  test("removes a disabled one as well, and does not disable it again", async () => {
    const uuid = await gone("docker-1");
    await fixture().byHand(uuid, { agent_config_state: "Disabled" });
    fixture().settings = { lostAfterMinutes: 0 };
    const before = fixture().changes().length;
    expect((await fixture().reconciler().reconcile()).removed).toEqual(["docker-1"]);
    expect(fixture().changes().slice(before)).toEqual([`DELETE /api/agents/${uuid}`]);
  });

  test("goes on where it was interrupted between disabling and deleting", async () => {
    const uuid = await gone("docker-1");
    fixture().settings = { lostAfterMinutes: 0 };
    fixture().gocd.weather.dieAfter = 3; // the list, the mode and the change
    expect((await fixture().reconciler().reconcile()).failures[0]).toContain("unreachable");
    fixture().gocd.fairWeather();
    expect((await agent(uuid)).agent_config_state).toBe("Disabled");
    expect((await fixture().reconciler().reconcile()).removed).toEqual(["docker-1"]);
  });

  test("enables it again when it was interrupted and the pool has grown since", async () => {
    const uuid = await gone("docker-1");
    fixture().settings = { lostAfterMinutes: 0 };
    fixture().gocd.weather.dieAfter = 3;
    await fixture().reconciler().reconcile();
    fixture().gocd.fairWeather();
    expect((await agent(uuid)).resources).toContain(DRAINING);
    fixture().expected = [{ ...fixture().expect("docker-1"), uuid }];
    const reconciler = fixture().reconciler();
    await reconciler.reconcile();
    fixture().time += 6 * MINUTE;
    fixture().gocd.setRuntimeState(uuid, "Idle");
    expect((await reconciler.reconcile()).enabled).toEqual(["docker-1"]);
    expect(await agent(uuid)).toMatchObject({ agent_config_state: "Enabled", resources: ["docker", RECORD] });
  });
});

describe("a reconciliation while the server misbehaves", () => {
  const expectOneFailure = async (line: ReconcileLine, kind: string): Promise<void> => {
    expect(line.level).toBe("warn");
    expect(line.failures.map((failure) => failure.split(":")[0])).toEqual([kind]);
    fixture().gocd.fairWeather();
    fixture().gocd.setBackingUp(false);
    expect((await fixture().reconciler().reconcile()).approved).toEqual(["docker-0"]);
  };

  beforeEach(async () => {
    await fixture().register(fixture().expect("docker-0"));
  });

  test("ends with a line during a backup, and the next one does the work", async () => {
    fixture().gocd.setBackingUp(true);
    await expectOneFailure(await fixture().reconciler().reconcile(), "unavailable");
  });

  test("ends soon when GoCD is slow, and the next one does the work", async () => {
    fixture().settings = { requestTimeoutSeconds: 0.05 };
    fixture().gocd.weather.delay = 500;
    const line = await fixture().reconciler().reconcile();
    fixture().settings = {};
    await expectOneFailure(line, "slow");
  });

  test("ends with a line when GoCD is down, and the next one does the work", async () => {
    await fixture().gocd.stop();
    const line = await fixture().reconciler().reconcile();
    await fixture().gocd.start();
    await expectOneFailure(line, "unreachable");
  });

  test("changes nothing when GoCD goes away before it has told whether it is in maintenance mode", async () => {
    const answer = { status: 503, body: "{}" };
    fixture().gocd.answers.set("GET /api/admin/maintenance_mode/info", answer);
    const line = await fixture().reconciler().reconcile();
    expect(line).toMatchObject({ approved: [], failures: [expect.stringContaining("unavailable: GET") as string] });
  });

  test("does its work with a GoCD that does not tell whether it is in maintenance mode", async () => {
    fixture().gocd.answers.set("GET /api/admin/maintenance_mode/info", { status: 404, body: "{}" });
    await fixture().register(fixture().expect("docker-1"));
    expect((await fixture().reconciler().reconcile()).approved).toContain("docker-1");
  });

  test.each([1, -1])("says clearly that GoCD speaks another version of the API (%i)", async (versionsApart) => {
    fixture().gocd.weather.versionsApart = versionsApart;
    const line = await fixture().reconciler().reconcile();
    expect(line.failures[0]).toContain("this GoCD does not speak version 7 of this API");
    await expectOneFailure(line, "version");
  });

  test("goes on with the other agents when one is refused", async () => {
    const other = fixture().expect("docker-1");
    await fixture().register(other);
    const change = fixture().gocd.agents.bulkUpdate.bind(fixture().gocd.agents);
    jest.spyOn(fixture().gocd.agents, "bulkUpdate").mockImplementation((update, remotely) => {
      if (update.uuids[0] !== other.uuid) update.resources.add.push("no: such name");
      change(update, remotely);
    });
    const line = await fixture().reconciler().reconcile();
    expect(line.approved).toEqual(["docker-1"]);
    expect(line.failures).toEqual([expect.stringContaining("refused")]);
  });

  test("does not mind that its agents have gone from GoCD meanwhile", async () => {
    const { uuid } = await fixture().running("docker-1");
    fixture().expected = [];
    fixture().gocd.setRuntimeState(uuid, "LostContact");
    await fixture().byHand(uuid, { agent_config_state: "Disabled" });
    fixture().settings = { lostAfterMinutes: 0 };
    const remove = fixture().gocd.agents.remove.bind(fixture().gocd.agents);
    jest.spyOn(fixture().gocd.agents, "remove").mockImplementationOnce((uuids) => {
      remove(uuids);
      remove(uuids);
    });
    expect((await fixture().reconciler().reconcile()).failures).toEqual([]);
  });

  test("survives something that nobody thought of", async () => {
    const reconciler = fixture().reconciler();
    jest.spyOn(reconciler.drains, "observe").mockImplementation(() => {
      throw new Error("a bug");
    });
    expect((await reconciler.reconcile()).failures).toEqual(["unexpected: a bug"]);
  });
});

describe("two housekeepers at once", () => {
  test("do together what one would do", async () => {
    const agents = ["docker-0", "docker-1", "docker-2"].map((hostname) => fixture().expect(hostname));
    fixture().settings = {
      managed: { siteUrl: "https://ci.example.com", artifacts: { purgeStartGib: 5, purgeUptoGib: 9 } },
    };
    for (const one of agents) await fixture().register(one);
    const [first, second] = [fixture().reconciler(), fixture().reconciler()];
    await Promise.all([first.reconcile(), second.reconcile()]);
    await Promise.all([first.reconcile(), second.reconcile()]);
    for (const one of agents)
      expect(await agent(one.uuid)).toMatchObject({ agent_config_state: "Enabled", resources: ["docker", RECORD] });
    const [a, b] = [await first.reconcile(), await second.reconcile()];
    expect([a.msg, b.msg]).toEqual(["reconcile: nothing to do", "reconcile: nothing to do"]);
  });

  test("with different settings leave what the one that stays wants", async () => {
    const docker = await fixture().running("docker-0");
    const [old, young] = [fixture().reconciler(), fixture().reconciler()];
    for (let n = 0; n < 2; n += 1) {
      docker.resources = ["old"];
      await old.reconcile();
      docker.resources = ["young"];
      await young.reconcile();
    }
    expect((await agent(docker.uuid)).resources).toEqual([
      record({ resources: ["young"], environments: ["docker"] }),
      "young",
    ]);
  });
});
