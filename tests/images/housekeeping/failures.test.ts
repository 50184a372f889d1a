import { record } from "../../../images/housekeeping/src/record";
import { type ReconcileLine, useHousekeepingFixture } from "./fixture";

const fixture = useHousekeepingFixture();
const RECORD = record({ resources: ["docker"], environments: ["docker"] });
const agent = async (uuid: string) => {
  const found = await fixture().agent(uuid);
  if (found === undefined) throw new Error("GoCD does not know the agent");
  return found;
};

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
