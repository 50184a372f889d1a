import { isItsPod, systemLookup } from "../../../images/housekeeping/src/address";
import type { Agent } from "../../../images/housekeeping/src/agents";
import { useHousekeepingFixture } from "./fixture";

const fixture = useHousekeepingFixture();

describe("the address of an agent", () => {
  const pendingAgent = (hostname: string, address: string) => ({ hostname, ip_address: address }) as Agent;
  const docker = () => fixture().expect("localhost", { pool: "x" });

  test("is found by the system's resolver", async () => {
    expect(await systemLookup("localhost")).toEqual(expect.arrayContaining([expect.stringMatching(/^(127\.|::1)/)]));
  });

  test("may be written as an IPv4 address in IPv6, and the name may be a full one", async () => {
    const find = () => Promise.resolve(["10.0.0.1"]);
    expect(
      await isItsPod(pendingAgent("localhost.x.agents.svc", "::ffff:10.0.0.1"), docker(), "agents.svc", find),
    ).toBe(true);
  });

  test("is not waited for when the resolver hangs", async () => {
    jest.useFakeTimers();
    const answer = isItsPod(
      pendingAgent("localhost", "10.0.0.1"),
      docker(),
      "agents.svc",
      () => new Promise(() => undefined),
    );
    await jest.advanceTimersByTimeAsync(3_000);
    jest.useRealTimers();
    expect(await answer).toBe(false);
  });
});
