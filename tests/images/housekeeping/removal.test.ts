import { DRAINING, record } from "../../../images/housekeeping/src/record";
import { MINUTE, useHousekeepingFixture } from "./fixture";

const fixture = useHousekeepingFixture();
const RECORD = record({ resources: ["docker"], environments: ["docker"] });
const agent = async (uuid: string) => {
  const found = await fixture().agent(uuid);
  if (found === undefined) throw new Error("GoCD does not know the agent");
  return found;
};

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
