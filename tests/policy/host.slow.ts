// Slow: a thousand requests to another process, which answers what tests/policy/cases.test.ts hears in its own.
import { CASES } from "./cases/all";
import { misjudged, type PolicyHost, startPolicyHost } from "./host";

let host: PolicyHost;
beforeAll(async () => {
  host = await startPolicyHost();
});
afterAll(() => host.stop());

test("the real policy host answers every case as the table expects", async () => {
  expect(
    await misjudged(
      host,
      CASES.filter(({ tags }) => tags !== "admission"),
    ),
  ).toEqual([]);
});
