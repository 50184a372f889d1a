import { plan } from "../../../images/housekeeping/src/plan";
import { record } from "../../../images/housekeeping/src/record";
import { MINUTE, useHousekeepingFixture } from "./fixture";

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
