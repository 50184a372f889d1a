import { join } from "node:path";
import { spawned } from "../support/spawned";

/** How many tests count as skipped where not even apt-get is there; Node finds itself without a PATH. */
async function skipped(...args: readonly string[]): Promise<number> {
  const { status, stdout } = await spawned(join(__dirname, "main.ts"), args, { PATH: "/nowhere" });
  expect(status).toBe(0);
  expect(stdout).toMatch(/^cluster tests skipped: it takes .+\n0 passed, 0 failed, \d+ skipped\n$/);
  return Number(/(\d+) skipped\n$/.exec(stdout)?.[1]);
}

test("where nothing can run, two parts of the suites count as skipped as often as the whole", async () => {
  const [access, others, all] = await Promise.all([skipped("access"), skipped("--except=access"), skipped()]);
  expect(access).toBeGreaterThan(20);
  expect(access + others).toBe(all);
});
